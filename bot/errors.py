"""The errors of the bot.

BotError
├── QuestionError     the question cannot be used; the message says why (exit status 2)
├── SettingsError     a setting is unknown or invalid
├── StoreError        the store of the bot cannot be used
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


class SetupError(BotError):
    """The bot cannot run as it is set up."""


class ModelError(BotError):
    """The language model gave nothing that can be used."""
