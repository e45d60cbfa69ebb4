"""The Telegram bot; the only importer of python-telegram-bot, matplotlib and prometheus_client."""

import os

# Makes python-telegram-bot return time spans as timedelta, its future default, and silences the warning
os.environ.setdefault("PTB_TIMEDELTA", "1")
