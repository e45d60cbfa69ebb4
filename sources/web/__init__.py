"""Pages and feeds over HTTP, and what was fetched when."""
