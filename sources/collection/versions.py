"""Earlier texts of replaced documents, by id and digest, so that old citations can still be opened in context."""

from __future__ import annotations

import re
from pathlib import Path

from sources.document import Document
from sources.errors import SourceError
from sources.files import delete, read_bytes, write_bytes

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Versions:
    """One folder per document, one text per digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, document: Document) -> None:
        """Keep the text of a document; raises SourceError where it cannot be written."""
        write_bytes(self._folder / document.id / f"{document.digest}.txt", document.text.encode(), exclusive=True)

    def text(self, document_id: str, digest: str) -> str | None:
        """The text a document had under that digest, None if it was not kept or is damaged."""
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
