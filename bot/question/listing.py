"""What events a question wants, all of them or the newest, of what kind, and who is said to have done it to whom and where.

That a list is wanted, and of what type of event, is told by a fitted model (list_model.py); the words that narrow it (kinds,
who claimed it, the place of a name) stand in listing.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from bot.nlp.names.gazetteer import Mention
from bot.nlp.word_lists import STOP
from bot.question.list_model import NONE, Library, fitted
from bot.question.narrowing import NEITHER, is_known, narrowing
from index.normalise import normalise
from sources.events import shipped_events

_WORDS = Path(__file__).with_name("listing.toml")
ANY = "any"  # statements of whatever type that tell of a day
OTHER = "other"  # the type of events that only their kind tells apart
FIRM_PROBABILITY = 0.75  # probability from which a word narrows a list even if it is said of no event
SURE_PROBABILITY = 0.5  # probability from which a type is that of an event that is spoken of
PLACE = "place"  # a kind of names that do nothing themselves: “Peshawar bombings”
ENGLISH = "en"  # the language of the library, the only one whose words narrow a list besides names and kinds
ROLES = ("by", "to", "at")
SAID = frozenset({"attack", "strike", "killing"})  # types of which somebody claims or denies that he did it
# Of these nobody is the doer alone.
MUTUAL = frozenset({"agreement", "talks", "clash", "trade", "returns"})
SUFFERED = frozenset({"killing", "arrest"})  # types of which who is named before the noun had it done to them
_PASSIVE = re.compile(r"\b(?:was|were|been|being|got|get) (?:\w+ ){0,4}(?:\w{2,}ed|hit|struck|shut|caught)\b")
_ARTICLES = frozenset("the a an all any some its their two three".split())
_DOES = re.compile(r" ?\b(?:has|have|had|\w++(?<=\w{3}ed)|drone\w*+)\b")


Kinds = frozenset[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed: events of a `type` that are of the kinds `must`, and whose words have each of `words`.

    `count`: a number is wanted; `last`: the newest event alone. Each of `must` are kinds of which any will do, as any will of the
    words that “|” joins in one of `words`. `names` are the things that the question names, by id; of them `by` did what is listed,
    `to` had it done to them, and `at` is where. `said`: they are to have “claimed” or “denied” it, or to have been “blamed” for
    it. `firm` are those of the words that narrow the list even where they are said of no event (“attacks on football grounds”).
    `likely` is the probability that it is wanted.
    """

    type: str
    count: bool = False
    must: tuple[Kinds, ...] = ()
    words: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    at: frozenset[str] = frozenset()
    said: str = ""
    firm: frozenset[str] = frozenset()
    last: bool = False
    likely: float = 1.0


_Patterns = tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True)
class _Roles:
    before: Mapping[str, re.Pattern[str]]
    after: Mapping[str, re.Pattern[str]]


def listing(
    question: str,
    language: str,
    mentions: Sequence[Mention],
    time: str = "",
    index: Library | None = None,
    lookup: str = "",
) -> Listing | None:
    """What a question in its normal form wants listed or counted, or the newest of; None for any other.

    `time` is how it says its days; its vector in `index` is that of `lookup`. Without an index the words tell alone.
    """
    wish = fitted()(question, mentions, index, lookup)
    if not (wish.listed or wish.last):
        return None
    made = replace(
        _narrowed(question, wish.type, mentions, language, time, index),
        count=wish.count and wish.listed,
        last=wish.last,
        likely=max(wish.likely, wish.newest),
    )
    return made if made.must or wish.type != OTHER else None


def listing_of(
    words: str, of_type: str | None, mentions: Sequence[Mention], index: Library, *, typed: bool = True
) -> Listing:
    """What a few words name, for a timeline of a type, or of the type that they name, or of every type.

    `typed`: types are known, so that “truces” is a type and not a word to be looked for.
    """
    if typed:
        named_type = of_type or one_of(words, mentions, index) or ANY
        return _narrowed(words, named_type, mentions, ENGLISH, "", index)
    named = [each for each in mentions if each.kind not in NEITHER]
    left = tuple(word for word in _unnamed(words, named) if word not in STOP)
    return Listing(of_type or ANY, words=left, names=frozenset(each.entry_id for each in named))


def one_of(question: str, mentions: Sequence[Mention], index: Library | None = None, lookup: str = "") -> str | None:
    """The type of the events that a question speaks of (“the attack”), None where it speaks of none."""
    wish = fitted()(question, mentions, index, lookup)
    return wish.type if wish.type != NONE and wish.sure >= SURE_PROBABILITY else None


def kinds_of(question: str, of_type: str) -> tuple[Kinds, ...]:
    """The kinds of a type that a question names (“the drone strike”)."""
    text = normalise(question)
    return tuple(each.kinds for each in _joined_kinds(text, _kinds(text, of_type)[0]))


