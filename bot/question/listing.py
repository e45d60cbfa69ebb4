"""Telling questions that want a list or a count, of what, and who is said to have done it to whom and where; the words stand
in listing.toml.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.nlp.names.gazetteer import Mention
from bot.nlp.stop_words import STOP
from index.normalise import normalise
from sources.events import shipped_events

_WORDS = Path(__file__).with_name("listing.toml")
ANY = "any"  # statements of whatever type that tell of a day
BETWEEN = 2  # words that may stand between “which” or “how many” and what is listed
FIGURES = ("returns", "trade")  # types of which a question may begin with the noun: “trade figures since 2021”
ALIKE = 0.82  # likeness from which a word that the library does not know is one of those that are listed
SHORT = 5  # letters of the longest word that is not put right
NEITHER = frozenset({"month", "term"})  # kinds of names that are no party, place or person
PLACE = "place"  # a kind of names that do nothing themselves: “Peshawar bombings”
ENGLISH = "en"  # the only language whose words narrow a list besides names
ROLES = ("by", "to", "at")
SAID = frozenset({"attack", "strike", "killing"})  # types of which somebody claims or denies that he did it
# Of these nobody is the doer alone.
MUTUAL = frozenset({"agreement", "talks", "clash", "trade", "returns"})
_PASSIVE = re.compile(
    r"\b(?:was|were|been) \w{2,}ed$"
)  # “leaders were killed”: who is named before it had it done to them
DOERS_VERB = 5  # letters of the shortest “signed”, “concluded”, “carried”: it says nothing that the noun does not


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed: events of a `type` that are of one of the `must` kinds, if any, and whose words have each of `words`.

    `count`: a number is wanted. `names` are the things that the question names, by id; of them `by` did what is listed, `to`
    had it done to them, and `at` is where. `said`: they are to have “claimed” or “denied” it, or to have been “blamed” for it.
    """

    type: str
    count: bool = False
    must: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    at: frozenset[str] = frozenset()
    said: str = ""


