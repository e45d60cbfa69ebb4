"""Who wants to be told what is new, how often, and what that is: documents by the moment they were first served."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.store.sqlite import Store

DAY = 86_400.0
KEPT_DAYS = 60  # how long it is known when a document was first served


@dataclass(frozen=True, slots=True)
class Subscription:
    """A reader's digest: every so many `days`; `since` is the moment up to which news was told."""

    person: int
    days: int
    language: str
    since: float


class Digests:
    """Subscriptions, and what was served since when."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, person: int) -> int:
        """Every how many days a reader gets one; 0 where not."""
        row = self._store.row("SELECT days FROM digests WHERE person = :person", person=person)
        return int(row["days"]) if row else 0

    def subscribe(self, person: int, days: int, language: str) -> None:
        """From now on every so many days; 0 ends it."""
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
            due=now + days * DAY,
            now=now,
        )

    def due(self, most: int = 20) -> list[Subscription]:
        """Those whose digest is due, each handed out once: the next one is set at the same time."""
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
                    due=now + row["days"] * DAY,
                    now=now,
                    person=row["person"],
                )
        return [Subscription(**row) for row in rows]

    def not_sent(self, subscription: Subscription) -> None:
        """It did not arrive: what it told is news still."""
        self._store.write(
            "UPDATE digests SET since = :since WHERE person = :person",
            since=subscription.since,
            person=subscription.person,
        )

    def serves(self, digests: Mapping[str, str]) -> None:
        """These documents are served, by id and digest; what is new or changed is noted with the time.

        The first time nothing is news.
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
        """The documents first served after that moment, newest first."""
        rows = self._store.rows("SELECT document FROM served WHERE at > :since ORDER BY at DESC, document", since=since)
        return [row["document"] for row in rows]

    def forget(self, person: int) -> None:
        """No digest any more."""
        self._store.write("DELETE FROM digests WHERE person = :person", person=person)