def _narrowed(
    question: str,
    of_type: str,
    mentions: Sequence[Mention],
    language: str,
    time: str,
    index: Library | None,
) -> Listing:
    text = fitted().respelt(normalise(question).rstrip("?؟ "), mentions, index)
    kinds, rest = _kinds(text, of_type)
    said, told = _said(rest) if of_type in SAID else ("", "")
    named = [each for each in mentions if each.kind not in NEITHER and normalise(each.surface) in text]
    named = [each for each in named if normalise(each.surface) not in normalise(time)]  # “since the takeover”
    rest = rest.replace(told, " ") if told else rest
    narrow = _left(question, mentions, rest, time, named, index) if language == ENGLISH else {}
    named_kinds = [(each, _other(text, each)) for each in _joined_kinds(text, kinds)]
    must = tuple(each.kinds for each, other in named_kinds if other is None)
    or_kinds = {other: text[each.start : each.end] for each, other in named_kinds if other is not None}
    words = _joined_words(text, list(narrow), or_kinds)
    firm = frozenset(each for each in words if any(narrow.get(w, 0.0) >= FIRM_PROBABILITY for w in each.split("|")))
    if said == "blamed":
        named = _accused(text, told, named)
    by, to, at = _placed(text, of_type, named, language)
    names = frozenset(each.entry_id for each in named)
    return Listing(of_type, must=must, words=words, names=names, by=by, to=to, at=at, said=said, firm=firm)


@dataclass(frozen=True, slots=True)
class _Named:
    """Kinds, any of which will do, and where a text names them."""

    start: int
    end: int
    kinds: Kinds


def _kinds(text: str, of_type: str) -> tuple[list[_Named], str]:
    """The kinds that a text names, in its order, and what is left of it; of an office its longest name alone."""
    found, left = list[_Named](), text
    for kind, words in (*_table()[0].get(of_type, ()), *_table()[0][ANY]):
        if match := words.search(left):
            found.append(_Named(*match.span(), frozenset(kind.split("|"))))
            left = words.sub(lambda each: " " * len(each.group()), left)
            if of_type == "appointment":
                break
    return sorted(found, key=lambda each: each.start), left


def _joined_kinds(text: str, found: Sequence[_Named]) -> list[_Named]:
    """Kinds that are joined by “and”, “or” or a comma as one, of which any will do."""
    joined: list[_Named] = []
    for each in found:
        if joined and _joins().fullmatch(text[joined[-1].end : each.start]):
            last = joined.pop()
            joined.append(_Named(last.start, each.end, last.kinds | each.kinds))
        else:
            joined.append(each)
    return joined


