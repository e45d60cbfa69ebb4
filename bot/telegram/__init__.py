"""The bot on Telegram; the only importer of python-telegram-bot, matplotlib and prometheus_client."""

import os

# python-telegram-bot then gives spans of time as timedelta, as it will by default, and does not warn about it.
os.environ.setdefault("PTB_TIMEDELTA", "1")
