"""The metadata a document is cited with: the options that set it, the prompts for it, and its display."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from bot.cli.parser import Parser
from bot.rendering.plain import readable_date
from bot.rendering.safe import clean
from sources.errors import MetadataError

if TYPE_CHECKING:
    from bot.workspace import Workspace
    from sources.collection.catalogue_cache import Row
    from sources.collection.metadata import Metadata

CITED = ("title", "author", "publisher", "date", "url")  # fields shown in a citation


def metadata_options(parser: Parser) -> None:
    """The options for a document's citation."""
    parser.add_argument("--title", help="title")
    parser.add_argument("--author", help="author")
    parser.add_argument("--publisher", help="publisher")
    parser.add_argument("--date", help="publication date: 2024, 2024-04 or 2024-04-20")
    parser.add_argument("--url", help="URL of the original")
    parser.add_argument("--kind", help="news, report, statement, opinion, book or other")
    parser.add_argument("--language", metavar="L", help="en, ur, ps, fa, ru …")
    parser.add_argument("--party", metavar="P", help="party whose view it gives, if any")


def no_index(parser: Parser) -> None:
    """The option to skip indexing."""
    parser.add_argument("--no-index", action="store_true", help="leave the index to `torkham index update`")


def metadata_of(given: argparse.Namespace) -> Metadata:
    """The metadata in those options."""
    return metadata(**{each.name: getattr(given, each.name, None) for each in fields(metadata())})


def metadata(**values: str | None) -> Metadata:
    """Metadata with these values, without any if there are none."""
    from sources.collection.metadata import Metadata

    return Metadata(**values)


def ask_for(work: Workspace, row: Row) -> bool:
    """Prompt for each field of a citation, with its value in brackets; returns whether anything changed.

    An empty line keeps a value, a single - clears it, end of input keeps the rest.
    """
    work.console.note(f"{row.id}: Enter keeps the value in brackets, - clears it.")
    changed = False
    for name in CITED:
        while True:
            value = _typed(name, getattr(row, "published" if name == "date" else name))
            if value is None:
                return changed
            if not value:
                break
            try:
                work.library.edit(row.id, metadata(**{name: "" if value == "-" else value}))
            except MetadataError as error:
                work.console.error(str(error))
                continue
            changed = True
            break
    return changed


def _typed(name: str, value: str | None) -> str | None:
    """The line typed for a field, None at the end of input."""
    sys.stderr.write(f"{name} [{value or ''}]: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None


def cited_as(row: Row) -> str:
    """How a document will be cited, and which fields are missing."""
    named: Sequence[tuple[str, str | None]] = (
        ("author", row.author), ("publisher", row.publisher), ("date", readable_date(row.published) or None),
    )  # fmt: skip
    parts = [f"“{row.title or ''}”", *(value or f"no {name}" for name, value in named)]
    return clean(", ".join([*parts, *([row.url] if row.url else [])]))
