"""The kind of answer that a question asks for, and whether a sentence holds something of that kind."""

from __future__ import annotations

import re

from bot.nlp.time.lexicon import words
from bot.nlp.word_lists import word_table, words_of_all
from index.normalise import normalise

WHEN, COUNT, WHO, WHERE, WHY, YES_NO, OTHER = "when", "count", "who", "where", "why", "yes_no", "other"
FACTS = frozenset({WHEN, COUNT, WHO, WHERE})  # kinds of question for one fact

_IN_THIS_ORDER = (COUNT, WHEN, WHY, WHERE, WHO, YES_NO)
_KINDS = {kind: re.compile("|".join(words_of_all("asked", kind))) for kind in _IN_THIS_ORDER}
_DEFINITION = re.compile(rf"^(?:{'|'.join(words_of_all('asked', 'definition'))})$")
_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(word_table('en', 'asked').words('numbers'))})\b")
_MONTH = "|".join(names.split("|")[0] for names in words("months", "en"))
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_DATE = re.compile(rf"{_YEAR.pattern}|\b\d{{1,2}} (?:{_MONTH})\b")
_DAY = re.compile(rf"\b\d{{1,2}}(?: and \d{{1,2}}|[–-]\d{{1,2}})? (?:{_MONTH})\b")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]+")


def kind_of(question: str) -> str:
    """when, count, who, where, why, yes_no or other; in any of the five languages."""
    text = normalise(question)
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(text)), OTHER)


def asks_definition(rest: str) -> bool:
    """Whether a question, its one name taken out, asks only what or who that is."""
    return _DEFINITION.match(" ".join(re.findall(r"[\w']+", normalise(rest)))) is not None


def fits(kind: str, sentence: str) -> bool:
    """Whether a sentence holds a date, a number that is no date, or a name, as the kind of question wants."""
    if kind == WHEN:
        return _DATE.search(normalise(sentence)) is not None
    if kind == COUNT:
        return _NUMBER.search(without_dates(normalise(sentence))) is not None
    if kind in {WHO, WHERE}:
        return _NAME.search(sentence) is not None or not sentence.isascii()
    return True


def without_dates(text: str) -> str:
    """A normalised text without its days and years, so that the numbers left count something."""
    return _DAY.sub(" ", _YEAR.sub(" ", text))
