"""The parties that speak in the library, and their names in five languages."""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.errors import PartyError

LANGUAGES = ("en", "ur", "ps", "fa", "ru")
PARTIES_FILE = Path(__file__).with_name("parties.json")


@dataclass(frozen=True, slots=True)
class Party:
    """A party: its id (kebab-case), display names by language, aliases, years (None: open-ended)."""

    id: str
    names: dict[str, str]
    aliases: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    speaker_required: bool = False

    @property
    def name(self) -> str:
        """The English display name."""
        return self.names["en"]

    @property
    def every_name(self) -> tuple[str, ...]:
        """Its names: display names, English first, then aliases."""
        return (self.name, *self.names.values(), *self.aliases)

    def display(self, language: str) -> str:
        """The display name in that language, by default the English one."""
        return self.names.get(language, self.name)


class Parties:
    """All parties, found by id, name or alias."""

    def __init__(self, parties: Iterable[Party]) -> None:
        """Raises PartyError when two parties share an id, a name or an alias."""
        self._by_id: dict[str, Party] = {}
        self._by_name: dict[str, Party] = {}
        for party in parties:
            if party.id in self._by_id:
                raise PartyError(f"two parties have the id {party.id}: rename one of them")
            self._by_id[party.id] = party
            for name in (party.id, *party.every_name):
                other = self._by_name.setdefault(_fold(name), party)
                if other is not party:
                    raise PartyError(f"“{name}” names both {other.id} and {party.id}: give it to one of them only")

    def __iter__(self) -> Iterator[Party]:
        return iter(self._by_id.values())

    def __getitem__(self, party_id: str) -> Party:
        """The party with that id; KeyError if there is none."""
        return self._by_id[party_id]

    def find(self, name: str) -> Party:
        """The party with that id, name or alias in any language, ignoring case; PartyError if there is none."""
        try:
            return self._by_name[_fold(name)]
        except KeyError:
            raise PartyError(f"“{name}” is no known party: {self._suggestion(name)}") from None

    def _suggestion(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(_fold(name), self._by_name, n=1, cutoff=0.7)
        if near:
            return f"did you mean {self._by_name[near[0]].name}?"
        return f"use one of {', '.join(party.name for party in self)} (sources/parties.json)"


@functools.cache
def shipped_parties() -> Parties:
    """The parties of sources/parties.json."""
    return read_parties(PARTIES_FILE)


def read_parties(path: Path) -> Parties:
    """The parties of a JSON file of that shape; PartyError names the file when it is malformed.

    `from` and `to` are the years in which a party exists as such; with `"speaker": "required"` its statements must name
    a speaker. A name or an alias belongs to one party only, ignoring case.
    """
    try:
        return Parties(_party(raw) for raw in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, PartyError) as error:
        raise PartyError(f"{path}: not a list of parties ({error!s}): correct the file") from error


def to_json(parties: Parties) -> list[dict[str, Any]]:
    """Serialise parties for another process, in the format of `parties_from`."""
    return [
        {"id": party.id, "names": party.names, "aliases": list(party.aliases), "from": party.year_from,
         "to": party.year_to, "speaker": "required" if party.speaker_required else None}
        for party in parties
    ]  # fmt: skip


def parties_from(raw: list[dict[str, Any]]) -> Parties:
    """Parse the output of `to_json`."""
    return Parties(map(_party, raw))


def _party(raw: dict[str, Any]) -> Party:
    return Party(
        id=raw["id"],
        names={language: str(raw["names"][language]) for language in LANGUAGES},
        aliases=tuple(str(alias) for alias in raw.get("aliases", ())),
        year_from=raw.get("from"),
        year_to=raw.get("to"),
        speaker_required=raw.get("speaker") == "required",
    )


def _fold(name: str) -> str:
    """A name normalised for comparison: case, Arabic letter variants, ZWNJ, hyphens and spaces do not matter."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS)
    return re.sub(r"[\s\-–_]+", " ", text).strip()


_VARIANTS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "\u200c": " ", "ё": "е", "’": "'"})