_Roles = tuple[frozenset[str], frozenset[str], frozenset[str]]
_Noun = tuple[re.Pattern[str], str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Table:
    begins: tuple[tuple[str, re.Pattern[str]], ...]
    ends: tuple[tuple[str, re.Pattern[str]], ...]
    """How a list is asked for behind what is listed."""
    said: tuple[tuple[str, re.Pattern[str]], ...]
    nouns: tuple[_Noun, ...]
    each: tuple[_Noun, ...]
    filler: frozenset[str]
    vocabulary: tuple[str, ...]
    before: dict[str, re.Pattern[str]]
    after: dict[str, re.Pattern[str]]
    follows: bool
    """Whether the doer stands behind the noun (“удары Пакистана”), not in front of it."""


def listing(
    question: str,
    language: str,
    mentions: Sequence[Mention],
    time: str = "",
    known: Callable[[str], bool] = lambda word: True,
) -> Listing | None:
    """What a question in its normal form wants listed or counted; None for any other.

    `time` is how it says its days; `known` tells whether the library has a word, which is put right where it has not.
    """
    table = _table(language)
    text = _respelt(normalise(question).rstrip("?؟ "), table, known, mentions)
    for kind, rest, asked_at in _beginnings(text, table):
        for noun, of_type, must in (*table.nouns, *(table.each if kind == "every" else ())):
            # a noun with a gap (“times … was closed”) holds words that narrow the list
            there, gap = noun.search(rest), ".{" in noun.pattern
            if there is None or (kind == "plain" and (gap or not _stands_alone(rest, there, of_type, mentions, table))):
                continue
            if kind in {"which", "count"} and not _is_asked(rest, asked_at, there, mentions, table):
                continue
            outside = rest if gap else f"{rest[: there.start()]} {rest[there.end() :]}"
            said, told = _said(rest, table) if of_type in SAID else ("", "")
            named = [each for each in mentions if each.kind not in NEITHER and normalise(each.surface) in outside]
            left = _left(outside.replace(told, " ") if told else outside, language, time, named, table)
            if said == "blamed":
                named = _accused(rest, told, named)
            by, to, at = _roles(rest, there, named, table)
            return Listing(
                of_type,
                kind == "count",
                must,
                left,
                frozenset(each.entry_id for each in named),
                by,
                to,
                at,
                said,
            )
    return None


def one_of(question: str, language: str) -> tuple[str, tuple[str, ...]] | None:
    """The type and kinds of the one event that a question speaks of (“the attack”), None where it names none."""
    table, text = _table(language), normalise(question)
    return next(
        ((of_type, kinds) for noun, of_type, kinds in table.each if re.search(rf"{noun.pattern}(?!\w)", text)), None
    )


def _beginnings(text: str, table: _Table) -> Iterable[tuple[str, str, int | None]]:
    """How a question may ask for a list, what is left of it, and where in that it asked, if not at the beginning."""
    asked = [(kind, found) for kind, ends in table.ends if (found := ends.search(text))]
    elsewhere = [(kind, f"{text[: f.start()]} {text[f.end() :]}", f.start()) for kind, f in asked]
    yield from (each for each in elsewhere if each[0] == "list")
    for kind, begins in table.begins:
        if found := begins.match(text):
            yield kind, text[found.end() :], None
    yield from (each for each in elsewhere if each[0] != "list")
    yield "plain", text, None


def _is_asked(text: str, place: int | None, noun: re.Match[str], mentions: Sequence[Mention], table: _Table) -> bool:
    """Whether “which” or “how many” belongs to a noun, and not to something between them or behind (“how many people”)."""
    if place is None:
        return len(_unnamed(text[: noun.start()], mentions)) <= BETWEEN
    near = text[place : noun.start()] if place <= noun.start() else text[noun.end() :]
    return all(_is_filler(word, table) for word in _unnamed(near, mentions))


def _said(text: str, table: _Table) -> tuple[str, str]:
    """Whether who did it is to have claimed it, denied it or been blamed for it, and in what words the question says so."""
    found = ((said, words.search(text)) for said, words in table.said)
    return next(((said, there.group()) for said, there in found if there), ("", ""))


def _accused(text: str, told: str, named: Sequence[Mention]) -> list[Mention]:
    """The names without those of who blames: of “Pakistan blamed on India” the second, of “India was blamed for” the first."""
    behind = [each for each in named if normalise(each.surface) in text.partition(told)[2]]
    return behind if any(each.kind != PLACE for each in behind) else list(named)


def _stands_alone(text: str, noun: re.Match[str], of_type: str, mentions: Sequence[Mention], table: _Table) -> bool:
    """Whether a text is a noun with what narrows it, and no sentence: “attacks by India”, “trade figures since 2021”."""
    if _unnamed(text[: noun.start()], mentions):
        return False
    if of_type in FIGURES or (of_type in SAID and _said(text[noun.end() :], table)[0]):
        return True
    return bool(re.match(r"\s+(?:by|in|on|of|since|between|against|with|from|at)\b", text[noun.end() :]))


def _roles(text: str, noun: re.Match[str], named: Sequence[Mention], table: _Table) -> _Roles:
    """Who did it, to whom, and where."""
    roles: dict[str, set[str]] = {role: set() for role in ROLES}
    for each in named:
        surface = normalise(each.surface)
        for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
            before, after = text[: found.start()].rstrip(), text[found.end() :]
            role = next((r for r, p in table.before.items() if p.search(before)), None)
            role = role or next((r for r, p in table.after.items() if p.match(after)), None)
            if role is None and each.kind != PLACE and _is_doer(text, noun, found, follows=table.follows):
                role = "to" if _PASSIVE.search(noun.group()) else "by"
            if role is not None:
                roles[role].add(each.entry_id)
    return frozenset(roles["by"]), frozenset(roles["to"]), frozenset(roles["at"])


def _is_doer(text: str, noun: re.Match[str], name: re.Match[str], *, follows: bool) -> bool:
    """Whether a name stands right before the noun (“Pakistani air strikes”), or right behind it."""
    if name.end() <= noun.start():
        return not text[name.end() : noun.start()].strip(" '’s")
    return follows and not text[noun.end() : name.start()].strip()


def _unnamed(text: str, mentions: Sequence[Mention]) -> list[str]:
    named = {word for mention in mentions if mention.kind not in NEITHER for word in _split(mention.surface)}
    return [word for word in _split(text) if word not in named]


def _left(text: str, language: str, time: str, mentions: Sequence[Mention], table: _Table) -> tuple[str, ...]:
    """The words that narrow the list besides names and times; in other languages than English only names can."""
    if language != ENGLISH:
        return ()
    gone = {word for part in time.split(", ") for word in _split(part)}
    left = [word for word in _unnamed(text, mentions) if word not in gone]
    return tuple(word for word in left if not _is_filler(word, table))


def _is_filler(word: str, table: _Table) -> bool:
    return word in STOP or word in table.filler or word.isdigit() or (len(word) >= DOERS_VERB and word.endswith("ed"))


def _respelt(text: str, table: _Table, known: Callable[[str], bool], mentions: Sequence[Mention]) -> str:
    """The text with misspelt words of what is listed put right, and names for which `understand` put a name behind it."""
    named = {word for mention in mentions for word in _split(mention.surface)}
    vocabulary = (*table.vocabulary, *sorted(named))
    for word in _split(text):
        if len(word) > SHORT and word not in vocabulary and not known(word):
            near = difflib.get_close_matches(word, vocabulary, 1, ALIKE)
            # “volume” is no misspelt “volumes”, nor has a stem of the word lists an ending too many
            form = near and (near[0].startswith(word) or word.startswith(near[0]))
            text = text.replace(word, near[0]) if near and not form else text
    return text


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]{2,}", normalise(text))


