"""Measuring the check of quotations."""
