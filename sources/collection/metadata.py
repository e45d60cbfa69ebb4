"""Metadata given by an operator: validated once, kept in a side file `NAME.meta.json`."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from sources.clean import one_line
from sources.document import KINDS, OURS
from sources.edtf import publication_date
from sources.errors import LoadError, MetadataError, why
from sources.files import read_bytes
from sources.limits import TITLE_LETTERS
from sources.parties import Parties, shipped_parties
from sources.text.urls import is_web_address

SIDE_SUFFIX = ".meta.json"
DOCUMENT_KEYS = ("title", "author", "publisher", "date", "url", "kind", "language", "party")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Values that override those in the file; None keeps the file's own."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    kind: str | None = None
    language: str | None = None
    party: str | None = None
    asked: str | None = None  # the requested address, if it redirected to `url`
    fetched: str | None = None  # when it was fetched, ISO with time zone
    etag: str | None = None
    modified: str | None = None  # the Last-Modified header as received
    ocr: str | None = None  # languages for tesseract to read a scan with
    form: str | None = None  # “document”: never a brief, whatever the file declares

    def __bool__(self) -> bool:
        return self != Metadata()

    def checked(self, parties: Parties | None = None) -> Metadata:
        """A copy with single-line texts, an ISO date and a party id; MetadataError names the invalid value."""
        if self.kind in OURS:
            raise MetadataError(f"kind: {self.kind} is for files whose front matter says so; choose another kind")
        if self.kind and self.kind not in KINDS:
            raise MetadataError(f"kind: “{self.kind}” is unknown; use one of {', '.join(KINDS[len(OURS) :])}")
        if self.language and not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", self.language):
            raise MetadataError(f"language: “{self.language}” is no language code; write en, ur, ps, fa, ru …")
        if self.url and not is_web_address(self.url):
            raise MetadataError(f"url: “{self.url}” is no web address; write it in full, with https://")
        return Metadata(
            title=_line("title", self.title),
            author=_line("author", self.author),
            publisher=_line("publisher", self.publisher),
            date=publication_date(self.date) if self.date else None,
            url=self.url or None,
            kind=self.kind or None,
            language=self.language or None,
            party=(parties or shipped_parties()).find(self.party).id if self.party else None,
            asked=self.asked or None,
            fetched=_line("fetched", self.fetched),
            etag=_line("etag", self.etag),
            modified=_line("modified", self.modified),
            ocr=_ocr(self.ocr),
            form="document" if self.form else None,
        )

    @property
    def by_hand(self) -> bool:
        """Whether the operator added the file in person: only then may it be a brief."""
        return not (self.form or self.fetched or self.asked)

    def of_document(self) -> dict[str, str]:
        """The values that are set and have a field in Document, by its names."""
        names = {name: "published" if name == "date" else name for name in DOCUMENT_KEYS}
        return {names[name]: value for name, value in asdict(self).items() if name in names and value}

    def to_json(self) -> str:
        """The values that are set, as a small JSON object that people can read and edit."""
        return (
            json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False, indent=2)
            + "\n"
        )


def side_file(path: Path) -> Path:
    """The path of a file's metadata: `NAME.meta.json` beside it."""
    return path.with_name(path.name + SIDE_SUFFIX)


def read_side_file(path: Path, *, inside: Path | None = None, parties: Parties | None = None) -> Metadata:
    """The validated metadata beside a file, all None if there is none; LoadError names the side file."""
    side = side_file(path)
    if not side.exists():
        return Metadata()
    try:
        values = json.loads(read_bytes(side, inside))
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{side} is not JSON ({why(error)}): repair or delete it") from error
    names = [field.name for field in fields(Metadata)]
    if not isinstance(values, dict) or not all(isinstance(value, str | None) for value in values.values()):
        raise LoadError(f'{side} is not an object of texts: write {{"title": "…"}}, or delete it')
    if unknown := sorted(set(values) - set(names)):
        raise LoadError(f"{side} has the unknown key “{unknown[0]}”: use {', '.join(names)}")
    try:
        return Metadata(**values).checked(parties)
    except MetadataError as error:
        raise LoadError(f"{side}: {error}") from error


def _ocr(languages: str | None) -> str | None:
    if languages and not re.fullmatch(r"[A-Za-z_]{2,20}(\+[A-Za-z_]{2,20}){0,7}", languages):
        raise MetadataError(f"ocr: “{languages}” names no languages of tesseract; write eng, urd, pus, fas or eng+urd")
    return languages or None


def _line(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    line = one_line(value)
    if not line and value:
        raise MetadataError(f"{name}: it holds nothing that can be shown; write some words")
    if len(line) > TITLE_LETTERS:
        raise MetadataError(f"{name}: it has more than {TITLE_LETTERS} characters; shorten it")
    return line or None
