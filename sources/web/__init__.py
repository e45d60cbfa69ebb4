"""Fetches pages and feeds over HTTP, with a log of requests."""
