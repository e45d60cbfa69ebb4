"""Where conversations and answers are kept."""
