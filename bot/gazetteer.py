"""The names and terms of the subject in five languages: found in a text, spelt in another language, put right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.spelling import slips, slips_allowed
from bot.word_forms import forms
from index.text import normalise

LANGUAGES = ("en", "ur", "ps", "fa", "ru")
KINDS = frozenset({"person", "place", "group", "agreement", "office", "event", "term", "month", "country"})
SPECIFIC = frozenset({"person", "place", "group", "agreement", "office", "event"})
SHIPPED = Path(__file__).with_name("gazetteer.json")

_PARTICLES = frozenset({"al", "ul", "ur", "i", "e", "of", "the", "د"})  # inside a name they may come and go
_LEADING = re.compile(r"^(?:al|the|د)[ -]", re.MULTILINE)
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200d"
_WORD = re.compile(
    rf"(?:[^\W\d_]\.){{2,}}|[^\W\d_]\.[^\W\d_](?![\w.])|[^\W_](?:[^\W_]|[{_MARKS}])*(?P<owner>['’]s\b)?"
)
_LONGEST = 8  # words of a name with its particles


@dataclass(frozen=True, slots=True)
class Entry:
    """A name or term: its names by language, the canonical one first; `cased` ones count only with a capital."""

    id: str
    kind: str
    names: dict[str, tuple[str, ...]]
    cased: frozenset[str] = frozenset()

    @property
    def canonical(self) -> str:
        """The canonical English name."""
        return self.names["en"][0]


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry found in a text: `surface == text[start:end]`; `languages` are those that have this name for it."""

    entry_id: str
    kind: str
    start: int
    end: int
    surface: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    entry: int
    language: str
    cased: bool


# One more word of a name leads to the next node; "" holds the names that end here.
_Node = dict[str, Any]


