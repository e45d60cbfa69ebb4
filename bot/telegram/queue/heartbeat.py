"""A replica's presence in the database: its heartbeat, notifications, and the leader lock for polling.

It has its own thread and connection, so that neither a busy event loop nor a full pool costs a lease.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from bot.errors import StoreError
from bot.telegram.queue.journal import NEWS, Journal
from index.errors import DatabaseError
from index.postgres.connection import Database, driver_error

BEAT_SECONDS = 2.0  # between heartbeats; a lease outlives four failures
PAUSE_SECONDS = 0.5  # delay before reconnecting
_LOCK = "hashtext('torkham polling'), hashtext(current_schema())"
# A machine that loses power closes no connection: keepalives make the server release its lock within half a minute.
_ATTENTIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
log = logging.getLogger("torkham.presence")


class Presence:
    """Runs from `start` on; `heard` is called from its thread when there may be work, `leads` tells whether this
    replica polls.
    """

    def __init__(self, url: str, journal: Journal, *, timeout: int, polls: bool) -> None:
        name = f"SET application_name = 'torkham replica {journal.me[:8]}'"
        self._database = Database(url, pool=1, timeout=timeout, also=f"{name}; {_ATTENTIVE}")
        self._journal = journal
        self._polls = polls
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._beaten = time.monotonic()
        self.leads = False
        self.heard: Callable[[], None] = lambda: None

    @property
    def age(self) -> float:
        """Seconds since the last successful heartbeat."""
        return time.monotonic() - self._beaten

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._live, name="presence", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Retry pending writes if possible, and disconnect: the lock is free at once."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(BEAT_SECONDS + 1)
        try:
            self._journal.renew()
        except StoreError as error:
            log.warning("%s", error)
        self._database.close()

    def _live(self) -> None:
        while not self._over.is_set():
            try:
                self._session()
            except (DatabaseError, StoreError) as error:
                log.warning("%s", error)
            finally:
                if self.leads:
                    log.warning("another replica may poll from now on")
                self.leads = False
            self._over.wait(PAUSE_SECONDS)

    def _session(self) -> None:
        with self._database.session() as session:
            session.exec_driver_sql(f"LISTEN {NEWS}")
            driver: Any = session.connection.driver_connection
            while not self._over.is_set():
                if self._polls and not self.leads:
                    self.leads = bool(session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_LOCK})").scalar())
                else:
                    session.exec_driver_sql("SELECT 1")
                self._journal.renew()
                self._beaten = time.monotonic()
                self._listen(driver)

    def _listen(self, driver: Any) -> None:
        """Deliver notifications until the next heartbeat is due."""
        due = time.monotonic() + BEAT_SECONDS
        while not self._over.is_set() and (left := due - time.monotonic()) > 0:
            try:
                for _ in driver.notifies(timeout=min(left, 0.5), stop_after=1):
                    self.heard()
            except driver_error() as error:
                raise DatabaseError("The connection to the database broke.") from error
