"""The file of the gazetteer: entries with their names in five languages."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

LANGUAGES = ("en", "ur", "ps", "fa", "ru")
KINDS = frozenset({"person", "place", "group", "agreement", "office", "event", "term", "month", "country"})
SHIPPED = Path(__file__).with_name("gazetteer.json")
_SUFFIXES = (".json", ".toml", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name or term: its names by language, the canonical one first; `cased` ones count only with a capital."""

    id: str
    kind: str
    names: dict[str, tuple[str, ...]]
    cased: frozenset[str] = frozenset()


def shipped_entries() -> list[Entry]:
    """The entries of bot/nlp/names/gazetteer.json; the tests check its shape, so that a question need not wait for that."""
    try:
        return [_entry(raw) for raw in json.loads(SHIPPED.read_text(encoding="utf-8"))]
    except (OSError, ValueError) as error:
        raise SettingsError(f"{SHIPPED} cannot be read ({error}): install Torkham anew.") from error


def read_entries(path: Path) -> list[Entry]:
    """The entries of a file (.json, .toml with [[entry]] tables, or .yaml); SettingsError when it has another shape."""
    try:
        return [_entry(_checked(raw)) for raw in _parse(path)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path}: not a list of names ({error!s}): mend the file, or take it away.") from error


def file_in(place: Path) -> Path | None:
    """The file itself, or the gazetteer.json, .toml, .yaml or .yml in a folder, if it has one."""
    if not place.is_dir():
        return place
    return next((path for suffix in _SUFFIXES if (path := place / f"gazetteer{suffix}").is_file()), None)


def merge(entries: Iterable[Entry]) -> list[Entry]:
    """Entries of the same id as one: the later adds its names to the earlier."""
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


def _parse(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    entries: Any
    if path.suffix == ".json":
        entries = json.loads(text)
    elif path.suffix == ".toml":
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


def _checked(raw: dict[str, Any]) -> dict[str, Any]:
    unknown = set(raw) - {"id", "kind", "cased", *LANGUAGES}
    if unknown:
        raise ValueError(f"{raw['id']}: unknown {', '.join(sorted(unknown))}")
    if raw["kind"] not in KINDS:
        raise ValueError(f"{raw['id']}: the kind must be one of {', '.join(sorted(KINDS))}")
    if not raw.get("en"):
        raise ValueError(f"{raw['id']}: it needs a name in English (en)")
    for key in ("cased", *LANGUAGES):
        names = raw.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            raise TypeError(f"{raw['id']}: {key} must be a list of names")
    return raw


def _entry(raw: dict[str, Any]) -> Entry:
    names = {language: tuple(raw[language]) for language in LANGUAGES if language in raw}
    return Entry(raw["id"], raw["kind"], names, frozenset(raw.get("cased", ())))
