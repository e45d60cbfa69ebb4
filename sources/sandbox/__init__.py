"""The process that reads strangers' files, and the one that asks it."""
