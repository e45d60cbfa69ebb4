"""The bot's token: from its variable or from a file that only its owner can read."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from bot.errors import SetupError
from bot.settings import Settings

_FORM = re.compile(r"\d{5,}:[\w-]{20,}")


def read_token(settings: Settings) -> str:
    """The token; SetupError says what is wrong without repeating it."""
    token = settings.telegram_token or _from_file(settings.telegram_token_file)
    if not _FORM.fullmatch(token):
        raise SetupError("The token does not look like one (digits, a colon, letters): take it from BotFather again.")
    return token


def _from_file(name: str) -> str:
    if not name:
        raise SetupError(
            "There is no token: set TORKHAM_TELEGRAM_TOKEN, or TORKHAM_TELEGRAM_TOKEN_FILE to a 0600 file."
        )
    path = Path(name).expanduser()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SetupError(f"{path} can be read by others: run `chmod 600 {path}`.")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read ({error}): put the token into it.") from error
