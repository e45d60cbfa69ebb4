"""Languages, names, times, figures and words of saying. No index and no answer."""
