"""Builds the next generation from the library: diff, chunk, embed, write, switch."""