class Gazetteer:
    """All entries, indexed by their first letters; what a text does not need is never taken apart."""

    def __init__(self, entries: Collection[Entry]) -> None:
        """Entries of the same id are one: the later adds its names to the earlier."""
        self._entries = _merge(entries)
        self._places = {entry.id: place for place, entry in enumerate(self._entries)}
        self._buckets: dict[str, list[tuple[str, _Name]]] = {}
        self._tries: dict[str, _Node] = {}
        self._fill()

    @classmethod
    def load(cls, extra: Path | None = None) -> Gazetteer:
        """The shipped entries and those of an operator's file (.json, .toml or .yaml); SettingsError names a bad one.

        `extra` may be a folder: then its file `gazetteer.json`, `.toml`, `.yaml` or `.yml` is read, if it has one.
        """
        entries = read_entries(SHIPPED)
        path = _file_in(extra) if extra else None
        return cls([*entries, *read_entries(path)] if path else entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __getitem__(self, entry_id: str) -> Entry:
        """The entry of that id; KeyError when there is none."""
        return self._entries[self._places[entry_id]]

    def find(self, text: str) -> list[Mention]:
        """Every name in the text, the longest from the left; a name of two entries gives a mention of each.

        Words are compared normalised and without their case endings; particles inside a name (al-, of, د) do not count.
        """
        tokens = _tokens(text)
        mentions: list[Mention] = []
        here = 0
        while here < len(tokens):
            last, names = self._longest(text, tokens, here)
            if not names:
                here += 1
                continue
            start, end = tokens[here].start, tokens[last].end
            mentions += self._mentions(names, text, start, end)
            here = last + 1
        return mentions

    def names(self, text: str) -> set[str]:
        """The ids of the specific things in a text: persons, places, groups, agreements, offices, events."""
        return {mention.entry_id for mention in self.find(text) if mention.kind in SPECIFIC}

    def expansion(
        self,
        text: str,
        *,
        languages: Collection[str] = ("en",),
        known: Callable[[str], bool] | None = None,
    ) -> str:
        """The words that the library may use for what the text names and does not say itself, to be searched too.

        For each of the library's languages: other spellings of a specific name where the text is in that language,
        the canonical name and its one-word variants where it is not. `known(word)` tells whether the index has a
        normalised word; words that it has not are left out.
        """
        said = {token.word for token in _tokens(text)}
        words: dict[str, None] = {}
        for mention in self.find(text):
            for language in languages:
                for word in self._words(mention, language):
                    if word not in said and (known is None or known(word)):
                        words[word] = None
        return " ".join(words)

    def suggest(self, word: str, known: Callable[[str], bool]) -> str | None:
        """The name that a word misspells, as one writes it, or None.

        None too for a word that the index knows (`known(word)`, normalised) or that is part of a name in any form.
        One slip is allowed from five letters on, two from eight; the first letter must be right.
        """
        wanted = normalise(word)
        most = slips_allowed(wanted)
        if not most or not wanted.isalpha() or any(form in self._vocabulary for form in forms(wanted)) or known(wanted):
            return None
        best: tuple[int, int, str] | None = None
        for name, (place, shown) in self._by_letter.get(wanted[0], {}).items():
            distance = slips(wanted, name, most=min(most, slips_allowed(name)))
            if distance is not None and (best is None or (distance, place) < best[:2]):
                best = (distance, place, shown)
        return best[2] if best else None

    def _fill(self) -> None:
        written: list[str] = []
        owners: list[_Name] = []
        for place, entry in enumerate(self._entries):
            for language, names in entry.names.items():
                for name in names:
                    written.append(name)
                    owners.append(_Name(place, language, name in entry.cased))
        for folded, owner in zip(_fold_lines(written), owners, strict=True):
            self._buckets.setdefault(folded[:2], []).append((folded, owner))

    def _trie(self, letters: str) -> _Node:
        if letters not in self._tries:
            root: _Node = {}
            for folded, owner in self._buckets.get(letters, ()):
                words = [token.word for token in _tokens(folded) if token.word not in _PARTICLES]
                _plant(root, words, owner)
                if len(words) > 1 and len("".join(words)) > 5:
                    _plant(root, ["".join(words)], owner)  # names are often run together
            self._tries[letters] = root
        return self._tries[letters]

    def _longest(self, text: str, tokens: list[_Token], here: int) -> tuple[int, list[_Name]]:
        """The last token of the longest name that begins at a token, and the names; an exact form goes first."""
        first = [node for form in forms(tokens[here].word) if (node := self._trie(form[:2]).get(form)) is not None]
        best: tuple[int, list[_Name]] = (here, [])
        nodes, at = first, here
        while nodes:
            for node in nodes:
                names = [name for name in node.get("", ()) if not name.cased or _capital(text, tokens, here)]
                if names and (not best[1] or at > best[0]):
                    best = (at, names)
            at += 1
            while at < len(tokens) and tokens[at].word in _PARTICLES:
                at += 1
            if at >= len(tokens) or at - here >= _LONGEST:
                break
            nodes = [after for node in nodes for form in forms(tokens[at].word) if (after := node.get(form)) is not None]
        return best

    def _mentions(self, names: list[_Name], text: str, start: int, end: int) -> list[Mention]:
        found = []
        for place in dict.fromkeys(name.entry for name in names):
            entry = self._entries[place]
            languages = tuple(dict.fromkeys(name.language for name in names if name.entry == place))
            found.append(Mention(entry.id, entry.kind, start, end, text[start:end], languages))
        return found

    def _words(self, mention: Mention, language: str) -> list[str]:
        names = self[mention.entry_id].names.get(language, ())
        same = language in mention.languages
        if same and mention.kind not in SPECIFIC:
            return []
        chosen = names if same else [name for place, name in enumerate(names) if place == 0 or " " not in name]
        return [token.word for name in chosen for token in _tokens(name) if token.word not in _PARTICLES]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(
            token.word for names in self._buckets.values() for folded, _ in names for token in _tokens(folded)
        )

    @cached_property
    def _by_letter(self) -> dict[str, dict[str, tuple[int, str]]]:
        """First letter -> word of a specific name -> (its place, the word as it is written)."""
        words: dict[str, dict[str, tuple[int, str]]] = {}
        for place, entry in enumerate(self._entries):
            if entry.kind not in SPECIFIC and entry.kind != "country":
                continue
            for name in (name for names in entry.names.values() for name in names):
                for token in _tokens(name):
                    shown = name[token.start : token.end]
                    if len(token.word) >= 5 and (shown[0].isupper() or not shown.isascii()):
                        words.setdefault(token.word[0], {}).setdefault(token.word, (place, shown))
        return words


def read_entries(path: Path) -> list[Entry]:
    """The entries of a file (.json, .toml with [[entry]] tables, or .yaml); SettingsError when it is not of that shape."""
    try:
        return [_entry(raw) for raw in _parse(path)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path}: not a list of names ({error!s}): mend the file, or take it away.") from error


def _parse(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    entries: Any
    if path.suffix == ".json":
        entries = json.loads(text)
    elif path.suffix == ".toml":
        import tomllib

        entries = tomllib.loads(text)["entry"]
    else:
        entries = _yaml(text)
    if not isinstance(entries, list):
        raise TypeError("it must be a list of entries")
    return entries


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _entry(raw: dict[str, Any]) -> Entry:
    if raw["kind"] not in KINDS:
        raise ValueError(f"{raw['id']}: the kind must be one of {', '.join(sorted(KINDS))}")
    names = {language: _strings(raw, language) for language in LANGUAGES if raw.get(language)}
    if "en" not in names:
        raise ValueError(f"{raw['id']}: it needs a name in English (en)")
    return Entry(str(raw["id"]), raw["kind"], names, frozenset(_strings(raw, "cased")))


def _strings(raw: dict[str, Any], key: str) -> tuple[str, ...]:
    values = raw.get(key, ())
    if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
        raise TypeError(f"{raw['id']}: {key} must be a list of names")
    return tuple(values)


def _file_in(extra: Path) -> Path | None:
    if not extra.is_dir():
        return extra
    files = (extra / f"gazetteer{suffix}" for suffix in (".json", ".toml", ".yaml", ".yml"))
    return next((path for path in files if path.is_file()), None)


def _merge(entries: Collection[Entry]) -> list[Entry]:
    merged: dict[str, Entry] = {}
    for entry in entries:
        earlier = merged.get(entry.id)
        merged[entry.id] = _joined(earlier, entry) if earlier else entry
    return list(merged.values())


def _joined(earlier: Entry, later: Entry) -> Entry:
    names = {
        language: tuple(dict.fromkeys([*earlier.names.get(language, ()), *later.names.get(language, ())]))
        for language in LANGUAGES
        if language in earlier.names or language in later.names
    }
    return Entry(earlier.id, earlier.kind, names, earlier.cased | later.cased)


def _fold_lines(lines: list[str]) -> list[str]:
    """Each line normalised and without a leading particle; letter by letter, since that is ten times as fast here."""
    if not lines:
        return []
    text = "\n".join(lines)
    table = {ord(letter): normalise(letter) for letter in set(text)}
    return _LEADING.sub("", text.translate(table)).split("\n")


def _tokens(text: str) -> list[_Token]:
    """The words of a text, normalised: U.S. is one word, an English possessive is cut off."""
    tokens = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match["owner"]:
            end -= len(match["owner"])
        word = normalise(text[start:end]).replace(".", "")
        if word:
            tokens.append(_Token(word, start, end))
    return tokens


def _plant(root: _Node, words: list[str], owner: _Name) -> None:
    node = root
    for word in words:
        node = node.setdefault(word, {})
    if words:
        node.setdefault("", []).append(owner)


def _capital(text: str, tokens: list[_Token], here: int) -> bool:
    """Whether a word is written as a name: all capitals, or a capital that does not come from standing first."""
    shown = text[tokens[here].start : tokens[here].end]
    if len(shown) > 1 and shown.isupper():
        return True
    followed = here + 1 < len(tokens) and tokens[here + 1].word[0].isdigit()
    return shown[:1].isupper() and (here > 0 or followed)
