"""Checks of all briefs and explainers of a library."""
