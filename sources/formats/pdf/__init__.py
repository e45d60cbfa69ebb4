"""PDF: lines, columns and notes of a page, and font semantics."""
