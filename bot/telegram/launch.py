"""`torkham bot run`: one bot on a home, until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
import signal

import filelock

from bot.composing import ComposingAnswerer
from bot.errors import SetupError
from bot.gazetteer import Gazetteer
from bot.store import open_store
from bot.telegram import logs
from bot.telegram.answer_processes import AnswerProcesses
from bot.telegram.app import Running
from bot.telegram.live import LiveIndex
from bot.telegram.token import read_token
from bot.workspace import Workspace


def run(work: Workspace) -> None:
    """Run the bot until SIGTERM or Ctrl-C; raises BotError where it cannot."""
    settings = work.settings
    logs.set_up(settings.log_format, settings.log_level)
    read_token(settings)
    if settings.database_url:
        if settings.telegram_admin_changes:
            raise SetupError(
                "TORKHAM_TELEGRAM_ADMIN_CHANGES cannot be used with TORKHAM_DATABASE_URL: the library is the indexer's."
            )
        settings.home.mkdir(parents=True, exist_ok=True)
        _serve(work)  # as many as you like may run, also on one machine
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
            gazetteer=Gazetteer.load(work.settings.home),
            composing=_composing(work),
            processes=_processes(work),
        )
        asyncio.run(_until_signal(Running(work, live, store)))
    finally:
        store.close()
    # Threads that still compute an answer which the journal keeps must not hold back the end.
    logging.shutdown()


def _composing(work: Workspace) -> ComposingAnswerer | None:
    return ComposingAnswerer(work.settings, work.parties) if work.settings.composes else None


def _processes(work: Workspace) -> AnswerProcesses | None:
    settings = work.settings
    return AnswerProcesses(settings) if settings.telegram_processes and not settings.composes else None


async def _until_signal(running: Running) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await running.serve(stop)
