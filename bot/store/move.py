"""Moves the store from SQLite to a database and back: conversations, answers, feedback, limits, the journal, the key.

A table is replaced in one transaction and compared afterwards; tables already moved are skipped, so that the same call
resumes after a kill.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.errors import StoreError
from bot.store.sqlite import Store

# Columns by table. Leases are not moved: nobody at the new place holds one.
COLUMNS = {
    "people": ("person", "language", "blocked", "told", "tables"),
    "usage": ("person", "day", "questions"),
    "turns": ("chat", "thread", "person", "at", "question", "answer"),
    "answers": ("id", "chat", "person", "question_message", "message", "at", "language", "body"),
    "asked": ("answer", "kind", "person", "question", "language", "documents", "at"),
    "outcomes": ("day", "answer", "seconds", "reason", "verdict"),
    "windows": ("kind", "who", "times", "at"),
    "forgotten": ("who", "day", "questions"),
    "digests": ("person", "days", "language", "due", "since"),
    "served": ("document", "digest", "at"),
    "journal": (
        "update_id", "body", "chat", "person", "lane", "state", "attempts", "part", "answer", "note", "received",
    ),
    "facts": ("name", "value"),
}  # fmt: skip
_BATCH = 500
_MARK = "moving"  # marks an unfinished move at the new place


@dataclass(frozen=True, slots=True)
class StoreMoved:
    """Rows by table, and the number of tables written this time."""

    counts: Mapping[str, int]
    written: int


def move_store(
    source: Store, target: Store, *, replace: bool = False, progress: Callable[[str, int, int], None] | None = None
) -> StoreMoved:
    """Make `target` a copy of `source`; StoreError when it is in use, or when the two differ at the end.

    A target with data of its own is refused unless `replace`.
    """
    for store in (source, target):
        _refuse_in_work(store)
    sums = {table: _sum(source, table) for table in COLUMNS}
    mark = hashlib.sha256(json.dumps(sums).encode()).hexdigest()
    begun = _fact(target, _MARK) is not None
    if not (begun or replace or _empty(target)) and any(_sum(target, table) != sums[table] for table in COLUMNS):
        raise StoreError("The store there has conversations of its own: add --replace to overwrite them.")
    target.write(
        "INSERT INTO facts(name, value) VALUES (:name, :value) ON CONFLICT(name) DO UPDATE SET value = :value",
        name=_MARK,
        value=mark,
    )
    written = 0
    for number, table in enumerate(COLUMNS, 1):
        if _sum(target, table) != sums[table]:
            _copy(source, target, table)
            written += 1
        if _sum(target, table) != sums[table]:
            raise StoreError(f"The table {table} of the store differs after the move: stop the bot, and move again.")
        if progress:
            progress("store", number, len(COLUMNS))
    target.write("DELETE FROM facts WHERE name = :name", name=_MARK)
    target.sync()
    return StoreMoved({table: int(total.split(":")[0]) for table, total in sums.items()}, written)


def _copy(source: Store, target: Store, table: str) -> None:
    columns = COLUMNS[table]
    into = f"INSERT INTO {table}({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
    with target.transaction():
        target.write(f"DELETE FROM {table} WHERE {_kept(table)}")
        rows = iter(_rows(source, table))
        while batch := list(islice(rows, _BATCH)):
            target.write_many(into, batch)


def _rows(store: Store, table: str) -> Sequence[Mapping[str, Any]]:
    return store.rows(f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE {_kept(table)}")


def _kept(table: str) -> str:
    """All rows except the mark of the move itself."""
    return f"name <> '{_MARK}'" if table == "facts" else "TRUE"


def _sum(store: Store, table: str) -> str:
    """`count:sum` over the hashes of all rows, which does not depend on their order."""
    total, count = 0, 0
    for row in _rows(store, table):
        text = json.dumps([row[name] for name in COLUMNS[table]], ensure_ascii=True)
        total = (total + int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])) % (1 << 128)
        count += 1
    return f"{count}:{total:032x}"


def _fact(store: Store, name: str) -> str | None:
    row = store.row("SELECT value FROM facts WHERE name = :name", name=name)
    return row["value"] if row else None


def _empty(store: Store) -> bool:
    return all(store.row(f"SELECT 1 AS there FROM {table} LIMIT 1") is None for table in COLUMNS if table != "facts")


def _refuse_in_work(store: Store) -> None:
    if store.shared and store.row(
        "SELECT 1 AS there FROM journal WHERE owner IS NOT NULL AND until > EXTRACT(EPOCH FROM now()) LIMIT 1"
    ):
        raise StoreError("A bot works on this store: stop every replica first.")
