"""Cleaning, languages, dates, likeness and addresses of text. Pure."""
