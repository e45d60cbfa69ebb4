"""The child process that parses untrusted files, and its parent."""
