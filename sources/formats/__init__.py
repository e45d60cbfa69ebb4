"""Loaders, and what they share beyond plain text: page boxes, hyphens, titles, datelines."""
