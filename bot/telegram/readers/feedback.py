"""Unanswered questions, stored without the reader's id, for the operator; and daily statistics of answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.answering.answer import Answer
from bot.store.sqlite import Store

SMALL_TALK = ("chat", "injection")  # reasons for questions the library cannot be expected to answer


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of a day; latencies in seconds."""

    day: str
    questions: int
    refused: int
    liked: int
    disliked: int
    p50: float
    p95: float


class Feedback:
    """Unanswered and disliked questions, and the outcome of every answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, identifier: str, answer: Answer, person: int) -> None:
        """Count an answer; store its question if the library could not answer it."""
        with self._store.transaction():
            self._store.write(
                "INSERT INTO outcomes(day, answer, seconds, reason) VALUES (:day, :answer, :seconds, :reason)"
                " ON CONFLICT DO NOTHING",
                day=datetime.now(UTC).date().isoformat(),
                answer=identifier,
                seconds=answer.seconds.get("total", 0.0),
                reason=answer.reason,
            )
            if answer.reason == "not_in_library":
                self._keep(identifier, "unanswered", answer, person)

    def judge(self, identifier: str, verdict: str, answer: Answer, person: int) -> None:
        """A 👍 (`up`) or 👎 (`down`); the last one counts. A disliked question is stored."""
        with self._store.transaction():
            self._store.write(
                "UPDATE outcomes SET verdict = :verdict WHERE answer = :answer", verdict=verdict, answer=identifier
            )
            if verdict == "down":
                self._keep(identifier, "disliked", answer, person)
            else:
                self._store.write("DELETE FROM asked WHERE answer = :answer AND kind = 'disliked'", answer=identifier)

    def _keep(self, identifier: str, kind: str, answer: Answer, person: int) -> None:
        self._store.write(
            "INSERT INTO asked(answer, kind, person, question, language, documents, at)"
            " VALUES (:answer, :kind, :person, :question, :language, :documents, :now) ON CONFLICT DO NOTHING",
            answer=identifier,
            kind=kind,
            person=self._store.keyed_hash(person),
            question=answer.asked_as,
            language=answer.language,
            documents=json.dumps([citation.document_id for citation in answer.citations or answer.nearest]),
            now=time.time(),
        )

    def questions(self, kind: str) -> list[str]:
        """The questions of a kind, `unanswered` or `disliked`, newest first."""
        rows = self._store.rows("SELECT question FROM asked WHERE kind = :kind ORDER BY at DESC LIMIT 500", kind=kind)
        return [row["question"] for row in rows]

    def cases(self) -> list[dict[str, Any]]:
        """All of them as evaluation cases: question, language, kind and the documents shown."""
        rows = self._store.rows("SELECT question, language, kind, documents FROM asked ORDER BY at")
        return [{**row, "documents": json.loads(row["documents"])} for row in rows]

    def days(self, most: int = 30) -> list[Day]:
        """The figures of the last days with questions, oldest first."""
        first = self._store.row(
            "SELECT MIN(day) AS day FROM (SELECT DISTINCT day FROM outcomes ORDER BY day DESC LIMIT :most) AS last",
            most=most,
        )
        rows = self._store.rows(
            "SELECT day, seconds, reason, verdict FROM outcomes WHERE day >= :day ORDER BY day, seconds",
            day=(first or {}).get("day") or "",
        )
        by_day: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            by_day.setdefault(row["day"], []).append(row)
        return [_figures(day, those) for day, those in by_day.items()]

    def forget(self, person: int) -> None:
        """Delete a person's questions."""
        self._store.write("DELETE FROM asked WHERE person = :person", person=self._store.keyed_hash(person))

    def sweep(self, days: int) -> None:
        """Delete older entries."""
        self._store.write("DELETE FROM asked WHERE at < :old", old=time.time() - days * 86_400)


def _figures(day: str, rows: Sequence[Mapping[str, Any]]) -> Day:
    seconds = [row["seconds"] for row in rows]
    verdicts = [row["verdict"] for row in rows]
    return Day(
        day,
        len(rows),
        sum(row["reason"] is not None and row["reason"] not in SMALL_TALK for row in rows),
        verdicts.count("up"),
        verdicts.count("down"),
        seconds[(len(seconds) - 1) // 2],
        seconds[int((len(seconds) - 1) * 0.95)],
    )
