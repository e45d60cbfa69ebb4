"""A whole bot as a process of its own: HOME URL SECONDS (that each answer takes); `die` in a question ends the process."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from telegram_bot import workspace

from bot.answers import Answerer
from bot.telegram.app import run

home, url, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
answer = Answerer.answer


def slowly(self: Answerer, raw: str, **values: Any) -> Any:
    time.sleep(seconds)
    if "die" in raw:
        os._exit(9)
    return answer(self, raw, **values)


Answerer.answer = slowly  # type: ignore[method-assign]
run(workspace(home, telegram_base_url=url, telegram_per_minute=1000, log_level="debug"))
