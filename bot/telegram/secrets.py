"""The bot's token and the webhook's secret, from variables or from files readable only by their owner."""

from __future__ import annotations

import re

from bot.errors import SetupError
from bot.secret_file import read_secret
from bot.settings import Settings

TOKEN = re.compile(r"(?<!\d)\d{5,}:[\w-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")


def read_token(settings: Settings) -> str:
    """The token; SetupError says what is wrong without repeating it."""
    if not settings.telegram_token and not settings.telegram_token_file:
        raise SetupError(
            "There is no token: set TORKHAM_TELEGRAM_TOKEN, or TORKHAM_TELEGRAM_TOKEN_FILE to a 0600 file."
        )
    token = settings.telegram_token or read_secret(settings.telegram_token_file)
    if not TOKEN.fullmatch(token):
        raise SetupError("The token does not look like one (digits, a colon, letters): take it from BotFather again.")
    return token


def read_webhook_secret(settings: Settings) -> str:
    """The secret of the webhook; SetupError says what is wrong without repeating it."""
    if not settings.telegram_webhook_secret and not settings.telegram_webhook_secret_file:
        raise SetupError(
            "A webhook needs a secret: set TORKHAM_TELEGRAM_WEBHOOK_SECRET,"
            " or TORKHAM_TELEGRAM_WEBHOOK_SECRET_FILE to a 0600 file."
        )
    secret = settings.telegram_webhook_secret or read_secret(settings.telegram_webhook_secret_file)
    if not _SECRET.fullmatch(secret):
        raise SetupError("The webhook's secret must be 32 to 256 of A-Z a-z 0-9 _ -: `openssl rand -hex 32` makes one.")
    return secret
