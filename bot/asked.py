"""A question understood: what it says, what it is looked up as, which time, kind and names it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.follow_up import complete
from bot.gazetteer import SPECIFIC, Gazetteer
from bot.happened import asks_overview
from bot.kinds import asks_definition, kind_of
from bot.language import UNKNOWN, detect
from bot.question import read_question
from bot.time_scope import TimeScope, read_time
from index.passages import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it is looked up as.

    `text` is the question completed from the conversation; `lookup` the same for the model, abbreviations spelt out and
    names in English, and `words` for the word side, with other spellings. `defines` is the one thing that the question asks
    what it is. `scope` holds by hand-given limits; `time_scope` the days that the question itself speaks of, `time` how it
    says them. `overview`: it asks what happened in that time, and nothing else.
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
    overview: bool = False

    @property
    def timed(self) -> Scope:
        """The hand-given limits together with the days that the question speaks of."""
        return Scope(
            since=max(filter(None, [self.scope.since, self.time_scope.since]), default=None),
            until=min(filter(None, [self.scope.until, self.time_scope.until]), default=None),
            parties=self.scope.parties,
            languages=self.scope.languages,
            documents=self.scope.documents,
        )

    @property
    def bound(self) -> bool:
        """Whether the days that the question speaks of bind the answer, and are shown above it."""
        return self.time.kind == "hard" or self.overview

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
    asked = Asked(
        question=question,
        text=text,
        lookup=_spelt_out(text, language, gazetteer),
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
    timed = asked.timed.since or asked.timed.until
    return replace(asked, overview=bool(timed) and asks_overview(text, time.text, language, gazetteer.find(text)))


def _spelt_out(text: str, language: str, gazetteer: Gazetteer) -> str:
    """The text with what says little to a model of meaning said again behind it: the full name of an abbreviation, and in
    other languages the English names of the specific things."""
    added: dict[str, None] = {}
    for mention in gazetteer.find(text):
        names = gazetteer[mention.entry_id].names.get("en", ())
        full = max(names[:3], key=len, default="")
        if mention.surface.isupper() and len(full) > 2 * len(mention.surface):
            added[full] = None
        elif language != "en" and names and mention.kind in SPECIFIC:
            added[names[0]] = None
    return f"{text} ({', '.join(added)})" if added else text


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
