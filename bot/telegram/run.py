"""`torkham bot run`: one bot on a home, until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

import filelock

from bot.composing.answerer import ComposingAnswerer
from bot.errors import SetupError
from bot.service.answer_processes import AnswerProcesses
from bot.service.live_index import LiveIndex
from bot.store.open import open_store
from bot.telegram import logs
from bot.telegram.app import Running
from bot.telegram.queue.slots import step_aside
from bot.telegram.secrets import read_token
from bot.telegram.serving.watchdog import Watchdog
from bot.workspace import Workspace

FREEZE_SECONDS = 30.0  # how much longer the watchdog waits than the bot, which ends by itself if it can


def run(work: Workspace) -> None:
    """Run the bot until SIGTERM or Ctrl-C; raises BotError if it cannot."""
    settings = work.settings
    logs.set_up(settings.log_format, settings.log_level)
    read_token(settings)
    if settings.database_url:
        if settings.telegram_admin_changes:
            raise SetupError(
                "TORKHAM_TELEGRAM_ADMIN_CHANGES cannot be used with TORKHAM_DATABASE_URL: the library is the indexer's."
            )
        settings.home.mkdir(parents=True, exist_ok=True)
        _serve(work)  # any number may run, even on one machine
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(settings.home / "bot" / "lock", timeout=0)
    (settings.home / "bot").mkdir(exist_ok=True, mode=0o700)
    try:
        with lock:
            _serve(work)
    except filelock.Timeout:
        raise SetupError("Another bot runs on this home: stop it first.") from None


def _serve(work: Workspace) -> None:
    work.open_index().close()
    store = open_store(work.settings)
    try:
        live = LiveIndex(
            work.generations,
            work.encoder(),
            answerer=work.answerer_of,
            composing=_composing(work),
            processes=_processes(work),
            seconds=work.settings.telegram_answer_seconds,
            waits=step_aside,
        )
        watchdog = Watchdog(work.settings.telegram_watchdog_seconds + FREEZE_SECONDS)
        running = Running(work, live, store, watchdog)
        asyncio.run(_until_signal(running))
        watchdog.close()
    finally:
        store.close()
    if running.lingers:  # the interpreter would wait for the thread; the journal keeps its question
        logging.shutdown()
        os._exit(0)


def _composing(work: Workspace) -> ComposingAnswerer | None:
    return ComposingAnswerer(work.settings, work.parties) if work.settings.composes else None


def _processes(work: Workspace) -> AnswerProcesses | None:
    settings = work.settings
    if not settings.telegram_processes or settings.composes:
        return None
    return AnswerProcesses(settings, settings.telegram_processes, settings.telegram_answer_seconds)


async def _until_signal(running: Running) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await running.serve(stop)
