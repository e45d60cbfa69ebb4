"""`torkham bot run`: one bot on a home, until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
import signal

import filelock

from bot.composing import ComposingAnswerer
from bot.errors import SetupError
from bot.store import Store
from bot.telegram import logs
from bot.telegram.app import Running
from bot.telegram.live import LiveIndex
from bot.telegram.token import read_token
from bot.workspace import Workspace


def run(work: Workspace) -> None:
    """Run the bot until SIGTERM or Ctrl-C; raises BotError where it cannot."""
    settings = work.settings
    logs.set_up(settings.log_format, settings.log_level)
    read_token(settings)
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
    store = Store(work.settings.home / "bot")
    try:
        live = LiveIndex(work.settings.home, work.encoder(), _composing(work))
        asyncio.run(_until_signal(Running(work, live, store)))
    finally:
        store.close()
    # Threads that still compute an answer which the journal keeps must not hold back the end.
    logging.shutdown()


def _composing(work: Workspace) -> ComposingAnswerer | None:
    return ComposingAnswerer(work.settings, work.parties) if work.settings.composes else None


async def _until_signal(running: Running) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await running.serve(stop)
