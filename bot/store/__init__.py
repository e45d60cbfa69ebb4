"""Stores conversations and answers."""
