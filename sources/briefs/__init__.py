"""The format of briefs and explainers, and its parser."""
