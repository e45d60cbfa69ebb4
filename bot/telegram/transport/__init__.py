"""Receives updates and sends messages: HTTP, retries, polling and webhook."""
