"""Who answers: from a question to cited claims, on the command line and elsewhere."""
