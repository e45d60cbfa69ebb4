"""Getting updates and sending messages: HTTP, retries, polling and webhook."""
