"""Sources: documents, briefs, loaders, the library and its checks."""
