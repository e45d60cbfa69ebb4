"""The journal that several replicas share: each update is leased to one of them, and to another when that one dies.

The database holds the rules: a number is taken once (primary key), a lane has one update in work (unique index), and
whatever a replica writes about an update it writes only while the lease is its own.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.database_store import DatabaseStore, state_of
from bot.errors import LeaseLost, StoreAway, StoreError
from bot.telegram.journal import DOUBT, Entry, Journal

LEASE_SECONDS = 10.0  # without a sign of life for so long, a replica's updates are taken over
MERCY_SECONDS = (
    5  # after a start of the server in which nobody's updates are taken over: leases ended while it was away
)
NEWS = "torkham_journal"  # the channel on which a busy replica tells the others that there is work
_NOW = "CAST(EXTRACT(EPOCH FROM now()) AS DOUBLE PRECISION)"
_OPEN = "state IN ('new', 'working', 'sending')"
_CLAIM = f"""
    UPDATE journal SET owner = :me, until = {_NOW} + :lease, attempts = attempts + 1,
        state = CASE state WHEN 'new' THEN 'working' ELSE state END
    WHERE update_id IN (
        SELECT update_id FROM journal j
        WHERE {_OPEN} AND (until IS NULL OR until < {_NOW}) AND (attempts > 0) = :tried
        AND CASE WHEN owner IS NULL THEN NOT EXISTS (
            SELECT 1 FROM journal e WHERE e.lane = j.lane AND e.{_OPEN} AND e.update_id <> j.update_id
            AND (e.owner IS NOT NULL OR e.update_id < j.update_id)
        ) ELSE pg_postmaster_start_time() < now() - make_interval(secs => :mercy) END
        ORDER BY update_id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    RETURNING update_id, body, state, attempts, part, answer
"""
_MINE = " WHERE update_id = :id AND owner = :me"
log = logging.getLogger("torkham.leases")


class SharedJournal(Journal):
    """A replica's view of it; `me` is the replica. Only `renew` is called from another thread."""

    def __init__(self, store: DatabaseStore) -> None:
        super().__init__(store)
        self.me = uuid.uuid4().hex
        self._owed: list[tuple[str, dict[str, Any]]] = []
        self._lock = threading.Lock()

    def take(self, updates: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Write down what is new, in one transaction, and tell the others when this replica has its hands full."""
        fresh = super().take(sorted(updates, key=lambda update: update["update_id"]))
        if fresh and self._begun:
            self._store.rows("SELECT pg_notify(:channel, '')", channel=NEWS)
        return fresh

    def claim(self, most: int, *, tried: bool = False) -> list[Entry]:
        """Lease up to so many updates, the oldest of their lanes; `tried`: those that somebody began and did not end."""
        try:
            rows = self._store.rows(
                _CLAIM, me=self.me, lease=LEASE_SECONDS, most=most, tried=tried, mercy=MERCY_SECONDS
            )
        except StoreError as error:
            if state_of(error) == "23505":  # another replica was a moment earlier in one of these lanes
                return []
            raise
        entries = sorted((Entry(**row) for row in rows), key=lambda entry: entry.update_id)
        with self._lock:
            self._begun |= {entry.update_id: entry for entry in entries}
        return entries

    def begin(self, update_id: int) -> None:
        """It was begun when it was claimed."""

    def renew(self) -> None:
        """Make up for what could not be written, and hold on to what is in work; StoreError while that is impossible."""
        with self._lock:
            owed, held = list(self._owed), list(self._begun)
        for one in owed:
            try:
                self._store.write(one[0], **one[1])
            except StoreAway:
                raise
            except StoreError as error:
                log.error("%s", error)
            with self._lock:
                self._owed.remove(one)
        held += [values["id"] for _, values in owed]
        if held:
            self._store.write(
                f"UPDATE journal SET until = {_NOW} + :lease WHERE owner = :me AND update_id = ANY(:held)",
                lease=LEASE_SECONDS,
                me=self.me,
                held=held,
            )

    def again(self, update_ids: Sequence[int], after: float = 0.0) -> None:
        """Give these back: to whoever comes first, `after` so many seconds."""
        for identifier in update_ids:
            self._settle(
                f"UPDATE journal SET attempts = attempts - 1, owner = NULL, until = {_NOW} + :after {_MINE}",
                identifier,
                after=after,
            )

    def sending(self, update_id: int, answer: str | None, part: int) -> None:
        """The next message goes out now; LeaseLost where another replica has taken over, and nothing may go out."""
        self._mine(
            "UPDATE journal SET state = 'sending', answer = COALESCE(:answer, answer), part = :part" + _MINE,
            update_id,
            answer=answer,
            part=part,
        )
        self._note(update_id, state="sending", part=part, answer=answer)

    def sent(self, update_id: int, answer: str | None, part: int) -> None:
        """So many messages have gone out; where that cannot be written now it is written later."""
        self._note(update_id, state="sending", part=part, answer=answer)
        self._or_later("UPDATE journal SET part = :part" + _MINE, update_id, part=part)

    def answered(self, update_id: int, answer: str) -> None:
        """The answer is stored; LeaseLost, and so it is not, where another replica has taken over."""
        self._mine("UPDATE journal SET answer = :answer" + _MINE, update_id, answer=answer)
        self._note(update_id, answer=answer)

    def doubt(self, update_id: int) -> None:
        """The connection broke after a message was handed over, and it is sent again."""
        self._or_later("UPDATE journal SET note = :note" + _MINE, update_id, note=DOUBT)

    def forget(self, person: int) -> None:
        """The texts of a person that wait are dropped; what is in work is let end, or is set aside if its replica dies."""
        self._store.write(
            "UPDATE journal SET body = NULL, person = NULL, state = CASE WHEN owner IS NULL THEN 'aside' ELSE state END,"
            f" note = 'forgotten' WHERE person = :person AND {_OPEN}",
            person=person,
        )

    def left(self) -> int:
        """How many updates somebody began, did not end, and nobody holds any more."""
        row = self._store.row(
            f"SELECT COUNT(*) AS number FROM journal WHERE {_OPEN} AND attempts > 0 AND (until IS NULL OR until < {_NOW})"
            f" AND (owner IS NULL OR pg_postmaster_start_time() < now() - make_interval(secs => :mercy))",
            mercy=MERCY_SECONDS,
        )
        return int(row["number"]) if row else 0

    def waiting(self) -> int:
        """How many updates wait or are worked on, at all replicas together."""
        row = self._store.row(f"SELECT COUNT(*) AS number FROM journal WHERE {_OPEN}")
        return int(row["number"]) if row else 0

    def let_go(self, update_id: int) -> None:
        """Its work failed beyond telling: when the lease ends it is tried once more, alone."""
        with self._lock:
            self._begun.pop(update_id, None)

    def _close(self, update_id: int, state: str, note: str | None) -> None:
        whose = "owner = :me" if update_id in self._begun else "owner IS NULL"  # or not begun by anybody
        self._settle(
            "UPDATE journal SET state = :state, note = COALESCE(:note, note), body = NULL, person = NULL, owner = NULL,"
            f" until = NULL WHERE update_id = :id AND {whose}",
            update_id,
            state=state,
            note=note,
        )

    def _mine(self, statement: str, identifier: int, **values: Any) -> None:
        if not self._store.write(statement, id=identifier, me=self.me, **values):
            raise LeaseLost(f"Another replica works on update {identifier} by now.")

    def _settle(self, statement: str, identifier: int, **values: Any) -> None:
        """The last word on an update; the lease is held until it is written."""
        self._or_later(statement, identifier, **values)
        with self._lock:
            self._begun.pop(identifier, None)

    def _or_later(self, statement: str, identifier: int, **values: Any) -> None:
        given = {"id": identifier, "me": self.me, **values}
        with self._lock:
            behind = any(known["id"] == identifier for _, known in self._owed)
            if behind:
                self._owed.append((statement, given))
        if not behind:
            try:
                self._store.write(statement, **given)
            except StoreAway:
                with self._lock:
                    self._owed.append((statement, given))
