"""The errors of the bot.

BotError
├── QuestionError     the question cannot be used; the message says why (exit status 2)
├── SettingsError     a setting is unknown or invalid
├── StoreError        the store of the bot cannot be used
│   ├── StoreAway     its database cannot be reached for now; the same call may succeed later
│   └── LeaseLost     another replica works on this update by now
├── ModelError        the language model gave nothing usable; the extractive answer stands
└── SetupError        the bot cannot run as it is set up
"""

from __future__ import annotations


class BotError(Exception):
    """What went wrong, in a sentence that says what to do."""


class QuestionError(BotError):
    """The question cannot be used as it is."""


class SettingsError(BotError):
    """A setting is unknown or invalid."""


class StoreError(BotError):
    """The store of the bot cannot be used."""


class StoreAway(StoreError):
    """The database of the store cannot be reached for now."""


class LeaseLost(StoreError):
    """Another replica works on this update by now."""


class SetupError(BotError):
    """The bot cannot run as it is set up."""


class ModelError(BotError):
    """The language model gave nothing that can be used."""
