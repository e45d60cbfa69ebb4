"""Documents on disk: the library, its metadata and what it covers."""
