"""The catalogue, `catalog.yaml`: public documents on the subject worth fetching, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sources.collection.metadata import Metadata
from sources.errors import NotFound, SourceError, why

CATALOGUE_FILE = Path(__file__).with_name("catalog.yaml")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the catalogue; `why` says in one line what it offers."""

    name: str
    group: str
    url: str
    title: str
    publisher: str
    why: str
    published: str | None = None
    author: str | None = None
    kind: str = "other"
    language: str = "en"
    party: str | None = None

    def metadata(self) -> Metadata:
        """Its metadata for the side file."""
        return Metadata(
            title=self.title, publisher=self.publisher, author=self.author, date=self.published, kind=self.kind,
            language=self.language, party=self.party,
        )  # fmt: skip


def catalogue(path: Path = CATALOGUE_FILE) -> list[Listed]:
    """Every document of the catalogue, in order; SourceError when the file is malformed."""
    try:
        groups = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return [Listed(group=group, **values) for group, listed in groups.items() for values in listed]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise SourceError(f"{path} is not a catalogue ({why(error)}): correct it") from error


def choose(listed: Sequence[Listed], names: Iterable[str]) -> list[Listed]:
    """The documents with these names or groups, in catalogue order; NotFound for a name that is neither."""
    wanted = set(names)
    for name in wanted:
        if not any(name in (one.name, one.group) for one in listed):
            raise NotFound(f"the catalogue has no “{name}”: `torkham sources catalog` shows names and groups")
    return [one for one in listed if one.name in wanted or one.group in wanted]
