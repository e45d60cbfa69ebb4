"""Documents submitted by an admin: previewed first, added when confirmed, removed again on undo.

Staged documents are in a separate library beside the store, so that they survive a restart and no index sees them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.workspace import Workspace
from sources.collection.library import Entry, Library
from sources.collection.metadata import Metadata
from sources.document import Document
from sources.errors import NotFound
from sources.files import read_bytes
from sources.web.client import Network
from sources.web.store_page import take

MAX_STAGED_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """A staged document, and the library document it duplicates, if any."""

    key: str
    document: Document
    repeats: str | None


class Intake:
    """The staged documents, and those added from here."""

    def __init__(self, work: Workspace) -> None:
        self._work = work
        self._network = Network()
        self._folder = work.settings.home / "bot" / "intake"
        self._added = work.settings.home / "bot" / "added.json"

    def from_address(self, address: str) -> Preview:
        """Stage the document at an address; raises SourceError."""
        return self._wait(address, lambda library: take(library, self._network, address).entry)

    def from_file(self, content: bytes, name: str) -> Preview:
        """Stage a file; raises SourceError."""
        return self._wait(name + hashlib.sha256(content).hexdigest(), lambda library: library.add_bytes(content, name))

    def confirm(self, key: str) -> str | None:
        """Add a staged document and index it; returns its id, None if it is no longer staged. Raises SourceError,
        IndexingError.
        """
        library = self._staged(key)
        entries = self._entries(library)
        if not entries:
            return None
        content = read_bytes(entries[0].path)
        added = self._work.library.add_bytes(content, entries[0].path.name, library.metadata(entries[0]), anyway=True)
        self._remember([*self._recall(), added.document_id])
        self.leave(key)
        self._work.update()
        return added.document_id

    def amend(self, key: str, changes: Metadata) -> Preview | None:
        """Edit the metadata of a staged document; None if it is no longer staged. Raises SourceError."""
        library = self._staged(key)
        entries = self._entries(library)
        if not entries:
            return None
        entry = library.edit(entries[0].document_id, changes)
        document = library.load(entry)
        twin = self._work.library.ledger.twin(document, read_bytes(entry.path))
        return Preview(key, document, f"{twin.document_id} ({twin.why})" if twin else None)

    def leave(self, key: str) -> None:
        """Discard a staged document."""
        shutil.rmtree(self._folder / _safe(key), ignore_errors=True)

    def undo(self) -> str | None:
        """Remove the last added document and update the index; returns its id. Raises SourceError, IndexingError."""
        added = self._recall()
        while added:
            last = added.pop()
            self._remember(added)
            try:
                self._work.library.remove(last)
            except NotFound:  # removed by hand meanwhile: undo the one before it
                continue
            self._work.update()
            return last
        return None

    def _wait(self, what: str, read: Callable[[Library], Entry]) -> Preview:
        key = hashlib.sha256(what.encode()).hexdigest()[:16]
        self.leave(key)
        self._make_room()
        library = self._staged(key)
        try:
            entry = read(library)
            document = library.load(entry)
        except BaseException:
            self.leave(key)
            raise
        self._work.library.rows()
        twin = self._work.library.ledger.twin(document, read_bytes(entry.path))
        return Preview(key, document, f"{twin.document_id} ({twin.why})" if twin else None)

    def _staged(self, key: str) -> Library:
        home = self._folder / _safe(key)
        return Library(home, shipped=home / "none", parties=self._work.parties)

    def _entries(self, library: Library) -> list[Entry]:
        return library.scan() if library.folder.is_dir() else []

    def _make_room(self) -> None:
        waiting = sorted(self._folder.glob("*"), key=lambda path: path.stat().st_mtime) if self._folder.is_dir() else []
        for path in waiting[: max(0, len(waiting) - MAX_STAGED_DOCUMENTS + 1)]:
            shutil.rmtree(path, ignore_errors=True)

    def _recall(self) -> list[str]:
        try:
            return list(json.loads(self._added.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return []

    def _remember(self, added: list[str]) -> None:
        beside = Path(f"{self._added}.new")
        beside.write_text(json.dumps(added[-100:]), encoding="utf-8")
        beside.replace(self._added)


def _safe(key: str) -> str:
    """A key from callback data: hex digits only."""
    return key if key and all(char in "0123456789abcdef" for char in key) else "none"
