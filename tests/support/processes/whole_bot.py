"""A whole bot in a process of its own; `die` in a question ends the process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import telegram.ext  # noqa: F401  (loaded once in the fork server, not in each of the processes)
from support.running.telegram_bot import workspace

from bot.answering.answerer import Answerer
from bot.errors import BotError
from bot.telegram.run import run


def main(home: Path, url: str, seconds: float, log: Path, **settings: Any) -> None:
    """Run it until it is ended; each answer takes so many seconds. All that it says goes to the log."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    answer = Answerer.answer

    def slowly(self: Answerer, raw: str, **values: Any) -> Any:
        time.sleep(seconds)
        if "die" in raw:
            os._exit(9)
        return answer(self, raw, **values)

    Answerer.answer = slowly  # type: ignore[method-assign]
    try:
        given = {"telegram_per_minute": 1000, "log_level": "debug", **settings}
        run(workspace(home, telegram_base_url=url, **given))
    except BotError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(1)
