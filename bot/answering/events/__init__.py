"""Statements as events: of what type, told by whom; lists, counts, the timeline and the choices of a question back."""
