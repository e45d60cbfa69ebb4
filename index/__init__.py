"""What can be found: passages, vectors, words, and the generations that hold them."""
