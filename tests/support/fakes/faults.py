"""A layer of faults over SQLite and the file system: one call of the program fails, as on a full disk or a locked database.

A place is a line of the program (file, line, what it calls). A flow is run once to learn its places, then once for each
place and fault, in a fresh copy of the home.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = tuple(str(ROOT / package) + os.sep for package in ("bot", "index", "sources"))


@dataclass(frozen=True, order=True)
class Place:
    file: str
    line: int
    call: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.call}"


@dataclass(frozen=True)
class Fault:
    """What fails: an error of SQLite and one of the file system."""

    name: str
    database: str
    system: int

    def of(self, call: str) -> Exception:
        if call.startswith("sqlite"):
            return sqlite3.OperationalError(self.database)
        if call.startswith("engine"):
            return RuntimeError(f"Error: could not write ({os.strerror(self.system)})")
        return OSError(self.system, os.strerror(self.system))


FAULTS = (
    Fault("full disk", "database or disk is full", errno.ENOSPC),
    Fault("locked or read-only", "database is locked", errno.EROFS),
    Fault("broken disk", "disk I/O error", errno.EIO),
)


@dataclass
class Layer:
    """Notes every place that is reached, and fails at one of them, the first time it is reached."""

    place: Place | None = None
    fault: Fault | None = None
    places: dict[Place, None] = field(default_factory=dict)
    hits: int = 0

    def reach(self, call: str) -> None:
        place = _place(call)
        if place is None:
            return
        self.places[place] = None
        if place == self.place and self.fault is not None and not self.hits:
            self.hits += 1
            raise self.fault.of(call)


def _place(call: str) -> Place | None:
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(PROGRAM):
            return Place(str(Path(name).relative_to(ROOT)), frame.f_lineno, call)
        frame = frame.f_back  # type: ignore[assignment]
    return None


@contextmanager
def faults(layer: Layer) -> Iterator[Layer]:  # noqa: C901
    """While this holds, SQLite and the file system go through a layer."""

    class Watched:
        def execute(self, *a: Any) -> Any:
            layer.reach("sqlite execute")
            return super().execute(*a)

        def executemany(self, *a: Any) -> Any:
            layer.reach("sqlite executemany")
            return super().executemany(*a)

    class Cursor(Watched, sqlite3.Cursor):
        pass

    class Connection(Watched, sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def executescript(self, *a: Any) -> Any:
            layer.reach("sqlite executescript")
            return super().executescript(*a)

        def commit(self) -> None:
            layer.reach("sqlite commit")
            super().commit()

        def __exit__(self, kind: Any, *rest: Any) -> Any:
            if kind is None:
                try:
                    layer.reach("sqlite commit")
                except sqlite3.Error:
                    super().rollback()
                    raise
            return super().__exit__(kind, *rest)

    def connect(*a: Any, **named: Any) -> Any:
        layer.reach("sqlite connect")
        return real_connect(*a, **{"factory": Connection, **named})

    def through(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def called(*a: Any, **named: Any) -> Any:
            layer.reach(name)
            return real(*a, **named)

        return called

    def opened(real: Callable[..., Any]) -> Callable[..., Any]:
        def called(file: Any, mode: str = "r", *a: Any, **named: Any) -> Any:
            layer.reach("file open to write" if set(mode) & set("wax+") else "file open to read")
            return real(file, mode, *a, **named)

        return called

    real_connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        for module in (sqlite3, sqlite3.dbapi2):
            patch.setattr(module, "connect", connect)
        patch.setattr(builtins, "open", opened(builtins.open))
        patch.setattr(io, "open", opened(io.open))
        for name in ("replace", "rename", "link", "mkdir", "unlink", "open", "chmod"):
            patch.setattr(os, name, through(f"file {name}", getattr(os, name)))
        patch.setattr(
            os, "fsync", through("file fsync", lambda handle: None)
        )  # no power fails here, and disks are slow
        for name in ("write_index", "read_index"):
            faiss = pytest.importorskip("faiss")
            patch.setattr(faiss, name, through(f"engine {name}", getattr(faiss, name)))
        yield layer
