"""The running bot: its life cycle from the first update to an orderly shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from typing import Any

from telegram import Bot, Message, Update
from telegram.error import InvalidToken, TelegramError

from bot.errors import SetupError
from bot.telegram import menu, retention
from bot.telegram.handlers import digest
from bot.telegram.metrics import serve
from bot.telegram.queue.backends import LEASE_SECONDS
from bot.telegram.queue.heartbeat import Presence
from bot.telegram.queue.journal import MAX_ATTEMPTS, Entry
from bot.telegram.reply import send
from bot.telegram.routes import App
from bot.telegram.services import Desk
from bot.telegram.serving.proof import Proof
from bot.telegram.serving.supervisor import Supervisor
from bot.telegram.serving.watchdog import Watchdog
from bot.telegram.transport.polling import Poller
from bot.telegram.transport.webhook import Webhook
from bot.telegram.views.html import block, split

GRACE_SECONDS = 8.0  # grace period for running tasks; a clean shutdown is done within ten seconds
RETRY_SECONDS = 5.0  # delay before an undelivered answer is retried
RENEW_SECONDS = 2.0  # interval between retries of failed writes
STUCK_EXIT_STATUS = 75  # of a process whose polling is stuck (EX_TEMPFAIL)
log = logging.getLogger("torkham.app")


class Running:
    """A running bot; `lingers` is set at the end if a thread is still computing, which must not delay the exit."""

    def __init__(
        self,
        desk: Desk,
        application: App,
        poll_bot: Bot,
        source: Poller | Webhook,
        presence: Presence | None,
        watchdog: Watchdog | None,
    ) -> None:
        """`source` brings the updates, with `poll_bot`; `presence` is that of a replica among others."""
        self._settings = desk.work.settings
        self._poll_bot = poll_bot
        self._watchdog = watchdog
        self.desk = desk
        self.application = application
        self.source = source
        self.presence = presence
        self.tasks = Supervisor(desk.metrics)
        self.proof = Proof(desk.live, self._settings.telegram_answer_seconds)
        self.lingers = False
        desk.live.switched = self._switched

    async def serve(self, stop: asyncio.Event) -> None:
        """Run until `stop`, or until updates can no longer be received."""
        port = self._settings.health_port
        server = await serve(port, self.health, self._metrics_text) if port else None
        await self._start()
        for name, work in {
            "queue": self._work,
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
        self.desk.metrics.polled()
        log.info("bot %s is at work, generation %s", self.application.bot.id, self.desk.live.generation)

    async def _end(self) -> None:
        """Stop accepting updates, give running tasks a grace period, and close only what is idle."""
        await self.tasks.stop("source", "queue", "beat")
        await self.source.end()
        closing = asyncio.create_task(self.desk.queue.close(GRACE_SECONDS))
        while not closing.done():
            self._sign_of_life()
            await asyncio.wait({closing}, timeout=1.0)
        await self.tasks.stop()
        self.desk.outgoing.pictures.close()
        self.lingers = not await self.desk.live.end()
        if self.presence is not None:
            await asyncio.to_thread(self.presence.close)
        elif self.desk.journal.owed:
            with contextlib.suppress(Exception):  # it was logged when it failed
                await self.desk.stored(self.desk.journal.renew)
        for closing_one in (self.application.shutdown, self._poll_bot.shutdown):
            with contextlib.suppress(TelegramError):
                await closing_one()
        await asyncio.to_thread(self.desk.stored.close)

    async def _work(self) -> None:
        await self.desk.queue.run(self.application.bot, self._handle, self._set_aside)

    async def _handle(self, update: Update) -> None:
        """Process one update; the journal records it before and after."""
        desk, identifier = self.desk, update.update_id
        try:
            await self.application.process_update(update)
        except asyncio.CancelledError:
            await asyncio.shield(desk.stored(lambda: desk.journal.again([identifier])))
            raise
        if identifier in desk.in_flight.failed:
            desk.in_flight.failed.discard(identifier)
            await desk.stored(lambda: desk.journal.again([identifier], RETRY_SECONDS))
            self.desk.queue.wake_in(RETRY_SECONDS)
        else:
            desk.in_flight.unsent.pop(identifier, None)
            await desk.stored(lambda: desk.journal.done(identifier))

    async def _set_aside(self, entry: Entry, update: Update) -> None:
        """Tell the reader of an update that it is given up, and set it aside."""
        desk, application = self.desk, self.application
        log.error("update %s ended the process %s times and is set aside", entry.update_id, MAX_ATTEMPTS)
        desk.metrics.given_up.labels("ended the process").inc()
        if isinstance(update.effective_message, Message) and update.callback_query is None:
            context = application.context_types.context.from_update(update, application)
            try:
                await send(update, context, split([block(context.say()("set_aside"))])[0])
            except TelegramError as error:
                log.warning("the reader could not be told (%s)", type(error).__name__)
        await desk.stored(lambda: desk.journal.aside(entry.update_id, f"ended the process {MAX_ATTEMPTS} times"))

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
        await self.desk.stored(lambda: self.desk.readers.digests.serves(digests))

    def _switched(self) -> None:
        """Called when another generation serves."""
        self.desk.outgoing.pictures.forget()
        self._noting = asyncio.ensure_future(self._note_served())
        self._noting.add_done_callback(_said)

    async def _beat(self) -> None:
        """Send heartbeats while updates arrive and answers are produced; otherwise end the process for a restart."""
        while True:
            age = self.desk.metrics.poll_age()
            if age > self._settings.telegram_watchdog_seconds:
                log.critical("no good poll for %.0f seconds: ending, to be started again", age)
                os._exit(STUCK_EXIT_STATUS)
            if not self.proof.hangs:
                self._sign_of_life()
            await asyncio.sleep(1.0)

    def _sign_of_life(self) -> None:
        if self._watchdog is not None:
            with contextlib.suppress(OSError):  # /healthz reports a missing watchdog
                self._watchdog.beat()

    def health(self) -> tuple[bool, dict[str, object]]:
        """Whether everything is healthy, with the figures behind it."""
        age, live, down = self.desk.metrics.poll_age(), self.desk.live, self.tasks.down
        about: dict[str, object] = {
            "last_poll_seconds": round(age, 1),
            "last_answer_seconds": round(self.proof.age, 1),
            "waiting": self.desk.queue.waiting,
            "oldest_seconds": round(self.desk.queue.backlog.oldest, 1),
            "working": self.desk.queue.working,
            "open": self.desk.queue.open,
            "pictures_waiting": self.desk.outgoing.pictures.waiting,
            "owed_to_the_store": self.desk.journal.owed,
            "store_answers": not self.desk.stored.failing,
            "store_failures": self.desk.stored.failures + self.desk.journal.failures,
            "generation": live.generation,
            "down": down,
        }
        well = age < self._settings.telegram_watchdog_seconds and self.proof.good and not down
        well &= not self.desk.journal.owed and not self.desk.stored.failing
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
        metrics, processes = self.desk.metrics, self.desk.live.processes
        metrics.store_failures.set(self.desk.stored.failures + self.desk.journal.failures)
        metrics.waiting.set(self.desk.queue.waiting)
        metrics.oldest.set(self.desk.queue.backlog.oldest)
        metrics.pictures.set(self.desk.outgoing.pictures.waiting)
        metrics.workers.set(processes[0] if processes else 0)
        metrics.generation.set(int(self.desk.live.generation))
        return metrics.text()


def _said(done: asyncio.Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("what is served could not be noted for the digests (%s)", type(error).__name__)
