"""A strict fake of the Telegram Bot API on loopback: it refuses what Telegram refuses, and breaks when told to."""

from fake_bot.markup import rendered, units
from fake_bot.server import TOKEN, FakeBotApi

__all__ = ["TOKEN", "FakeBotApi", "rendered", "units"]
