"""Fitting what is told of a question before anything is searched, and the space in which questions are compared."""
