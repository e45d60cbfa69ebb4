"""From documents to the next generation: passages, vectors, what changed."""
