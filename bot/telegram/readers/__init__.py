"""What is known of a reader, and what a reader may do."""
