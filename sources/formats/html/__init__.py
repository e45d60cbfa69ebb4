"""Web pages: the main text, its date and its authors."""
