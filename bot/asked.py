"""A question understood: what it says, what it is looked up as, which time, kind and names it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.follow_up import complete
from bot.gazetteer import Gazetteer
from bot.kinds import kind_of
from bot.language import UNKNOWN, detect
from bot.question import read_question
from bot.time_scope import TimeScope, read_time
from index.passages import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """`text` is what is looked up (completed from the conversation), `words` the same with other spellings for the word side.

    `scope` holds by hand-given limits; `time_scope` the days that the question itself speaks of, `time` how it says them.
    """

    question: str
    text: str
    words: str
    language: str
    kind: str
    scope: Scope
    time: TimeScope
    time_scope: Scope
    names: frozenset[str] = field(default=frozenset())
    spelt: str | None = None

    @property
    def latest(self) -> bool:
        """Whether the newest is wanted."""
        return self.time.kind == "latest"


def understand(
    raw: str,
    *,
    gazetteer: Gazetteer,
    known: Callable[[str], bool],
    languages: Sequence[str],
    today: date,
    history: Sequence[str] = (),
    scope: Scope | None = None,
) -> Asked:
    """Read a question; QuestionError when it cannot be used. `known` tells whether the index has a normalised word."""
    question = read_question(raw)
    language = detect(question)
    language = "en" if language == UNKNOWN else language
    text = complete(question, history, gazetteer.names)
    spelt = _respelt(question, gazetteer, known)
    if spelt:
        text = f"{text} {spelt}"
    time = read_time(text, today=today, language=language)
    hard = time.kind in {"hard", "preference"}
    expansion = gazetteer.expansion(text, languages=languages, known=known)
    return Asked(
        question=question,
        text=text,
        words=f"{text} {expansion}".strip(),
        language=language,
        kind=kind_of(question),
        scope=scope or Scope(),
        time=time,
        time_scope=Scope(since=time.since, until=time.until) if hard else Scope(),
        names=frozenset(gazetteer.names(text)),
        spelt=spelt,
    )


def _respelt(question: str, gazetteer: Gazetteer, known: Callable[[str], bool]) -> str | None:
    """The name meant by a misspelt word that neither the index nor the gazetteer knows."""
    for word in question.split():
        bare = word.strip(".,;:!?()[]\"'“”’«»؟،۔")
        found = gazetteer.suggest(bare, known) if bare.isalpha() else None
        if found:
            return found
    return None
