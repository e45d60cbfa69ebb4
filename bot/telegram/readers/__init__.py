"""Data and permissions of readers."""
