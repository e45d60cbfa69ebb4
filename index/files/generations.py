"""Generations on disk: written aside, switched by one rename, verified, rolled back, garbage-collected."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from index.errors import CorruptIndexError, IndexBusyError, IndexingError, NoIndexError, StorageError
from index.files import integrity
from index.files.records import RECORDS_FILE, Records
from index.files.snapshot import FileSnapshot
from index.manifest import Manifest
from index.storage import BUSY, KEPT_GENERATIONS, NO_INDEX, NOTHING_EARLIER
from sources.document import Document
from sources.files import sha256

if TYPE_CHECKING:
    from index.encoder import Encoder
    from index.files.vector_cache import VectorCache
    from index.files.writer import FileWriter

_PINNED = " pinned"
_UNFINISHED = ".unfinished"
UPDATE_COMMAND = "torkham index update --full"


class Generations:
    """The folder `<home>/index`: `CURRENT` names the serving folder below `generations/`."""

    def __init__(self, home: Path) -> None:
        self.root = home / "index"
        self._folder = self.root / "generations"
        self._current = self.root / "CURRENT"

    # reading

    def current(self) -> str | None:
        """The id of the serving generation, or None when there is none."""
        try:
            name = self._current.read_text(encoding="ascii").strip().removesuffix(_PINNED)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise CorruptIndexError(f"{self._current} cannot be read: run `{UPDATE_COMMAND}`.") from error
        if not name.isdigit() or not (self._folder / name).is_dir():
            raise CorruptIndexError(f"{self._current} names no generation ({name[:40]!r}): run `{UPDATE_COMMAND}`.")
        return name

    def pinned(self) -> bool:
        """Whether an operator rolled back to this generation; only an explicit update leaves it then."""
        try:
            return self._current.read_text(encoding="ascii").strip().endswith(_PINNED)
        except (OSError, UnicodeDecodeError):
            return False

    def path(self, name: str | None = None) -> Path:
        """The folder of a generation, the serving one by default."""
        name = name or self.current()
        if name is None:
            raise NoIndexError(NO_INDEX)
        return self._folder / name

    def manifest(self, name: str | None = None) -> Manifest:
        """The manifest of a generation, the serving one by default."""
        path = self.path(name) / integrity.MANIFEST
        try:
            return Manifest.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CorruptIndexError(f"{path} cannot be read: run `{UPDATE_COMMAND}`.") from error

    def names(self) -> list[str]:
        """The finished generations, oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted((p.name for p in self._folder.iterdir() if p.name.isdigit()), key=int)

    def verify(self, name: str | None = None) -> list[str]:
        """Recompute every checksum; a sentence for each file that is missing or differs."""
        return integrity.problems(self.path(name), self.manifest(name))

    def stamps(self, name: str | None = None) -> dict[str, tuple[str, str]]:
        """Document id -> (stamp, revision) of a generation, the serving one by default."""
        records = Records(self.path(name) / RECORDS_FILE)
        stamps = records.stamps()
        records.close()
        return stamps

    def document(self, identifier: str) -> Document | None:
        """A document of the serving generation with its stored text."""
        records = Records(self.path() / RECORDS_FILE)
        document = records.document(identifier)
        records.close()
        return document

    def open(self, name: str | None = None) -> FileSnapshot:
        """Open a generation for reading, by default the serving one; CorruptIndexError if it differs from its
        manifest.
        """
        name = name or self.current()
        folder, manifest = self.path(name), self.manifest(name)
        if problems := integrity.changed(folder, manifest):
            raise CorruptIndexError(f"{problems[0].removesuffix('.')}: run `{UPDATE_COMMAND}`.")
        return FileSnapshot(folder, manifest)

    # writing

    def base(self) -> Manifest | None:
        """The serving generation; None if there is none or it cannot be read."""
        try:
            return None if self.current() is None else self.manifest()
        except CorruptIndexError:
            return None

    def damage(self, base: Manifest) -> list[str]:
        """What is wrong with the generation to build the next one from, since most of it is copied, not linked."""
        return self.verify(base.generation)

    def cache(self) -> VectorCache:
        """The vector cache."""
        from index.files.vector_cache import VectorCache

        return VectorCache(self.root / "cache" / "vectors.sqlite")

    def scratch(self) -> IO[bytes]:
        """An empty file for data an update need not hold in memory; it disappears when closed and on any kill."""
        return tempfile.TemporaryFile(dir=self.root)

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[None]:
        """Hold the writer lock; IndexBusyError if another process still has it after `wait` seconds."""
        import filelock

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.root / "lock", timeout=wait)
            lock.acquire()
        except filelock.Timeout as error:
            raise IndexBusyError(BUSY) from error
        except OSError as error:
            raise StorageError.of(self.root, error) from error
        try:
            self._sweep()
            yield
        except OSError as error:
            raise StorageError.of(self.root, error) from error
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"{self.root} cannot be written ({error}): free some space, or make it writable, and try again;"
                " the last index still serves."
            ) from error
        finally:
            lock.release()

    @contextmanager
    def begin(self, base: Manifest | None, encoder: Encoder) -> Iterator[FileWriter]:
        """The next generation in a folder of its own; an unpublished one is removed afterwards."""
        from index.files.writer import FileWriter

        folder = self._folder / f"{self._next()}{_UNFINISHED}"
        folder.mkdir()
        try:
            writer = FileWriter(folder, self.path(base.generation) if base else None, encoder, self._publish)
            with closing(writer):
                yield writer
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _publish(self, folder: Path, *, base: Path | None, **about: Any) -> Manifest:
        """Checksum and sync a finished folder, switch to it by one rename, and collect old generations.

        A file hard-linked from the base keeps its checksum.
        """
        known = dict(self.manifest(base.name).files) if base else {}
        files = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                relative = str(path.relative_to(folder))
                linked = base is not None and relative in known and _same(path, base / relative)
                files[relative] = known[relative] if linked else sha256(path)
        name = folder.name.removesuffix(_UNFINISHED)
        sizes = {relative: (folder / relative).stat().st_size for relative in files}
        manifest = Manifest(generation=name, files=files, sizes=sizes, **about)
        (folder / integrity.MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        integrity.note(folder, files)
        for path in folder.rglob("*"):
            _sync(path)
        _sync(folder)
        os.rename(folder, self._folder / name)
        _sync(self._folder)
        self._switch(name)
        self._collect(name)
        return manifest

    def rollback(self, fingerprint: str | None = None) -> str:
        """Serve the last sound generation before the current one until the next explicit update; returns its id.

        With a `fingerprint`, only one built by that encoder: no other could be searched.
        """
        current = self.current()
        for name in reversed(self.names()):
            if current is not None and int(name) < int(current) and self._serves(name, fingerprint):
                self._switch(name + _PINNED)
                return name
        raise IndexingError(NOTHING_EARLIER)

    def _serves(self, name: str, fingerprint: str | None) -> bool:
        try:
            manifest = self.manifest(name)
            return fingerprint in {None, manifest.fingerprint} and not self.verify(name)
        except CorruptIndexError:
            return False

    def release(self) -> None:
        """Let updates follow the library again after a rollback."""
        if self.pinned():
            self._switch(str(self.current()))

    def _switch(self, line: str) -> None:
        beside = self._current.with_suffix(".new")
        beside.write_text(line + "\n", encoding="ascii")
        _sync(beside)
        os.replace(beside, self._current)
        _sync(self.root)

    def _next(self) -> str:
        return f"{max([int(name) for name in self.names()], default=0) + 1:06d}"

    def _collect(self, serving: str) -> None:
        names = [name for name in self.names() if int(name) <= int(serving)]
        for name in names[:-KEPT_GENERATIONS]:
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def _sweep(self) -> None:
        for path in self._folder.iterdir():
            if path.name.endswith(_UNFINISHED):
                shutil.rmtree(path, ignore_errors=True)


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
