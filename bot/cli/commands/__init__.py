"""One module for each command, or for a few that belong together; the parser imports the one that is asked for."""
