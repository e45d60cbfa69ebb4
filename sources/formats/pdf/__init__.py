"""PDF: lines, columns and notes of a page, and what its fonts mean."""
