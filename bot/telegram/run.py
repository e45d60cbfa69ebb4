"""`torkham bot run`: one bot on a home, until a signal ends it.

Its log has one line per event, as text or JSON, never with a question, name or token.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import filelock

from bot.composing.answerer import ComposingAnswerer
from bot.errors import SetupError
from bot.service.answer_processes import AnswerProcesses
from bot.service.live_index import LiveIndex
from bot.store.open import open_store
from bot.store.sqlite import Store
from bot.telegram.app import Running
from bot.telegram.assembly import replica, single_process
from bot.telegram.queue.slots import step_aside
from bot.telegram.secrets import TOKEN, read_token
from bot.telegram.serving.watchdog import Watchdog
from bot.workspace import Workspace

FREEZE_SECONDS = 30.0  # how much longer the watchdog waits than the bot, which ends by itself if it can


def run(work: Workspace) -> None:
    """Run the bot until SIGTERM or Ctrl-C; raises BotError if it cannot."""
    settings = work.settings
    _log_to_stderr(settings.log_format, settings.log_level)
    read_token(settings)
    if settings.database_url:
        if settings.telegram_admin_changes:
            raise SetupError(
                "TORKHAM_TELEGRAM_ADMIN_CHANGES cannot be used with TORKHAM_DATABASE_URL: the library is the indexer's."
            )
        settings.home.mkdir(parents=True, exist_ok=True)
        _serve(work, replica)  # any number may run, even on one machine
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(settings.home / "bot" / "lock", timeout=0)
    (settings.home / "bot").mkdir(exist_ok=True, mode=0o700)
    try:
        with lock:
            _serve(work, single_process)
    except filelock.Timeout:
        raise SetupError("Another bot runs on this home: stop it first.") from None


def _serve(work: Workspace, assemble: Callable[[Workspace, LiveIndex, Store, Watchdog], Running]) -> None:
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
        running = assemble(work, live, store, watchdog)
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


class _Scrub(logging.Filter):
    """Redacts tokens in everything that is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it is never dropped."""
        record.msg, record.args = TOKEN.sub("(token)", record.getMessage()), ()
        record.exc_info = record.exc_text = record.stack_info = None  # a traceback can quote what a reader wrote
        return True


class _JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        about = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
        }
        return json.dumps(about, ensure_ascii=False)


def _log_to_stderr(form: str, level: str) -> None:
    """Log to standard error; libraries only from WARNING: at DEBUG they would log texts, and addresses with the
    token.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Scrub())
    handler.setFormatter(_JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for library in ("telegram", "aiohttp", "httpx", "httpcore", "alembic", "sqlalchemy"):
        logging.getLogger(library).setLevel(logging.ERROR)
    logging.getLogger("torkham").setLevel(level.upper())
