"""Understands a question: its wording, the texts to look up, its period, kind and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from bot.nlp.answer_type import asks_definition, kind_of
from bot.nlp.language_id import UNKNOWN, detect
from bot.nlp.names.entries import Entry
from bot.nlp.names.gazetteer import SPECIFIC, Gazetteer, Mention
from bot.nlp.time.time_scope import TimeScope, read_time
from bot.question import parts
from bot.question.follow_up import Leaning, names_nobody
from bot.question.happened import asks_overview
from bot.question.input import normal_form, read_question
from bot.question.metonymy import governments
from index.types import Scope

SAID_AGAIN = SPECIFIC | {
    "term"
}  # kinds of names that are looked up in English, too, if the question is in another language
MAX_ABBREVIATION_LETTERS = 5  # longest name that counts as an abbreviation of a much longer one


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the texts to look up.

    `text` is the question completed from the conversation and `normal` its normalised form, since case, punctuation
    and politeness must not matter. `lookup` is the text for the encoder, with abbreviations spelt out and names in English;
    `words` is the one for BM25, with other spellings. `mentions` are the names in `normal`, `things` the entries of the
    gazetteer that they name, `names` the specific ones of these, `defines` the entity of a definition question. `scope` holds
    the explicit limits; `time_scope` the days that the question itself names, `time` their wording. `overview`: it only asks
    what happened in that period. `unclear`: it refers to somebody who was not named. `parts`: its questions, if it asks several
    at once. `apart`: a follow-up by itself, about the names of the question before.
    """

    question: str
    text: str
    normal: str
    lookup: str
    words: str
    language: str
    kind: str
    scope: Scope
    time: TimeScope
    time_scope: Scope
    mentions: tuple[Mention, ...] = ()
    names: frozenset[str] = field(default=frozenset())
    things: frozenset[str] = field(default=frozenset())
    defines: str | None = None
    spelt: str | None = None
    overview: bool = False
    unclear: bool = False
    parts: tuple[Asked, ...] = ()
    apart: Asked | None = None

    @property
    def timed(self) -> Scope:
        """The explicit limits combined with the days that the question names."""
        return Scope(
            since=max(filter(None, [self.scope.since, self.time_scope.since]), default=None),
            until=min(filter(None, [self.scope.until, self.time_scope.until]), default=None),
            parties=self.scope.parties,
            languages=self.scope.languages,
            documents=self.scope.documents,
        )

    @property
    def bound(self) -> bool:
        """Whether the days that the question names restrict the answer, and are shown above it."""
        return self.time.kind == "hard" or self.overview

    @property
    def latest(self) -> bool:
        """Whether the question asks for the newest."""
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
    single: bool = False,
    about: str = "",
    leaning: Leaning | None = None,
) -> Asked:
    """Understand a question; raises QuestionError if it is unusable. `known` tells whether the index has a normalised word.

    `single`: do not split it into several questions; `about`: what it is about, where only the question before it says so; `leaning`
    tells follow-ups, by their words alone if it is not given.
    """
    leaning = leaning or Leaning(gazetteer)
    question = read_question(raw)
    own = normal_form(question)
    language = detect(own)
    language = "en" if language == UNKNOWN else language
    text = f"{question} ({about})" if about else leaning.complete(question, history)
    said = gazetteer.find(own)
    spelt = _respelt(own, partial(gazetteer.suggest, known=known))
    if spelt:
        text = f"{text} {spelt}"
    time = read_time(text, today=today, language=language)
    normal = governments(normal_form(text), language, gazetteer, time.until)
    mentions = gazetteer.find(normal)
    hard = time.kind in {"hard", "preference"}
    expansion = gazetteer.expansion(normal, languages=languages, known=known)
    asked = Asked(
        question=question,
        text=text,
        normal=normal,
        lookup=_spelt_out(normal, language, [(mention, gazetteer[mention.entry_id]) for mention in mentions]),
        words=f"{normal} {expansion}".strip(),
        language=language,
        kind=kind_of(own),
        scope=scope or Scope(),
        time=time,
        time_scope=Scope(since=time.since, until=time.until) if hard else Scope(),
        mentions=tuple(mentions),
        names=frozenset(mention.entry_id for mention in mentions if mention.kind in SPECIFIC),
        things=frozenset(mention.entry_id for mention in mentions),
        defines=_defined(own, said),
        spelt=spelt,
    )
    if single:
        return asked
    timed = asked.timed.since or asked.timed.until
    several = parts.fitted()(own, said)
    alone = partial(
        understand,
        gazetteer=gazetteer,
        known=known,
        languages=languages,
        today=today,
        scope=scope,
        single=True,
        leaning=leaning,
    )
    first = leaning.complete(several[0], history) if several else ""
    subject = partial(leaning.subject, read=partial(read_time, today=today, language=language))
    before = subject(text.removesuffix(question), own) if text.endswith(question) else ""
    asked = replace(
        asked,
        unclear=text == question and names_nobody(own, said),
        parts=tuple(
            alone(part, history=[first] if at else history, about=subject(first, part) if at and not history else "")
            for at, part in enumerate(several)
        ),
        apart=alone(question, about=before) if before and not several else None,
    )
    return replace(asked, overview=bool(timed) and asks_overview(normal, time.text, language, mentions))


def _spelt_out(text: str, language: str, named: Iterable[tuple[Mention, Entry]]) -> str:
    """The text followed by terms that an encoder represents better: full names of abbreviations, and in
    other languages the English names of the specific entities."""
    added: dict[str, None] = {}
    for mention, entry in named:
        names = entry.names.get("en", ())
        full = max(names[:3], key=len, default="")
        if (
            " " not in mention.surface
            and len(mention.surface) <= MAX_ABBREVIATION_LETTERS
            and len(full) > 4 * len(mention.surface)
        ):
            added[full] = None
        elif language != "en" and names and mention.kind in SAID_AGAIN:
            added[names[0]] = None
    return f"{text.rstrip('?')} ({', '.join(added)})?" if added else text


def _defined(question: str, found: Sequence[Mention]) -> str | None:
    """The entity that “what is …?” or “who is …?” asks about."""
    if len({mention.entry_id for mention in found}) != 1:
        return None
    rest = question[: found[0].start] + question[found[0].end :]
    return found[0].entry_id if asks_definition(rest) else None


def _respelt(question: str, suggest: Callable[[str], str | None]) -> str | None:
    """The name meant by a misspelt word that is in neither index nor gazetteer."""
    for word in question.split():
        bare = word.strip(".,;:!?()[]\"'“”’«»؟،۔")
        found = suggest(bare) if bare.isalpha() else None
        if found:
            return found
    return None
