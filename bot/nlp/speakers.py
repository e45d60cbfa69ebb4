"""Who is meant by the words that name a speaker: “the Taliban's spokesman in Kabul”, “a trader”, “he”."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.nlp.names.affiliation import seat_of, speaks_for
from bot.nlp.names.gazetteer import Gazetteer, Mention
from index.normalise import normalise

_WORDS = Path(__file__).with_name("sayings.toml")
# Kinds of people who speak for nobody but themselves, with the party ids under which they are heard.
_OF_THEMSELVES = ("rights-groups", "analysts", "traders", "clerics", "witnesses", "media")
_BY_TRADE = frozenset({"rights-groups", "analysts", "traders"})  # what somebody is, whatever a like-named politician is
_SURNAMES = frozenset({"haqqani-network"})  # one word of these names is borne by many people
_NAMED = frozenset({"person", "group", "office", "country", "place"})
END = re.compile(r"[.,;:!?،؛۔؟“”«»\"\n–—]")
_NAME = re.compile(r"(?<![\w’'-])[A-ZА-ЯЁ][\w’'-]{1,30}\s{1,2}[A-ZА-ЯЁ][\w’'-]")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something: the words for it as they stand in the text, and a party id where one can be told.

    `offices` are the words for offices in it (“ministry”, “spokesman”), by which it is taken up again without a name.
    """

    text: str
    party: str | None = None
    offices: frozenset[str] = frozenset()


class _Folded(dict[int, str]):
    """For `str.translate`: one letter for each letter, so that places in the copy are those of the text."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = normalise(char)
        self[code] = folded if len(folded) == 1 else " " if char == "\u200c" else char
        return self[code]


_FOLDED = _Folded()


def folded(text: str) -> str:
    """A text in lower case with one letter for the variants of the Arabic script; as long as the text itself."""
    return text.translate(_FOLDED)


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns of a language, over folded text (sayings.toml)."""

    order: str
    verbs: re.Pattern[str]
    passive: re.Pattern[str]
    sources: re.Pattern[str]
    behind: re.Pattern[str]
    agent: re.Pattern[str]
    possessive: re.Pattern[str]
    pronouns: re.Pattern[str]
    leads: re.Pattern[str]
    trails: re.Pattern[str]
    subordinate: re.Pattern[str]
    stops: re.Pattern[str]
    oblique: re.Pattern[str]
    oblique_after: re.Pattern[str]
    denials: re.Pattern[str]
    officials: re.Pattern[str]
    people: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def words_of(language: str) -> Words:
    """The patterns of a language, those of English for one that has none."""
    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    raw: dict[str, Any] = tables.get(language, tables["en"])
    return Words(
        order=raw["order"],
        verbs=_any(raw["verbs"]),
        passive=re.compile(_fold(raw["passive"]) if "?!" in raw["passive"] else rf"(?<!\w){_fold(raw['passive'])}"),
        sources=_any(raw["sources"]),
        behind=_any(raw["behind"]),
        agent=_any([raw["agent"]] if raw["agent"] else []),
        possessive=re.compile(rf"\s*{_fold(raw['possessive'])}(?!\w)"),
        pronouns=re.compile(rf"\s*{_fold(raw['pronouns'])}(?!\w)"),
        leads=re.compile(rf"\s*{_fold(raw['leads'])}\s*"),
        trails=re.compile(rf"[\s,]+{_fold(raw['trails'])}\s*$"),
        subordinate=re.compile(rf"\s*{_fold(raw['subordinate'])}"),
        stops=re.compile(rf"(?<!\w){_fold(raw['stops'])}"),
        oblique=re.compile(rf"(?<!\w){_fold(raw['oblique'])}(?:\s+(?:the|a|an|their|its|his))?\s+$"),
        oblique_after=re.compile(rf"\s+{_fold(raw['oblique_after'])}(?!\w)"),
        denials=_any(raw["denials"]),
        officials=_any([raw["officials"]]),
        people=tuple((name, _any([raw[name]])) for name in _OF_THEMSELVES),
    )


def _fold(pattern: str) -> str:
    return re.sub(r"[^\x00-\x7f]+", lambda match: folded(match.group()), pattern)


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_fold, patterns))})(?!\w)" if patterns else "(?!)")


