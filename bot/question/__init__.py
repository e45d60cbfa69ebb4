"""Turns typed text into a query."""
