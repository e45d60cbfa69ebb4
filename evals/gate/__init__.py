"""How well the gate tells supported sentences from others."""
