"""The door for language models (Model Context Protocol): each operation of the service as a tool, each document as a resource."""
