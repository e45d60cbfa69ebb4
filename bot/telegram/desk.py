"""What every handler works with, and how it is reached from python-telegram-bot's context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram import Update
from telegram.ext import ContextTypes

from bot.language import UNKNOWN, detect
from bot.telegram.durable import Durable
from bot.telegram.feedback import Feedback
from bot.telegram.journal import Journal
from bot.telegram.kept import KeptAnswers
from bot.telegram.limits import Limits
from bot.telegram.live import LiveIndex
from bot.telegram.metrics import Metrics
from bot.telegram.people import People
from bot.telegram.phrases import Phrases, phrases
from bot.workspace import Workspace

if TYPE_CHECKING:
    from bot.store import Store

Context = ContextTypes.DEFAULT_TYPE


@dataclass(slots=True)
class Desk:
    """The services of a running bot.

    `unsent` holds updates whose answer could not be handed over yet, `typing` the newest inline query of each person.
    """

    work: Workspace
    store: Store
    live: LiveIndex
    journal: Journal
    people: People
    kept: KeptAnswers
    feedback: Feedback
    limits: Limits
    metrics: Metrics
    durable: Durable
    waiting: Callable[[], int] = lambda: 0
    unsent: set[int] = field(default_factory=set)
    typing: dict[int, str] = field(default_factory=dict)

    def say(self, update: Update, text: str = "") -> Phrases:
        """The interface in the language chosen, else that of the question, else Telegram's."""
        user = update.effective_user
        chosen = self.people.language(user.id) if user else None
        if not chosen and text:
            found = detect(text)
            chosen = None if found == UNKNOWN else found
        return phrases(chosen or (user.language_code if user else None))


def desk_of(context: Context) -> Desk:
    """The desk of the application that handles an update."""
    desk: Desk = context.application.bot_data["desk"]
    return desk
