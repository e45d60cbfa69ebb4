"""What is asked: a checked question and its language."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import QuestionError

LONGEST = 2000
_PASHTO = re.compile("[ټډړږښڼېۍګځڅ]")
_URDU = re.compile("[ٹڈڑےںہھ]")


def read_question(raw: str) -> str:
    """The question as one clean line; QuestionError where it is empty, too long or no text."""
    if len(raw) > LONGEST:
        raise QuestionError(f"The question has {len(raw):,} characters: ask in at most {LONGEST:,}.")
    if "\0" in raw or "\ufffd" in raw or any(unicodedata.category(char) == "Cs" for char in raw):
        raise QuestionError("The question is not text: type it in words.")
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in raw)
    question = " ".join(visible.split())
    if not any(char.isalnum() for char in question):
        raise QuestionError("The question is empty: type it in words, for example “What is the Durand Line?”.")
    return question


def language_of(text: str) -> str:
    """The language of a question by its script and letters: en, ru, ps, ur or fa."""
    letters = [char for char in text if char.isalpha()]
    arabic = sum("\u0600" <= char <= "\u06ff" for char in letters)
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in letters)
    if max(arabic, cyrillic) * 2 < len(letters) or not letters:
        return "en"
    if cyrillic > arabic:
        return "ru"
    pashto, urdu = len(_PASHTO.findall(text)), len(_URDU.findall(text))
    if pashto == urdu == 0:
        return "fa"
    return "ps" if pashto >= urdu else "ur"
