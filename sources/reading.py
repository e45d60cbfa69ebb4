"""Making a document of a file's bytes: a brief by its own format, everything else by its loader."""

from __future__ import annotations

import re
from pathlib import Path

from sources.brief import is_brief, parse
from sources.clean import one_line
from sources.document import Document
from sources.errors import LoadError, MetadataError, PartyError
from sources.limits import TITLE_LETTERS
from sources.loaded import Loaded
from sources.metadata import Metadata
from sources.parties import Parties
from sources.sandbox import Sandbox
from sources.text import decode


class Reader:
    """Reads files, the dangerous ones in one child process; `left_out` of the last file says what it did not read."""

    def __init__(self, parties: Parties) -> None:
        self._parties = parties
        self._sandbox = Sandbox()
        self.left_out: tuple[str, ...] = ()

    def document(
        self, document_id: str, name: str, file: str, data: bytes, metadata: Metadata, *, shipped: bool = False
    ) -> Document:
        """The document under the operator's metadata; `file` is what messages call it. Raises SourceError."""
        self.left_out = ()
        if name.lower().endswith(".md"):
            text = decode(data, file)
            if shipped or is_brief(text):
                return _with(parse(text, document_id, file=file, parties=self._parties), metadata, file)
        return _with(self._plain(document_id, name, file, data, metadata), metadata, file)

    def close(self) -> None:
        """End the child process."""
        self._sandbox.close()

    def _plain(self, document_id: str, name: str, file: str, data: bytes, metadata: Metadata) -> Document:
        from sources.language import detect
        from sources.loaders import convert

        loaded = convert(data, file, Path(name).suffix, self._sandbox, ocr=metadata.ocr)
        self.left_out = loaded.left_out
        try:
            party = self._parties.find(loaded.party).id if loaded.party else None
        except PartyError as error:
            raise LoadError(f"{file}: {error}") from error
        return Document(
            id=document_id,
            title=_title(loaded, name),
            text=loaded.text,
            kind=loaded.kind or "other",
            language=metadata.language or loaded.language or detect(loaded.text),
            publisher=_line(loaded.publisher),
            author=_line(loaded.author),
            published=loaded.published,
            party=party,
            url=loaded.url,
            summary=loaded.summary,
            pages=loaded.pages,
            headings=loaded.headings,
        )


def _with(document: Document, metadata: Metadata, file: str) -> Document:
    """The document under the operator's metadata."""
    if metadata.kind and document.kind == "brief":
        raise MetadataError(f"{file} is a brief: leave --kind away")
    return document.with_metadata(**metadata.of_document())


def _title(loaded: Loaded, name: str) -> str:
    """The title that the file holds, else the words of its name."""
    return _line(loaded.title) or _line(re.sub(r"[\s_-]+", " ", Path(name).stem)) or "document"


def _line(text: str | None) -> str | None:
    """One line of a length that can be shown; a longer one ends in “…”."""
    line = one_line(text or "")
    return f"{line[: TITLE_LETTERS - 1]}…" if len(line) > TITLE_LETTERS else line or None
