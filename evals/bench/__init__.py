"""How quick it is."""
