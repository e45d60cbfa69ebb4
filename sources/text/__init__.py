"""Text utilities: cleaning, languages, dates, similarity and addresses. Pure."""
