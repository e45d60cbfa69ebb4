"""Measuring: retrieval, answers, speed."""
