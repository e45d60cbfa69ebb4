"""Sentences deleted by the gate, for the operator: JSON lines in the home, without any person's id."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FILE = "deleted.jsonl"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A sentence by the model, and why it was not shown."""

    sentence: str
    reason: str


class DeletedSentences:
    """An append-only file in a folder; entries older than `days` are removed with the next answer, or by the bot's
    clean-up.

    A line has day, model, sentence and reason: neither question nor reader.
    """

    def __init__(self, folder: Path, days: int) -> None:
        self._path = folder / FILE
        self._days = days

    def add(self, sentences: Iterable[Deleted], model: str) -> None:
        """Append sentences; OSError when the home is not writable."""
        self.sweep()
        rows = [asdict(each) for each in sentences]
        if not rows or not self._days:
            return
        day = datetime.now(UTC).date().isoformat()
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = [json.dumps({"day": day, "model": model, **row}, ensure_ascii=False) + "\n" for row in rows]
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write("".join(lines))

    def sweep(self) -> None:
        """Remove expired lines, once a day."""
        first = next(self._rows(), None)
        oldest = (datetime.now(UTC).date() - timedelta(days=self._days)).isoformat()
        if first is None or str(first["day"]) >= oldest:
            return
        kept = [row for row in self._rows() if str(row["day"]) >= oldest]
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
        fresh.replace(self._path)

    def counts(self) -> dict[str, int]:
        """The number of deleted sentences by kind of reason, most frequent first."""
        found: dict[str, int] = {}
        for row in self._rows():
            kind = " ".join(str(row["reason"]).split()[:2]).rstrip("“")
            found[kind] = found.get(kind, 0) + 1
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def _rows(self) -> Iterator[dict[str, Any]]:
        """The readable lines; one truncated by a power failure is skipped."""
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        row = json.loads(line)
                    except ValueError:
                        continue
                    if isinstance(row, dict) and "day" in row and "reason" in row:
                        yield row
        except FileNotFoundError:
            return
