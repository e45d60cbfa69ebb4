"""Training and fitting of what decides an answer."""
