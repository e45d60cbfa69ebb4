"""The search index: passages, vectors, lexical postings, and the generations that hold them."""
