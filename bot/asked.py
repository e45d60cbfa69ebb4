"""A question understood: what it says, what it is looked up as, which time, kind and names it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.follow_up import complete
from bot.gazetteer import Gazetteer
from bot.kinds import asks_definition, kind_of
from bot.language import UNKNOWN, detect
from bot.question import read_question
from bot.time_scope import TimeScope, read_time
from index.passages import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it is looked up as.

    `text` is the question completed from the conversation; `lookup` the same for the model, abbreviations spelt out, and
    `words` for the word side, with other spellings. `defines` is the one thing that the question asks what it is. `scope`
    holds by hand-given limits; `time_scope` the days that the question itself speaks of, `time` how it says them.
    """

    question: str
    text: str
    lookup: str
    words: str
    language: str
    kind: str
    scope: Scope
    time: TimeScope
    time_scope: Scope
    names: frozenset[str] = field(default=frozenset())
    defines: str | None = None
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
        lookup=_spelt_out(text, gazetteer),
        words=f"{text} {expansion}".strip(),
        language=language,
        kind=kind_of(question),
        scope=scope or Scope(),
        time=time,
        time_scope=Scope(since=time.since, until=time.until) if hard else Scope(),
        names=frozenset(gazetteer.names(text)),
        defines=_defined(question, gazetteer),
        spelt=spelt,
    )


def _spelt_out(text: str, gazetteer: Gazetteer) -> str:
    """The text with the full name behind an abbreviation, which says little to a model of meaning."""
    for mention in reversed(gazetteer.find(text)):
        names = gazetteer[mention.entry_id].names.get("en", ())
        full = max(names[:3], key=len, default="")
        if mention.surface.isupper() and mention.surface.isascii() and len(full) > 2 * len(mention.surface):
            return f"{text[: mention.end]} ({full}){text[mention.end :]}"
    return text


def _defined(question: str, gazetteer: Gazetteer) -> str | None:
    """The one thing that “what is …?” or “who is …?” asks about."""
    found = gazetteer.find(question)
    if len({mention.entry_id for mention in found}) != 1:
        return None
    rest = question[: found[0].start] + question[found[0].end :]
    return found[0].entry_id if asks_definition(rest) else None


def _respelt(question: str, gazetteer: Gazetteer, known: Callable[[str], bool]) -> str | None:
    """The name meant by a misspelt word that neither the index nor the gazetteer knows."""
    for word in question.split():
        bare = word.strip(".,;:!?()[]\"'“”’«»؟،۔")
        found = gazetteer.suggest(bare, known) if bare.isalpha() else None
        if found:
            return found
    return None
