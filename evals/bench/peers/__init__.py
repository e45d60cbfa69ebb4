"""Other ways to do the same, measured in the same run; each runs in an environment of its own."""
