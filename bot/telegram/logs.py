"""The log: one line per event, as text or JSON, never with a question, name or token."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

_TOKEN = re.compile(r"(?<!\d)\d{5,}:[\w-]{20,}")


class Scrub(logging.Filter):
    """Redacts tokens in everything that is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it is never dropped."""
        record.msg, record.args = _TOKEN.sub("(token)", record.getMessage()), ()
        record.exc_info = record.exc_text = record.stack_info = None  # a traceback can quote what a reader wrote
        return True


class JsonLines(logging.Formatter):
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


def set_up(form: str, level: str) -> None:
    """Log to standard error; libraries only from WARNING: at DEBUG they would log texts, and addresses with the
    token.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Scrub())
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for library in ("telegram", "aiohttp", "httpx", "httpcore", "alembic", "sqlalchemy"):
        logging.getLogger(library).setLevel(logging.ERROR)
    logging.getLogger("torkham").setLevel(level.upper())
