"""A strict fake of the Telegram Bot API on loopback: it refuses what Telegram refuses, and breaks when told to."""

from support.fakes.bot_api.markup import rendered, units
from support.fakes.bot_api.server import TOKEN, FakeBotApi

__all__ = ["TOKEN", "FakeBotApi", "rendered", "units"]
