"""Web pages: the text that is read, its date and its authors."""
