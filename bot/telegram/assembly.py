"""Puts a bot together: as one process with a store of its own, or as one of several that share a database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import Bot

from bot.service.live_index import LiveIndex
from bot.store.sqlite import Store
from bot.telegram.app import Running
from bot.telegram.metrics import Metrics
from bot.telegram.queue.heartbeat import Presence
from bot.telegram.queue.journal import Journal
from bot.telegram.queue.queue import UpdateQueue
from bot.telegram.queue.store_calls import Durable, StoreCalls
from bot.telegram.readers.answers import KeptAnswers
from bot.telegram.readers.digests import Digests
from bot.telegram.readers.feedback import Feedback
from bot.telegram.readers.rate_limits import Limits
from bot.telegram.readers.rate_windows import MemoryWindows, StoredWindows, Windows
from bot.telegram.readers.readers import People
from bot.telegram.routes import build
from bot.telegram.secrets import read_token
from bot.telegram.services import Desk, Outgoing, Readers
from bot.telegram.serving.watchdog import Watchdog
from bot.telegram.transport.http import Wire
from bot.telegram.transport.incoming import Incoming
from bot.telegram.transport.polling import OneOfSeveral, Poller
from bot.telegram.transport.webhook import Webhook
from bot.workspace import Workspace

DATABASE_THREADS = 4  # threads waiting for a database; one connection to a file needs one
MakePoller = Callable[[Bot, Incoming, Metrics, int], Poller]


def single_process(work: Workspace, live: LiveIndex, store: Store, watchdog: Watchdog | None = None) -> Running:
    """A bot whose store is its own: rate limits are counted in memory, and nobody else polls."""
    desk = _desk(work, live, store, MemoryWindows(), threads=1)
    return _running(desk, Poller, None, watchdog)


def replica(work: Workspace, live: LiveIndex, store: Store, watchdog: Watchdog | None = None) -> Running:
    """One of several bots on a database: they count rate limits together, take over from the dead, and one polls."""
    settings = work.settings
    desk = _desk(work, live, store, StoredWindows(store), threads=DATABASE_THREADS)
    presence = Presence(
        settings.database_url,
        desk.journal,
        timeout=settings.database_timeout_seconds,
        polls=not settings.telegram_webhook_url,
    )
    presence.heard = desk.queue.heard
    return _running(desk, partial(OneOfSeveral, leads=lambda: presence.leads), presence, watchdog)


def _desk(work: Workspace, live: LiveIndex, store: Store, windows: Windows, *, threads: int) -> Desk:
    """The services; `threads` wait for the store."""
    journal, stored, people = Journal(store), StoreCalls(threads), People(store)
    return Desk(
        work=work,
        live=live,
        store=store,
        stored=stored,
        journal=journal,
        queue=UpdateQueue(journal, stored, work.settings.telegram_at_once),
        readers=Readers(people, KeptAnswers(store), Feedback(store), Digests(store)),
        limits=Limits(work.settings, people, windows),
        metrics=Metrics(),
        outgoing=Outgoing(Durable(store.sync)),
    )


def _running(desk: Desk, poller: MakePoller, presence: Presence | None, watchdog: Watchdog | None) -> Running:
    """The bot around its services; updates are polled for unless there is a webhook."""
    settings, metrics = desk.work.settings, desk.metrics
    application = build(desk)
    # A separate bot for polling: a backlog of sends must never delay the polls.
    poll_bot = Bot(
        read_token(settings),
        base_url=f"{settings.telegram_base_url}/bot",
        request=Wire(connections=2),
        get_updates_request=Wire(connections=8),
    )
    incoming = Incoming(
        application.bot,
        desk.journal,
        desk.outgoing.durable,
        desk.queue.put,
        metrics,
        desk.stored,
        stops=desk.live.composes,
    )
    if not settings.telegram_webhook_url:
        source = poller(poll_bot, incoming, metrics, settings.telegram_poll_seconds)
        return Running(desk, application, poll_bot, source, presence, watchdog)
    webhook = Webhook(poll_bot, incoming, metrics, settings, shared=desk.store.shared)
    running = Running(desk, application, poll_bot, webhook, presence, watchdog)
    webhook.ready = lambda: running.health()[0]
    return running