def _joined_words(text: str, words: Sequence[str], or_kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Words that narrow a list, those that are joined in the same way as one, with the kind that is joined to one: “jets|drones”."""
    joined: list[str] = []
    for word in words:
        last = joined[-1].rpartition("|")[2] if joined else ""
        follows = last and re.search(rf"(?<!\w){re.escape(last)}{_joins().pattern}{re.escape(word)}(?!\w)", text)
        either = f"{word}|{or_kinds[word]}" if word in or_kinds else word
        joined.append(f"{joined.pop()}|{either}" if follows else either)
    return tuple(joined)


def _other(text: str, kind: _Named) -> str | None:
    """What a list may be of instead of a kind: of “aircraft or drones”, which is no list of drones, “aircraft”."""
    either = "|".join(_words()["joining"]["or"])
    before = re.search(rf"([^\W\d_]+) (?:{either}) $", text[: kind.start])
    match = before or re.match(rf" (?:{either}) ([^\W\d_]+)", text[kind.end :])
    return match.group(1) if match else None


@cache
def _joins() -> re.Pattern[str]:
    """What stands between words that are joined."""
    joining = _words()["joining"]
    words = "|".join((*joining["and"], *joining["or"]))
    return re.compile(rf"(?: ?, ?(?:(?:{words}) )?| (?:{words}) )(?:(?:on|at|in|by|the) )*")


def _said(text: str) -> tuple[str, str]:
    """Whether who did it is to have claimed it, denied it or been blamed for it, and in what words the question says so."""
    found = ((said, words.search(text)) for said, words in _table()[1])
    return next(((said, there.group()) for said, there in found if there), ("", ""))


def _accused(text: str, told: str, named: Sequence[Mention]) -> list[Mention]:
    """The names without those of who blames: of “Pakistan blamed on India” the second, of “India was blamed for” the first."""
    behind = [each for each in named if normalise(each.surface) in text.partition(told)[2]]
    return behind if any(each.kind != PLACE for each in behind) else list(named)


def _placed(
    text: str, of_type: str, named: Sequence[Mention], language: str
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Who did it, to whom, and where."""
    roles: dict[str, set[str]] = {role: set() for role in ROLES}
    table, alone = _roles(language), list[str]()
    for each in named:
        surface = normalise(each.surface)
        for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
            before, after = _without_articles(text[: found.start()]), text[found.end() :]
            role = next((r for r, p in table.before.items() if p.search(before)), None)
            role = role or next((r for r, p in table.after.items() if p.match(after)), None)
            if each.kind == PLACE and role == "by" and not before.endswith("by"):
                role = None  # “how many bombings has Lahore had”
            if role is not None:
                roles[role].add(each.entry_id)
            elif each.kind != PLACE and _stands_before_what_it_does(before, after, language):
                suffers = _PASSIVE.search(text) or (of_type in SUFFERED and not _DOES.match(after))
                if suffers:
                    roles["to"].add(each.entry_id)
                else:
                    alone.append(each.entry_id)
    if (
        not roles["by"] and of_type not in MUTUAL
    ):  # “which Afghan provinces did Pakistan bomb”: who did it is said already
        roles["by"].update(alone[:1])
    return frozenset(roles["by"]), frozenset(roles["to"]), frozenset(roles["at"])


def _without_articles(text: str) -> str:
    words = text.split()
    while len(words) > 1 and words[-1] in _ARTICLES:
        words.pop()
    return " ".join(words)


def _stands_before_what_it_does(before: str, after: str, language: str) -> bool:
    """Whether a name stands right before a noun or verb (“Pakistani air strikes”); in other languages right behind it."""
    if language != ENGLISH:
        return bool(before) and before.split()[-1] not in _prepositions(language)
    near = re.match(r"[’']?s? ?(\w+)", after)
    return near is not None and near.group(1) not in STOP


def _unnamed(text: str, mentions: Sequence[Mention]) -> list[str]:
    named = {word for mention in mentions if mention.kind not in NEITHER for word in _split(mention.surface)}
    return [word for word in _split(text) if word not in named]


def _left(
    question: str, mentions: Sequence[Mention], rest: str, time: str, named: Sequence[Mention], index: Library | None
) -> dict[str, float]:
    """The words that narrow the list besides names, kinds and times, with the probability that they do; in other languages than
    English nothing else can. `rest` is the question without what was understood already."""
    gone = {*_split(time), *_general()}
    left = [word for word in _unnamed(rest, named) if not {word, f"{word}s"} & gone]
    likely = narrowing(question, mentions)
    known = fitted().vocabulary
    # The name of something that nobody listed: neither the library nor a model has seen it.
    strange = {w for w in left if index is not None and not (w in known or is_known(w) or index.knows(w))}
    told = {*_split(_said(rest)[1])}  # “agreements that the Taliban claim”: what is no deed is claimed as it is worded
    narrow = {word for word in left if word in strange | told | likely.keys()}
    return {word: 1.0 if word in strange else likely.get(word, 0.0) for word in left if word in narrow}


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]{2,}", normalise(text))


@cache
def _general() -> frozenset[str]:
    """Words that are too general to narrow a list."""
    return frozenset(_words()["general"]["words"])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))


@cache
def _table() -> tuple[Mapping[str, _Patterns], _Patterns]:
    """The words of kinds by type, and those that say who claimed, denied or was blamed."""
    raw = _words()
    kinds = {of_type: _patterns(words) for of_type, words in raw["kinds"].items()}
    kinds["appointment"] = (*_offices(), *kinds["appointment"])
    return kinds, _patterns(raw["said"])


def _patterns(words: Mapping[str, Sequence[str]]) -> _Patterns:
    return tuple((kind, re.compile(rf"(?<!\w)(?:{_either(forms)})(?!\w)")) for kind, forms in words.items())


def _offices() -> _Patterns:
    """The offices of the marked events by their own names: “finance minister”, “finance ministers”."""
    kinds = {kind for event in shipped_events() if "appointment" in event.types for kind in event.kinds}
    titles = {kind: [re.sub(r"y$", "(?:y|ie)", kind.replace("-", " ")) + "s?"] for kind in kinds if "-" in kind}
    return _patterns(dict(sorted(titles.items())))


@cache
def _roles(language: str) -> _Roles:
    roles = _words()["roles"].get(language, {})
    before = {role: re.compile(rf"(?:^|\s)(?:{_either(roles[role])})$") for role in ROLES if role in roles}
    after = {r: re.compile(rf"\s*(?:{_either(roles[f'{r}_after'])})(?!\w)") for r in ROLES if f"{r}_after" in roles}
    return _Roles(before, after)


@cache
def _prepositions(language: str) -> frozenset[str]:
    return frozenset(map(normalise, _words()["beside"].get(language, ())))


def _either(patterns: Sequence[str]) -> str:
    return "|".join(map(normalise, sorted(patterns, key=len, reverse=True)))
