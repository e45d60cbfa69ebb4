"""How much of the facts the library holds."""
