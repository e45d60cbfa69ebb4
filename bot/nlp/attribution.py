"""The words with which a language attributes and denies; they stand in attribution.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.normalise import normalise

_WORDS = Path(__file__).with_name("attribution.toml")
_NOTHING = re.compile(r"(?!)")


def lowered(text: str) -> str:
    """A text as these patterns read it: normalised, but for abbreviations, which stay capital (US is not “us”)."""
    return " ".join(word if word.isupper() and word.isascii() else normalise(word) for word in text.split())


@dataclass(frozen=True, slots=True)
class Attribution:
    """Patterns over normalised text; `subject_first` where the verb stands last (Urdu, Persian, Pashto)."""

    verbs: re.Pattern[str]
    acts: re.Pattern[str]
    sources: re.Pattern[str]
    agents: re.Pattern[str]
    objects: re.Pattern[str]
    negations: re.Pattern[str]
    subject_first: bool


@cache
def attribution(language: str) -> Attribution:
    """The patterns of a language, those of English for one that has none."""
    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    known = language if language in tables else "en"
    words: dict[str, list[str]] = tables[known]
    return Attribution(
        verbs=_whole(words["verbs"]),
        acts=_whole([*words["verbs"], *words["acts"]]),
        sources=_whole(words["sources"]),
        agents=re.compile(rf"^(?:['’]s)?(?:\s+\S+){{0,4}}?\s+(?:{'|'.join(words['agents'])})\b")
        if words["agents"]
        else _NOTHING,
        objects=re.compile(rf"\b(?:{'|'.join(words['objects'])})(?:\s+the)?\s+$") if words["objects"] else _NOTHING,
        negations=_whole(words["negations"], before=r"(?<!\w)" if known != "en" else r"(?<![a-z])|(?<=[a-z])(?=n't)"),
        subject_first=known in {"ur", "fa", "ps"},
    )


def _whole(patterns: list[str], before: str = r"\b") -> re.Pattern[str]:
    return re.compile(rf"(?:{before})(?:{'|'.join(patterns)})\b", re.IGNORECASE) if patterns else _NOTHING
