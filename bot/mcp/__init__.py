"""The front end for language models (Model Context Protocol): operations as tools, documents as resources."""
