"""The running bot: its parts, and its life cycle from the first update to an orderly shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from typing import Any

from telegram import Bot, Message, Update
from telegram.error import InvalidToken, TelegramError

from bot.errors import SetupError
from bot.service.live_index import LiveIndex
from bot.settings import Settings
from bot.store.sqlite import Store
from bot.telegram import menu, retention
from bot.telegram.handlers import digest
from bot.telegram.metrics import Metrics, serve
from bot.telegram.queue.backends import LEASE_SECONDS
from bot.telegram.queue.group_commit import Durable
from bot.telegram.queue.heartbeat import Presence
from bot.telegram.queue.journal import TRIES, Entry, Journal
from bot.telegram.queue.queue import UpdateQueue
from bot.telegram.readers.answers import KeptAnswers
from bot.telegram.readers.digests import Digests
from bot.telegram.readers.feedback import Feedback
from bot.telegram.readers.rate_limits import Limits
from bot.telegram.readers.rate_windows import MemoryWindows, StoredWindows
from bot.telegram.readers.readers import People
from bot.telegram.reply import send
from bot.telegram.routes import App, build
from bot.telegram.secrets import read_token
from bot.telegram.services import Desk, store_threads
from bot.telegram.serving.pictures import Pictures
from bot.telegram.serving.proof import Proof
from bot.telegram.serving.supervisor import Supervisor
from bot.telegram.serving.watchdog import Watchdog
from bot.telegram.transport.http import Wire
from bot.telegram.transport.incoming import Incoming
from bot.telegram.transport.polling import OneOfSeveral, Poller
from bot.telegram.transport.webhook import Webhook
from bot.telegram.views.html import block, split
from bot.workspace import Workspace

GRACE_SECONDS = 8.0  # grace period for running tasks; a clean shutdown is done within ten seconds
RETRY_SECONDS = 5.0  # delay before an undelivered answer is retried
RENEW_SECONDS = 2.0  # interval between retries of failed writes
STUCK = 75  # exit status of a process whose polling is stuck (EX_TEMPFAIL)
log = logging.getLogger("torkham.app")


class Running:
    """A running bot; `lingers` is set at the end if a thread is still computing, which must not delay the exit."""

    def __init__(self, work: Workspace, live: LiveIndex, store: Store, watchdog: Watchdog | None = None) -> None:
        settings = self._settings = work.settings
        self._watchdog = watchdog
        self.lingers = False
        self.metrics = Metrics()
        self.tasks = Supervisor(self.metrics)
        self.proof = Proof(live, settings.telegram_answer_seconds)
        people, journal = People(store), Journal(store)
        self.presence: Presence | None = None
        if store.shared:
            polls = not settings.telegram_webhook_url
            timeout = settings.database_timeout_seconds
            self.presence = Presence(settings.database_url, journal, timeout=timeout, polls=polls)
        self.desk = Desk(
            work=work,
            store=store,
            live=live,
            journal=journal,
            people=people,
            kept=KeptAnswers(store),
            feedback=Feedback(store),
            digests=Digests(store),
            limits=Limits(settings, people, StoredWindows(store) if store.shared else MemoryWindows()),
            metrics=self.metrics,
            durable=Durable(store.sync),
            pictures=Pictures(),
            threads=store_threads(store),
        )
        self.application = build(work, self.desk)
        bot = self.application.bot
        self.queue = UpdateQueue(
            journal,
            bot,
            self._handle,
            lambda entry, update: _set_aside(self.desk, self.application, entry, update),
            settings.telegram_at_once,
            self.desk.stored,
        )
        if self.presence is not None:
            self.presence.heard = self.queue.heard
        self.desk.waiting = lambda: self.queue.waiting
        # A separate bot for polling: a backlog of sends must never delay the polls.
        self._poll_bot = Bot(
            read_token(settings),
            base_url=f"{settings.telegram_base_url}/bot",
            request=Wire(connections=2),
            get_updates_request=Wire(connections=8),
        )
        incoming = Incoming(
            bot, journal, self.desk.durable, self.queue.put, self.metrics, self.desk.stored, stops=live.composes
        )
        self.source = self._source(incoming, settings)
        live.switched = self._switched

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
        """Run until `stop`, or until updates can no longer be received."""
        port = self._settings.health_port
        server = await serve(port, self.health, self._metrics_text) if port else None
        await self._start()
        for name, work in {
            "queue": self.queue.run,
            "source": self.source.run,
            "renewal": self._renew,
            "housekeeping": self._keep_house,
            "index": self._look,
            "menu": self._menu,
            "digests": self._digests,
            "proof": self.proof.run,
            "beat": self._beat,
        }.items():
            self.tasks.start(name, work)
        stopping = asyncio.create_task(stop.wait())
        ending: set[asyncio.Future[Any]] = {stopping, self.tasks.fatal}
        await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await self._end()
        if server is not None:
            await server.cleanup()
        if self.tasks.fatal.done():
            self.tasks.fatal.result()
        self.tasks.fatal.cancel()

    async def _start(self) -> None:
        await self.desk.stored(self.desk.journal.open)
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
                self._sign_of_life()
                await asyncio.sleep(pause)
        self.metrics.polled()
        log.info("bot %s is at work, generation %s", self.application.bot.id, self.desk.live.generation)

    async def _end(self) -> None:
        """Stop accepting updates, give running tasks a grace period, and close only what is idle."""
        await self.tasks.stop("source", "queue", "beat")
        await self.source.end()
        closing = asyncio.create_task(self.queue.close(GRACE_SECONDS))
        while not closing.done():
            self._sign_of_life()
            await asyncio.wait({closing}, timeout=1.0)
        await self.tasks.stop()
        self.desk.pictures.close()
        self.lingers = not await self.desk.live.end()
        if self.presence is not None:
            await asyncio.to_thread(self.presence.close)
        elif self.desk.journal.owed:
            with contextlib.suppress(Exception):  # it was logged when it failed
                await self.desk.stored(self.desk.journal.renew)
        for closing_one in (self.application.shutdown, self._poll_bot.shutdown):
            with contextlib.suppress(TelegramError):
                await closing_one()
        await asyncio.to_thread(self.desk.threads.shutdown)

    async def _handle(self, update: Update) -> None:
        """Process one update; the journal records it before and after."""
        desk, identifier = self.desk, update.update_id
        try:
            await self.application.process_update(update)
        except asyncio.CancelledError:
            await asyncio.shield(desk.stored(lambda: desk.journal.again([identifier])))
            raise
        if identifier in desk.failed:
            desk.failed.discard(identifier)
            await desk.stored(lambda: desk.journal.again([identifier], RETRY_SECONDS))
            self.queue.wake_in(RETRY_SECONDS)
        else:
            desk.unsent.pop(identifier, None)
            await desk.stored(lambda: desk.journal.done(identifier))

    async def _renew(self) -> None:
        """A single process holds its updates without leases; only failed writes have to be retried."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self.presence is None and self.desk.journal.owed:
                await self.desk.stored(self.desk.journal.renew)

    async def _menu(self) -> None:
        changed = await menu.set_up(self.application.bot, self._settings.telegram_admins)
        log.info("the menu is set up, %s changes", changed)
        await asyncio.Event().wait()

    async def _keep_house(self) -> None:
        while True:
            await self.desk.stored(lambda: retention.sweep(self.desk))
            await asyncio.sleep(retention.SWEEP_SECONDS)

    async def _look(self) -> None:
        await self._note_served()
        while True:
            self.desk.live.look()
            await asyncio.sleep(1.0)

    async def _digests(self) -> None:
        while True:
            await digest.send_due(self.desk, self.application.bot)
            await asyncio.sleep(digest.LOOK_SECONDS)

    async def _note_served(self) -> None:
        digests = self.desk.live.digests
        await self.desk.stored(lambda: self.desk.digests.serves(digests))

    def _switched(self) -> None:
        """Called when another generation serves."""
        self.desk.pictures.forget()
        self._noting = asyncio.ensure_future(self._note_served())
        self._noting.add_done_callback(_said)

    async def _beat(self) -> None:
        """Send heartbeats while updates arrive and answers are produced; otherwise end the process for a restart."""
        while True:
            age = self.metrics.poll_age()
            if age > self._settings.telegram_watchdog_seconds:
                log.critical("no good poll for %.0f seconds: ending, to be started again", age)
                os._exit(STUCK)
            if not self.proof.hangs:
                self._sign_of_life()
            await asyncio.sleep(1.0)

    def _sign_of_life(self) -> None:
        if self._watchdog is not None:
            with contextlib.suppress(OSError):  # /healthz reports a missing watchdog
                self._watchdog.beat()

    def health(self) -> tuple[bool, dict[str, object]]:
        """Whether everything is healthy, with the figures behind it."""
        age, live, down = self.metrics.poll_age(), self.desk.live, self.tasks.down
        about: dict[str, object] = {
            "last_poll_seconds": round(age, 1),
            "last_answer_seconds": round(self.proof.age, 1),
            "waiting": self.queue.waiting,
            "oldest_seconds": round(self.queue.backlog.oldest, 1),
            "working": self.queue.working,
            "open": self.queue.open,
            "pictures_waiting": self.desk.pictures.waiting,
            "owed_to_the_store": self.desk.journal.owed,
            "store_answers": not self.desk.store_fails,
            "store_failures": self.desk.store_failures + self.desk.journal.failures,
            "generation": live.generation,
            "down": down,
        }
        well = age < self._settings.telegram_watchdog_seconds and self.proof.good and not down
        well &= not self.desk.journal.owed and not self.desk.store_fails
        if (processes := live.processes) is not None:
            about["answer_processes"] = f"{processes[0]} of {processes[1]}"
        if self._watchdog is not None:
            about["watchdog"] = self._watchdog.living
            well &= self._watchdog.living
        if self.presence is not None:
            about |= {"database_seconds": round(self.presence.age, 1), "polls": self.presence.leads}
            well &= self.presence.age < LEASE_SECONDS
        return well, about

    def _metrics_text(self) -> bytes:
        metrics, processes = self.metrics, self.desk.live.processes
        metrics.store_failures.set(self.desk.store_failures + self.desk.journal.failures)
        metrics.waiting.set(self.queue.waiting)
        metrics.oldest.set(self.queue.backlog.oldest)
        metrics.pictures.set(self.desk.pictures.waiting)
        metrics.workers.set(processes[0] if processes else 0)
        metrics.generation.set(int(self.desk.live.generation))
        return metrics.text()


def _said(done: asyncio.Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("what is served could not be noted for the digests (%s)", type(error).__name__)


async def _set_aside(desk: Desk, application: App, entry: Entry, update: Update) -> None:
    """Tell the reader, and set it aside."""
    log.error("update %s ended the process %s times and is set aside", entry.update_id, TRIES)
    desk.metrics.given_up.labels("ended the process").inc()
    if isinstance(update.effective_message, Message) and update.callback_query is None:
        context = application.context_types.context.from_update(update, application)
        try:
            await send(update, context, split([block(context.say()("set_aside"))])[0])
        except TelegramError as error:
            log.warning("the reader could not be told (%s)", type(error).__name__)
    await desk.stored(lambda: desk.journal.aside(entry.update_id, f"ended the process {TRIES} times"))
