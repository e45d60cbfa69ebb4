"""Expressions of time, and their days."""
