"""Earlier texts of documents that were replaced, by id and digest, so that what cites them can still be opened in its place."""

from __future__ import annotations

import re
from pathlib import Path

from sources.document import Document
from sources.errors import SourceError
from sources.files import delete, read_bytes, write_bytes

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Versions:
    """A folder for each document, with one text a digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, document: Document) -> None:
        """Keep the text of a document; raises SourceError where it cannot be written."""
        write_bytes(self._folder / document.id / f"{document.digest}.txt", document.text.encode(), exclusive=True)

    def text(self, document_id: str, digest: str) -> str | None:
        """The text that a document had with that digest, None where none is kept or it was damaged."""
        path = self._folder / document_id / f"{digest}.txt"
        if not _DIGEST.fullmatch(digest) or path.parent.parent != self._folder:
            return None
        try:
            text = read_bytes(path, inside=self._folder).decode()
        except (SourceError, UnicodeDecodeError):
            return None
        return text if Document("", "", text).digest == digest else None

    def forget(self, document_id: str) -> None:
        """Delete every earlier text of a document."""
        for path in (self._folder / document_id).glob("*.txt"):
            delete(path)