class Speakers:
    """Names speakers of one article; remembers who spoke last."""

    def __init__(self, gazetteer: Gazetteer, language: str, day: str | None) -> None:
        """`day` is the ISO day of the article: which government sat in Kabul depends on it."""
        self._gazetteer, self._language, self._day = gazetteer, language, day
        self.words = words_of(language)
        self.last: Speaker | None = None
        self._by_office: dict[str, Speaker] = {}
        self._heard: list[Speaker] = []

    def mentions(self, text: str) -> list[Mention]:
        """The names and the words for offices in a text."""
        return self._gazetteer.find(text, language=self._language)

    def is_one(self, text: str) -> bool:
        """Whether words may name a speaker at all."""
        low = folded(text)
        if len(low.split()) > 24:
            return False
        known = self.words.pronouns.match(low) or self.words.officials.search(low)
        again = self._surname(" ".join(low.split()))
        return bool(
            known
            or again
            or self._kind(text)
            or _NAME.search(text)
            or any(m.kind in _NAMED for m in self.mentions(text))
        )

    def is_somebody(self, text: str) -> bool:
        """Whether words say who somebody is: a name, an official, a driver, an analyst."""
        if _NAME.search(text) or any(m.kind == "person" for m in self.mentions(text)):
            return True
        return self._kind(text) is not None or self.words.officials.search(folded(text)) is not None

    def name(self, text: str, around: str = "", sentence: str = "") -> Speaker:
        """The speaker that words name; without a name the one who spoke last, or last spoke in that office.

        `around` are the words that follow (“police” in Peshawar; “Gul Rahman”, a driver); officials without a country are
        those of a place that the `sentence` names.
        """
        text = text.strip(" ,،:;–—-\n\u200c")
        low = folded(text)
        if self.words.pronouns.fullmatch(low) and self.last is not None:
            return self.last
        again = self._surname(low)
        if again is not None:
            self.last = again
            return again
        offices = frozenset(m.entry_id for m in self.mentions(text) if m.kind == "term")
        party = self._party(text) or (self._party(f"{text} {around}") if around else None)
        if party is None and not _NAME.search(text):
            known = self._taken_up(text, offices)
            if known is not None and len(text.split()) <= 2:
                return known
            party = known.party if known else None
        if party is None and self.words.officials.search(low):
            owners = self.mentions(sentence[: sentence.find(text)]) if self.words.possessive.match(low) else []
            owned = [own for m in owners if m.kind in _NAMED and (own := self._governs(m))]
            party = owned[0] if owned else self._of_place(sentence)
        speaker = Speaker(text, party, offices)
        self.last = speaker
        self._heard.append(speaker)
        self._by_office.update(dict.fromkeys(offices, speaker))
        return speaker

    def _surname(self, low: str) -> Speaker | None:
        """Who spoke before under a longer name that ends with or holds this one; offices alone are no name."""
        if len(low.split()) > 2 or self.words.officials.search(low):
            return None
        return next((each for each in reversed(self._heard) if f" {low} " in f" {folded(each.text)} "), None)

    def note(self, sentence: str) -> None:
        """Remember the offices that a sentence names with their country, whether or not they speak in it."""
        found = self.mentions(sentence)
        low = folded(sentence)
        for one, other in pairwise(found):
            if sentence[one.end : other.start].count(" ") > 2 or END.search(sentence[one.end : other.start]):
                continue
            office, owner = (one, other) if one.kind in {"term", "office"} else (other, one)
            party = self._governs(owner) if owner.kind in _NAMED else None
            if party and self.words.officials.search(low[office.start : office.end]):
                last = self.mentions(sentence[office.start : office.end].split()[-1])
                keys = frozenset({office.entry_id, *(m.entry_id for m in last)})
                self._by_office.update(dict.fromkeys(keys, Speaker(sentence[one.start : other.end], party, keys)))

    def _of_place(self, sentence: str) -> str | None:
        places = [m for m in self.mentions(sentence) if m.kind == "place"]
        return next((party for m in places if (party := seat_of(m.entry_id, self._day))), None)

    def _taken_up(self, text: str, offices: frozenset[str]) -> Speaker | None:
        """Whom words without a name take up: who last spoke in that office; None for people without one."""
        low = folded(text)
        if self._kind(text) or not (offices or self.words.officials.search(low)):
            return None
        again = next((self._by_office[office] for office in sorted(offices) if office in self._by_office), None)
        definite = not re.match(r"(?:an?|one|two|three|several|some|another|other|many) ", low)
        return again if definite else None

    def _kind(self, text: str) -> str | None:
        """What people without a party words name, the first of several; the names of bodies (“UN refugee agency”) name none."""
        low = folded(text)
        for mention in self.mentions(text):
            if mention.kind in {"group", "office"}:
                low = low[: mention.start] + " " * (mention.end - mention.start) + low[mention.end :]
        found = [(match.start(), name) for name, pattern in self.words.people if (match := pattern.search(low))]
        return min(found)[1] if found else None

    def _party(self, text: str) -> str | None:
        low, found = folded(text), self.mentions(text)
        official = self.words.officials.search(low) is not None
        kind = self._kind(text)
        kind = None if official and kind == "witnesses" else kind
        persons = [party for m in found if m.kind == "person" and (party := speaks_for(m.entry_id))]
        if persons and (kind not in _BY_TRADE or persons[0] in _OF_THEMSELVES):
            return persons[0]
        bodies = [party for m in found if m.kind in {"group", "office"} and (party := self._governs(m))]
        offices = [party for m in found if m.kind == "office" and (party := speaks_for(m.entry_id))]
        if kind and not (offices or (bodies and official)):
            return bodies[0] if bodies and bodies[0] in _OF_THEMSELVES else kind
        plain = [m for m in found if m.kind in _NAMED and self._governs(m) and not self._aside(low, m)]
        if plain:
            return self._governs(plain[0])
        aside = [m for m in found if m.kind in _NAMED and self._governs(m)]
        # “в Кабуле заявили”: a place in which something is said stands for its government
        return self._governs(aside[0]) if aside and (official or re.match(r"во? ", low)) else None

    def _governs(self, mention: Mention) -> str | None:
        if mention.entry_id in _SURNAMES and " " not in mention.surface:
            return None
        return speaks_for(mention.entry_id) or seat_of(mention.entry_id, self._day)

    def _aside(self, low: str, mention: Mention) -> bool:
        """Whether somebody is only spoken of, to or at: “in Kabul”, “to the UN”."""
        before, after = low[: mention.start], low[mention.end :]
        return bool(self.words.oblique.search(before) or self.words.oblique_after.match(after))
