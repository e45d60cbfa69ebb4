"""The library of documents on disk, its metadata and its coverage."""
