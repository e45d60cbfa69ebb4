"""The application: its handlers, and its life from its first update to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import AsyncIterator

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from bot.database_store import DatabaseStore
from bot.errors import SetupError, StoreAway
from bot.settings import Settings
from bot.store import Store
from bot.telegram import health, menu, retention
from bot.telegram.application import build
from bot.telegram.desk import Desk
from bot.telegram.durable import Durable
from bot.telegram.feedback import Feedback
from bot.telegram.incoming import Incoming
from bot.telegram.journal import Journal
from bot.telegram.kept import KeptAnswers
from bot.telegram.leases import LEASE_SECONDS, SharedJournal
from bot.telegram.limits import Limits
from bot.telegram.live import LiveIndex
from bot.telegram.metrics import Metrics
from bot.telegram.people import People
from bot.telegram.polling import OneOfSeveral, Poller
from bot.telegram.presence import Presence
from bot.telegram.replay import replay, set_aside
from bot.telegram.scheduler import Scheduler
from bot.telegram.sharing import Sharing
from bot.telegram.token import read_token
from bot.telegram.webhook import Webhook
from bot.telegram.windows import MemoryWindows, StoredWindows
from bot.telegram.wire import Wire
from bot.workspace import Workspace

GRACE_SECONDS = 8.0  # for what has begun; an orderly stop is over within ten
RETRY_SECONDS = 5.0  # until an answer is tried again that could not be handed over
STUCK = 75  # exit status of a process whose polling is stuck (EX_TEMPFAIL)
log = logging.getLogger("torkham.app")


class Running:
    """A bot at work."""

    def __init__(self, work: Workspace, live: LiveIndex, store: Store) -> None:
        settings = work.settings
        self.metrics = Metrics()
        people = People(store)
        self.presence: Presence | None = None
        journal = Journal(store)
        if isinstance(store, DatabaseStore):
            journal = SharedJournal(store)
            self.presence = Presence(
                settings.database_url,
                journal,
                timeout=settings.database_timeout_seconds,
                polls=not settings.telegram_webhook_url,
            )
        self.desk = Desk(
            work=work,
            store=store,
            live=live,
            journal=journal,
            people=people,
            kept=KeptAnswers(store),
            feedback=Feedback(store),
            limits=Limits(settings, people, StoredWindows(store) if store.shared else MemoryWindows()),
            metrics=self.metrics,
            durable=Durable(store.sync),
        )
        self.application = build(work, self.desk)
        self.scheduler: Scheduler | Sharing = Scheduler(self._handle, settings.telegram_at_once)
        if self.presence is not None and isinstance(journal, SharedJournal):
            self.scheduler = Sharing(
                journal,
                self.application.bot,
                self._handle,
                lambda entry, update: set_aside(self.desk, self.application, entry, update),
                settings.telegram_at_once,
            )
            self.presence.heard = self.scheduler.heard
        self.desk.waiting = lambda: self.scheduler.waiting
        # A bot of its own for polling: what holds answers back must never hold back the polls.
        self._poll_bot = Bot(
            read_token(settings),
            base_url=f"{settings.telegram_base_url}/bot",
            request=Wire(connections=2),
            get_updates_request=Wire(connections=8),
        )
        incoming = Incoming(
            self.application.bot, self.desk.journal, self.desk.durable, self.scheduler.put, self.metrics
        )
        self.source = self._source(incoming, settings)
        self._settings = settings

    def _source(self, incoming: Incoming, settings: Settings) -> Poller | Webhook:
        """Where updates come from."""
        bot, metrics, presence = self._poll_bot, self.metrics, self.presence
        if settings.telegram_webhook_url:
            webhook = Webhook(bot, incoming, metrics, settings, shared=presence is not None)
            webhook.ready = lambda: self.health()[0]
            return webhook
        if presence is not None:
            return OneOfSeveral(bot, incoming, metrics, settings.telegram_poll_seconds, lambda: presence.leads)
        return Poller(bot, incoming, metrics, settings.telegram_poll_seconds)

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until `stop`, or until no updates come in any more for good."""
        await self._start()
        async with self._beside():
            taking = asyncio.create_task(self._replay_and_take())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (taking, stopping):
                task.cancel()
            (failure, _) = await asyncio.gather(taking, stopping, return_exceptions=True)
            await self.source.end()
            await self.scheduler.close(GRACE_SECONDS)
        if self.presence is not None:
            await asyncio.to_thread(self.presence.close)
        await self._end()
        if isinstance(failure, Exception):
            raise failure

    async def _replay_and_take(self) -> None:
        if isinstance(self.scheduler, Sharing):
            self.scheduler.start()
        else:
            await replay(self.desk, self.application, self._handle, self.scheduler)
        await self.source.run()

    async def _start(self) -> None:
        for pause in (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 0.0):
            try:
                await self.application.initialize()
                await self._poll_bot.initialize()
                await self.source.begin()
                if self.presence is not None:
                    self.presence.start()
                break
            except InvalidToken:
                raise SetupError("Telegram does not know this token: take it from BotFather again.") from None
            except TelegramError as error:
                if not pause:
                    raise SetupError(
                        f"{self._settings.telegram_base_url} cannot be reached: check the network, then start again."
                    ) from None
                log.warning("Telegram cannot be reached yet (%s)", type(error).__name__)
                await asyncio.sleep(pause)
        self.metrics.polled()
        log.info("bot %s is at work, generation %s", self.application.bot.id, self.desk.live.generation)

    @contextlib.asynccontextmanager
    async def _beside(self) -> AsyncIterator[None]:
        """What runs beside the polling: the menu, housekeeping, health, the watchdog."""
        tasks = [asyncio.create_task(self._menu()), asyncio.create_task(self._keep_house())]
        server = None
        if self._settings.health_port:
            server = await health.serve(self._settings.health_port, self.health, self._metrics_text)
        over = threading.Event()
        threading.Thread(target=self._watch, args=(over,), daemon=True).start()
        try:
            yield
        finally:
            over.set()
            if server is not None:
                server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self) -> None:
        for closing in (self.application.shutdown, self._poll_bot.shutdown):
            with contextlib.suppress(TelegramError):
                await closing()
        self.desk.live.close()

    async def _handle(self, update: Update) -> None:
        """Work on one update; the journal knows of it before and after."""
        journal, identifier = self.desk.journal, update.update_id
        try:
            journal.begin(identifier)
            await self.application.process_update(update)
        except asyncio.CancelledError:
            journal.again([identifier])
            raise
        if identifier in self.desk.unsent:
            self.desk.unsent.discard(identifier)
            journal.again([identifier], RETRY_SECONDS)
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self.scheduler.put, update)
        else:
            journal.done(identifier)

    async def _menu(self) -> None:
        try:
            changed = await menu.set_up(self.application.bot)
            log.info("the menu is set up, %s changes", changed)
        except TelegramError as error:
            log.warning("the menu could not be set up (%s)", type(error).__name__)

    async def _keep_house(self) -> None:
        swept = 0.0
        while True:
            if time.monotonic() - swept > retention.SWEEP_SECONDS or not swept:
                try:
                    retention.sweep(self.desk)
                except StoreAway as error:
                    log.warning("%s", error)
                swept = time.monotonic()
            self.desk.live.look()
            await asyncio.sleep(1.0)

    def health(self) -> tuple[bool, dict[str, object]]:
        """Whether all is well, and the figures that say so."""
        age = self.metrics.poll_age()
        about = {
            "last_poll_seconds": round(age, 1),
            "waiting": self.scheduler.waiting,
            "generation": self.desk.live.generation,
        }
        well = age < self._settings.telegram_watchdog_seconds
        if self.presence is not None:
            about |= {"database_seconds": round(self.presence.age, 1), "polls": self.presence.leads}
            well &= self.presence.age < LEASE_SECONDS
        return well, about

    def _metrics_text(self) -> bytes:
        self.metrics.waiting.set(self.scheduler.waiting)
        self.metrics.generation.set(int(self.desk.live.generation))
        return self.metrics.text()

    def _watch(self, over: threading.Event) -> None:
        """In a thread of its own, so that a stuck event loop is noticed as well."""
        while not over.wait(1.0):
            if self.metrics.poll_age() > self._settings.telegram_watchdog_seconds:
                log.critical("no good poll for %.0f seconds: ending, to be started again", self.metrics.poll_age())
                os._exit(STUCK)
