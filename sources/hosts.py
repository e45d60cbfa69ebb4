"""Classifies the publisher of a reference: classes of hosts in hosts.toml, and which of them are weak. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sources.document import Reference
from sources.errors import SourceError

HOSTS_FILE = Path(__file__).with_name("hosts.toml")
CLASSES = (
    "official", "agency", "press", "scholarly", "state-linked", "partisan", "minor", "encyclopaedia", "digest", "copy",
    "forum",
)  # fmt: skip
WEAK_CLASSES = frozenset({"encyclopaedia", "digest", "copy", "forum"})


@dataclass(frozen=True, slots=True)
class Hosts:
    """Host to class, and the publishers of printed works, which need no address."""

    classes: Mapping[str, str]
    works: frozenset[str] = frozenset()

    def of_address(self, url: str) -> str | None:
        """The class of a host, or of its nearest parent domain; None if the table has neither."""
        name = (urlsplit(url).hostname or "").rstrip(".")
        if re.fullmatch(r"[0-9.]+|.*:.*", name):
            return "digest"  # a bare IP address belongs to nobody
        while name and name not in self.classes:
            name = name.partition(".")[2]
        return self.classes.get(name)

    def of(self, reference: Reference) -> str | None:
        """The class of a reference: by its original, as a printed work, or by the copy that was read."""
        if reference.original:
            return self.of_address(reference.original)
        if reference.publisher in self.works:
            return "scholarly"
        return self.of_address(reference.url) if reference.url else None

    def is_weak(self, reference: Reference) -> bool:
        """Whether a reader cannot verify it with its publisher: it is known from a copy, a digest or a forum only."""
        return self.of(reference) in WEAK_CLASSES


def shipped_hosts() -> Hosts:
    """The table of sources/hosts.toml."""
    return read_hosts(HOSTS_FILE)


def read_hosts(path: Path) -> Hosts:
    """Read a TOML table: a list of hosts per class, and `works`; SourceError names the file and says what to do."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        works = frozenset(table.pop("works", ()))
        if unknown := sorted(set(table) - set(CLASSES)):
            raise ValueError(f"“{unknown[0]}” is no class: use {', '.join(CLASSES)}")
        classes: dict[str, str] = {}
        for kind, hosts in table.items():
            for host in hosts:
                if classes.setdefault(host, kind) != kind:
                    raise ValueError(f"{host} is both {classes[host]} and {kind}: keep one")
    except (OSError, ValueError, TypeError) as error:
        raise SourceError(f"{path}: not a table of hosts ({error}): correct the file") from error
    return Hosts(classes, works)
