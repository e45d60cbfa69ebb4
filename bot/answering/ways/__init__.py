"""The ways of answering a question, and the judge that says which whole answer is shown."""