@cache
def _table(language: str) -> _Table:
    import tomllib

    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    table = tables.get(language, tables["en"])
    begins = []
    for kind in ("every", "count", "list", "which"):
        if kind in table:
            begins.append((kind, re.compile(rf"(?:{_either(table[kind])})\b")))
    ends = [(kind, re.compile(rf"\b(?:{_either(last)})(?!\w)")) for kind, last in table.get("ends", {}).items()]
    said = table.get("said", {})
    roles = table.get("roles", {})
    before = {role: re.compile(rf"(?:^|\s)(?:{_either(roles[role])})$") for role in ROLES if role in roles}
    after = {r: re.compile(rf"\s*(?:{_either(roles[f'{r}_after'])})(?!\w)") for r in ROLES if f"{r}_after" in roles}
    words = {word for noun in table["nouns"] for word in re.findall(r"[^\W_]{6,}", normalise(noun))}
    return _Table(
        tuple(begins),
        tuple(ends),
        tuple((how, re.compile(rf"\b(?:{_either(said[how])})(?!\w)")) for how in said),
        (*(_offices() if language == ENGLISH else ()), *_nouns(table["nouns"])),
        _nouns(table.get("each", {})),
        frozenset(map(normalise, table["filler"])),
        tuple(sorted(words | set(table.get("kinds", ())))),
        before,
        after,
        language != ENGLISH,
    )


def _offices() -> tuple[_Noun, ...]:
    """The offices of the marked events by their own names, in the plural: “finance ministers”."""
    kinds = {kind for event in shipped_events() if "appointment" in event.types for kind in event.kinds}
    titles = {kind: re.sub(r"y$", "ie", kind.replace("-", " ")) + "s" for kind in kinds if "-" in kind}
    return _nouns({title: f"appointment:{kind}" for kind, title in sorted(titles.items())})


def _nouns(table: Mapping[str, str]) -> tuple[_Noun, ...]:
    nouns = []
    for noun, meaning in table.items():
        of_type, _, kinds = meaning.partition(":")
        nouns.append((re.compile(rf"\b(?:{_plain(noun)})\b"), of_type, tuple(filter(None, kinds.split("|")))))
    return tuple(nouns)


def _either(patterns: Sequence[str]) -> str:
    return "|".join(map(_plain, sorted(patterns, key=len, reverse=True)))


def _plain(pattern: str) -> str:
    return normalise(pattern)


def listing_of(
    words: str,
    of_type: str | None,
    mentions: Sequence[Mention],
    language: str = ENGLISH,
    known: Callable[[str], bool] = lambda word: True,
    *,
    typed: bool = True,
) -> Listing:
    """What a few words name, for a timeline of a type, or of every type where none is given.

    `typed`: types are known, so that “truces” is a type and not a word to be looked for.
    """
    table = _table(language)
    text, must = _respelt(normalise(words), table, known, mentions), tuple[str, ...]()
    outside, noun = text, None
    for pattern, named_type, kinds in (*table.nouns, *table.each) if typed else ():
        there = pattern.search(text)
        if there is not None and of_type in {None, named_type}:
            of_type, must, noun = named_type, kinds, there
            outside = f"{text[: there.start()]} {text[there.end() :]}"
            break
    named = [each for each in mentions if each.kind not in NEITHER and normalise(each.surface) in outside]
    left = [word for word in _unnamed(outside, named) if not _is_filler(word, table)]
    by, to, at = _roles(text, noun, named, table) if noun else (frozenset[str](),) * 3
    return Listing(
        of_type or ANY,
        False,
        must,
        tuple(left),
        frozenset(each.entry_id for each in named),
        by,
        to,
        at,
    )
