"""The names and terms of the subject in five languages: found in a text, spelt in another language, put right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from bot.nlp.language_id import detect
from bot.nlp.names.entries import LANGUAGES, Entry, file_in, merge, read_entries, shipped_entries
from bot.nlp.names.inflection import forms
from bot.nlp.names.spelling import FIRST_SLIP, slips, slips_allowed
from bot.nlp.names.trie import Name, NameTrie, Token, fold, tokens_of, words_of
from index.normalise import normalise

SPECIFIC = frozenset({"person", "place", "group", "agreement", "office", "event"})
_MISSPELT = frozenset({"person", "place", "group", "country"})
_NEAR_A_NAME = (  # and none
    "austrian austria bantu bulgaria daisy danish francs gandhi ghana hazard heart indiana italian italians javanese"
    " jordan kumar kansas logan martin miller muller organ sales salem sharing ships singh sister sperm sultan swedish"
    " turkeys"
)
OTHER_WORDS = frozenset(_NEAR_A_NAME.split())
MAX_KEPT_TEXTS = 16_384  # texts whose names are kept: what is shipped has some 5,000, and each question brings its own
_MAX_ENTRIES_PER_WORD = 4  # a word in the names of more entries than that (khan, muhammad) does not tell them apart
_LONG_NAME_LETTERS = 6  # letters from which a name is hardly a common word of the neighbouring language
_LETTERS = {"en": "[a-z]", "ur": "[\u0600-\u06ff]", "ru": "[\u0400-\u04ff]"}
_WORDS = re.compile(r"[^\W_]+")
_SCRIPTS = {"en": ("en",), "ur": ("ur", "ps", "fa"), "ru": ("ru",)}


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry found in a text: `surface == text[start:end]`; `languages` are those that have this name for it."""

    entry_id: str
    kind: str
    start: int
    end: int
    surface: str
    languages: tuple[str, ...]


