"""Vector rows: exact search, inverted lists, filters."""
