"""What Torkham knows, and how it gets in: documents, briefs, loaders, the library and its checks."""