class Gazetteer:
    """All entries; the names of a script are taken up when a text of that script comes."""

    def __init__(self, entries: Collection[Entry]) -> None:
        """Entries of the same id are one: the later adds its names to the earlier."""
        self._entries = merge(entries)
        self._places = {entry.id: place for place, entry in enumerate(self._entries)}
        self._tries: dict[str, NameTrie] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._found = lru_cache(maxsize=MAX_KEPT_TEXTS)(self._find)  # the same evidence comes up again and again

    @classmethod
    def load(cls, extra: Path | None = None) -> Gazetteer:
        """The shipped entries and those of an operator's file, or of the file `gazetteer.*` in a folder.

        SettingsError names a file that is not of that shape.
        """
        path = file_in(extra) if extra else None
        return cls([*shipped_entries(), *(read_entries(path) if path else ())])

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._places

    def __getitem__(self, entry_id: str) -> Entry:
        """The entry of that id; KeyError when there is none."""
        return self._entries[self._places[entry_id]]

    def find(self, text: str, *, language: str | None = None) -> list[Mention]:
        """Every name in the text, the longest from the left; a name of two entries gives a mention of each.

        Words are compared normalised and without case endings; particles inside a name (al-, of, د) do not count.
        Of Urdu, Pashto and Persian, which share a script, the terms and the short names count only in their own
        language: `language`, or else what the text looks like.
        """
        return list(self._found(text, language))

    def _find(self, text: str, language: str | None) -> tuple[Mention, ...]:
        tokens = tokens_of(text)
        language = language or detect(text)
        tries = self._tries_for(tokens)
        mentions: list[Mention] = []
        here = 0
        while here < len(tokens):
            last, names = max(
                (trie.longest(text, tokens, here, language) for trie in tries), key=_reach, default=(here, [])
            )
            if names:
                mentions += self._mentions(names, text, tokens[here].start, tokens[last].end)
                here = last
            here += 1
        return tuple(mentions)

    def names(self, text: str, *, language: str | None = None) -> set[str]:
        """The ids of the specific things in a text: persons, places, groups, agreements, offices, events."""
        return {mention.entry_id for mention in self.find(text, language=language) if mention.kind in SPECIFIC}

    def expansion(
        self,
        text: str,
        *,
        languages: Collection[str] = ("en",),
        known: Callable[[str], bool] | None = None,
    ) -> str:
        """The words that the library may use for what the text names and does not say itself, to be searched too.

        For each of the library's languages: other spellings of a specific name where the text is in that language,
        the names of every entry found where it is not. `known(word)` tells whether the index has a normalised word;
        words that it has not are left out.
        """
        said = {token.word for token in tokens_of(text)}
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
        One slip is allowed from five letters on, two from eight (six and nine where the script is not Latin); the first
        letter must be right. Only names of one word are offered (surnames, places), in their usual spelling.
        """
        wanted = normalise(word)
        most = slips_allowed(wanted if wanted.isascii() else wanted[1:])  # the other scripts leave out vowels
        if not most or not wanted.isalpha() or wanted in OTHER_WORDS or known(wanted):
            return None
        if any(form in self._vocabulary for form in forms(wanted)):
            return None
        best: tuple[int, int, str] | None = None
        for name, (place, shown) in self._by_letter.get(wanted[0], {}).items():
            distance = slips(wanted, name, most=min(most, slips_allowed(name)))
            if distance is not None and (best is None or (distance, place) < best[:2]):
                best = (distance, place, shown)
        return best[2] if best else None

    def _tries_for(self, tokens: list[Token]) -> list[NameTrie]:
        letters = " ".join(token.word for token in tokens)
        return [self._trie(script) for script, pattern in _LETTERS.items() if re.search(pattern, letters)]

    def _trie(self, script: str) -> NameTrie:
        if script not in self._tries:
            self._tries[script] = NameTrie(
                Name(name, place, language, name in entry.cased, script != "ur" or _abroad(entry.kind, name))
                for place, entry in enumerate(self._entries)
                for language in _SCRIPTS[script]
                for name in entry.names.get(language, ())
            )
        return self._tries[script]

    def _mentions(self, names: list[Name], text: str, start: int, end: int) -> list[Mention]:
        found = []
        for place in dict.fromkeys(name.entry for name in names):
            entry = self._entries[place]
            languages = tuple(dict.fromkeys(name.language for name in names if name.entry == place))
            found.append(Mention(entry.id, entry.kind, start, end, text[start:end], languages))
        return found

    def _words(self, mention: Mention, language: str) -> list[str]:
        names = self[mention.entry_id].names.get(language, ())
        if language in mention.languages:
            return self._respelt(mention, names, language) if mention.kind in SPECIFIC else []
        if not names or mention.kind in {"month", "country"}:
            return words_of(" ".join(names[:2] if mention.kind == "country" else names[:1]))
        shared = self._shared(language)
        others = [word for name in names[1:] for word in words_of(name) if shared[word] <= _MAX_ENTRIES_PER_WORD]
        return [*words_of(names[0]), *others]

    def _respelt(self, mention: Mention, names: tuple[str, ...], language: str) -> list[str]:
        """The words of the other names that are near a word said, and the canonical name where that is one word."""
        said, shared = words_of(mention.surface), self._shared(language)
        words = dict.fromkeys(word for name in names for word in words_of(name))
        first = words_of(names[0])
        near = [
            word
            for word in words
            if (shared[word] <= _MAX_ENTRIES_PER_WORD or word in first) and any(_alike(word, one) for one in said)
        ]
        return [*near, *(first if len(first) == 1 else ())]

    def _shared(self, language: str) -> Counter[str]:
        """In how many entries each word of a language's names stands."""
        if language not in self._counts:
            lines = fold([" ".join(entry.names.get(language, ())) for entry in self._entries])
            self._counts[language] = Counter(word for line in lines for word in set(_WORDS.findall(line)))
        return self._counts[language]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(
            token.word
            for entry in self._entries
            for names in entry.names.values()
            for name in names
            for token in tokens_of(name)
        )

    @cached_property
    def _by_letter(self) -> dict[str, dict[str, tuple[int, str]]]:
        """First letter -> name of one word -> (place of the entry, the name in its usual spelling)."""
        found: dict[str, dict[str, tuple[int, str]]] = {}
        for place, entry in enumerate(self._entries):
            if entry.kind not in _MISSPELT:
                continue
            for language in LANGUAGES:
                names = entry.names.get(language, ())
                usual = names[0] if names and names[0].isalpha() and entry.kind == "place" else None
                for name in names:
                    if name.isalpha() and len(name) >= FIRST_SLIP and (name[0].isupper() or not name.isascii()):
                        found.setdefault(normalise(name)[0], {}).setdefault(normalise(name), (place, usual or name))
        return found


def _alike(word: str, other: str) -> bool:
    return (
        word[0] == other[0] and slips(word, other, most=2 if min(len(word), len(other)) > FIRST_SLIP else 1) is not None
    )


def _abroad(kind: str, name: str) -> bool:
    return (kind in SPECIFIC or kind == "country") and len(name) >= _LONG_NAME_LETTERS


def _reach(found: tuple[int, list[Name]]) -> tuple[int, int]:
    return (found[0] if found[1] else -1, len(found[1]))
