"""Telling small talk and instructions to the bot from questions; the words stand in chat.toml."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from index.text import normalise

_WORDS = Path(__file__).with_name("chat.toml")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def chat_reason(question: str) -> str | None:
    """`chat` for small talk, `injection` for an instruction or a request for an opinion, None for anything else."""
    text = _EDGES.sub("", normalise(question))
    small_talk, instruction = _patterns()
    if instruction.search(text):
        return "injection"
    return "chat" if small_talk.fullmatch(text) else None


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    import tomllib

    words = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    joined = ["|".join(f"(?:{pattern})" for pattern in words[name]) for name in ("small_talk", "instruction")]
    small_talk = rf"(?:(?:{joined[0]})(?:[\W_]+|$))+"
    return re.compile(small_talk), re.compile(joined[1])
