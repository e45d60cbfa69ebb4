"""Digest subscriptions, and the news: documents by the time they were first served."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.store.sqlite import Store

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription, every `days` days; `since` is the time up to which news has been sent."""

    person: int
    days: int
    language: str
    since: float


class Digests:
    """Subscriptions, and which documents are served since when."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, person: int) -> int:
        """The interval of a reader's digest in days; 0 without one."""
        row = self._store.row("SELECT days FROM digests WHERE person = :person", person=person)
        return int(row["days"]) if row else 0

    def subscribe(self, person: int, days: int, language: str) -> None:
        """Set the interval in days; 0 cancels the subscription."""
        if not days:
            self.forget(person)
            return
        now = time.time()
        self._store.write(
            "INSERT INTO digests(person, days, language, due, since) VALUES (:person, :days, :language, :due, :now)"
            " ON CONFLICT(person) DO UPDATE SET days = :days, language = :language, due = :due",
            person=person,
            days=days,
            language=language,
            due=now + days * DAY_SECONDS,
            now=now,
        )

    def due(self, most: int = 20) -> list[Subscription]:
        """The due digests, each returned once: the next due time is set in the same transaction."""
        now = time.time()
        with self._store.transaction():
            rows = self._store.rows(
                "SELECT person, days, language, since FROM digests WHERE due <= :now ORDER BY due LIMIT :most"
                + (" FOR UPDATE SKIP LOCKED" if self._store.shared else ""),
                now=now,
                most=most,
            )
            for row in rows:
                self._store.write(
                    "UPDATE digests SET due = :due, since = :now WHERE person = :person",
                    due=now + row["days"] * DAY_SECONDS,
                    now=now,
                    person=row["person"],
                )
        return [Subscription(**row) for row in rows]

    def not_sent(self, subscription: Subscription) -> None:
        """A digest was not delivered: its news stays unsent."""
        self._store.write(
            "UPDATE digests SET since = :since WHERE person = :person",
            since=subscription.since,
            person=subscription.person,
        )

    def serves(self, digests: Mapping[str, str]) -> None:
        """Record the served documents by id and digest; new and changed ones get the current time.

        Nothing counts as news the first time.
        """
        now = time.time()
        with self._store.transaction():
            known = {row["document"]: row["digest"] for row in self._store.rows("SELECT document, digest FROM served")}
            first = not known
            for document in known.keys() - digests.keys():
                self._store.write("DELETE FROM served WHERE document = :document", document=document)
            self._store.write_many(
                "INSERT INTO served(document, digest, at) VALUES (:document, :digest, :at)"
                " ON CONFLICT(document) DO UPDATE SET digest = :digest, at = :at",
                [
                    {"document": document, "digest": digest, "at": 0.0 if first else now}
                    for document, digest in digests.items()
                    if known.get(document) != digest
                ],
            )

    def news(self, since: float) -> list[str]:
        """The documents first served after that time, newest first."""
        rows = self._store.rows("SELECT document FROM served WHERE at > :since ORDER BY at DESC, document", since=since)
        return [row["document"] for row in rows]

    def forget(self, person: int) -> None:
        """Cancel the subscription."""
        self._store.write("DELETE FROM digests WHERE person = :person", person=person)
