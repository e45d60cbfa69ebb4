"""Whether somebody said something: words aligned with the nearest passages, and the verdict."""
