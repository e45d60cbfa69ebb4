"""How well passages and sentences are found."""
