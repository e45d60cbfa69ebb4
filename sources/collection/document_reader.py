"""Makes a document from a file's bytes: a brief by its own parser, everything else by its loader."""

from __future__ import annotations

import re
from pathlib import Path

from sources.briefs.parser import parse
from sources.clean import one_line
from sources.collection.metadata import Metadata
from sources.document import OURS, Document
from sources.errors import BriefError, LoadError, MetadataError, PartyError, Problem
from sources.formats.loaded import Loaded
from sources.formats.plain_text import decode
from sources.limits import TITLE_LETTERS
from sources.parties import Parties, to_json
from sources.sandbox.parent import Progress, Sandbox
from sources.text.document_language import document_language


class DocumentReader:
    """Reads files, untrusted ones in one child process; `left_out` of the last file says what was not read."""

    def __init__(self, parties: Parties) -> None:
        self._parties = parties
        self._sandbox = Sandbox()
        self.left_out: tuple[str, ...] = ()
        self.notices: tuple[str, ...] = ()
        self.dated: tuple[str, str | None] | None = None  # the date of the last document, and where it was found
        self.progress: Progress | None = None  # called with the progress within long documents

    def document(
        self, document_id: str, name: str, file: str, data: bytes, metadata: Metadata, *, shipped: bool = False
    ) -> Document:
        """The document with the operator's metadata; `file` is its name in messages. Raises SourceError."""
        self.left_out, self.notices, self.dated = (), (), None
        if shipped:
            return _with(parse(decode(data, file), document_id, file=file, parties=self._parties), metadata, file)
        if name.lower().endswith(".md") and metadata.by_hand:
            brief = self._brief(document_id, file, data)
            if brief is not None:
                return _with(brief, metadata, file)
        document = _with(self._plain(document_id, name, file, data, metadata), metadata, file)
        self.dated = (document.published, document.date_origin) if document.published else None
        return document

    def _brief(self, document_id: str, file: str, data: bytes) -> Document | None:
        """A file added by hand as a brief, None if it does not declare itself one; raises BriefError."""
        parties = to_json(self._parties)
        raw = self._sandbox.run("brief", data, file, document_id=document_id, parties=parties)
        if raw is None:
            return None
        if "problems" in raw:
            raise BriefError([Problem(**problem) for problem in raw["problems"]])
        return Document.from_dict(raw)

    def close(self) -> None:
        """End the child process."""
        self._sandbox.close()

    def _plain(self, document_id: str, name: str, file: str, data: bytes, metadata: Metadata) -> Document:
        from sources.sandbox.convert import convert

        loaded = convert(data, file, Path(name).suffix, self._sandbox, ocr=metadata.ocr, progress=self.progress)
        self.left_out, self.notices = loaded.left_out, loaded.notices
        try:
            party = self._parties.find(loaded.party).id if loaded.party and metadata.by_hand else None
        except PartyError as error:
            raise LoadError(f"{file}: {error}") from error
        return Document(
            id=document_id,
            title=_title(loaded, name),
            text=loaded.text,
            kind=loaded.kind if loaded.kind and loaded.kind not in OURS else "other",
            language=metadata.language or loaded.language or document_language(loaded.text),
            publisher=_line(loaded.publisher),
            author=_line(loaded.author),
            published=loaded.published,
            party=party,
            url=loaded.url,
            summary=loaded.summary,
            pages=loaded.pages,
            headings=loaded.headings,
            blocks=loaded.blocks,
            date_origin=loaded.date_origin if loaded.published else None,
            author_origin=loaded.author_origin if loaded.author else None,
        )


def _with(document: Document, metadata: Metadata, file: str) -> Document:
    """The document with the operator's metadata."""
    if metadata.kind and document.ours:
        raise MetadataError(f"{file} says its kind itself ({document.kind}): leave --kind away")
    known = metadata.of_document()
    origins = {f"{name}_origin": None for name, key in (("date", "published"), ("author", "author")) if key in known}
    return document.with_metadata(**known, **origins)


def _title(loaded: Loaded, name: str) -> str:
    """The title in the file, else the words of its name."""
    return _line(loaded.title) or _line(re.sub(r"[\s_-]+", " ", Path(name).stem)) or "document"


def _line(text: str | None) -> str | None:
    """One line of displayable length; a longer one ends in “…”."""
    line = one_line(text or "")
    return f"{line[: TITLE_LETTERS - 1]}…" if len(line) > TITLE_LETTERS else line or None
