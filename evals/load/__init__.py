"""Many readers at once."""
