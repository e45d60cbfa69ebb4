"""Checks a composed sentence against the passages that it cites."""

from pathlib import Path

WORD_FILES = Path(__file__).with_name("words")
