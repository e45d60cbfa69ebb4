"""What every handler gets: the services of the bot, and the context of the update."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from bot.nlp.language_id import UNKNOWN, detect
from bot.service.live_index import LiveIndex
from bot.telegram.metrics import Metrics
from bot.telegram.offers import Ephemeral, Rich
from bot.telegram.queue.journal import Journal
from bot.telegram.queue.queue import UpdateQueue
from bot.telegram.queue.store_calls import Durable, StoreCalls
from bot.telegram.readers.answers import KeptAnswers
from bot.telegram.readers.digests import Digests
from bot.telegram.readers.feedback import Feedback
from bot.telegram.readers.rate_limits import Limits
from bot.telegram.readers.readers import People
from bot.telegram.readers.visitor import Visitor
from bot.telegram.serving.pictures import Pictures
from bot.telegram.views.phrases import Phrases, phrases
from bot.workspace import Workspace

if TYPE_CHECKING:
    from bot.store.sqlite import Store


@dataclass(frozen=True, slots=True)
class Readers:
    """What is stored about readers."""

    people: People
    answers: KeptAnswers
    feedback: Feedback
    digests: Digests


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a message needs on its way out: a journal that is on disk, pictures, and features that a server may lack."""

    durable: Durable
    pictures: Pictures = field(default_factory=Pictures)
    ephemeral: Ephemeral = field(default_factory=Ephemeral)
    rich: Rich = field(default_factory=Rich)


@dataclass(frozen=True, slots=True)
class InFlight:
    """What is under way, in memory only.

    `typing` holds the newest inline query of each person, `stopping` the event by which a reader stops a draft, by chat
    and draft; `unsent` counts failed deliveries of an answer by update, `failed` holds the updates to be retried.
    """

    typing: dict[int, str] = field(default_factory=dict)
    stopping: dict[tuple[int, int], asyncio.Event] = field(default_factory=dict)
    unsent: dict[int, int] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Desk:
    """The services of a running bot; `stored` calls the store off the event loop."""

    work: Workspace
    live: LiveIndex
    store: Store
    stored: StoreCalls
    journal: Journal
    queue: UpdateQueue
    readers: Readers
    limits: Limits
    metrics: Metrics
    outgoing: Outgoing
    in_flight: InFlight = field(default_factory=InFlight)

    def begun_before(self, update_id: int) -> bool:
        """Whether this update is a retry: it was counted, and its request is not done yet."""
        return update_id in self.in_flight.unsent or self.journal.entry(update_id).attempts > 1


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """The context a handler gets with the update; the door sets the visitor."""

    visitor: Visitor | None = None
    speaker: str | None = None  # the language of the user's Telegram app, until the door knows more

    @classmethod
    def from_update(cls, update: object, application: Any) -> Context:
        """The context of an update."""
        made = super().from_update(update, application)
        user = update.effective_user if isinstance(update, Update) else None
        made.speaker = user.language_code if user else None
        return made

    @property
    def who(self) -> Visitor:
        """The visitor admitted by the door."""
        assert self.visitor is not None
        return self.visitor

    def say(self, text: str = "") -> Phrases:
        """The interface in the chosen language, else that of the question, else that of the Telegram app."""
        chosen = self.visitor.language if self.visitor else None
        if not chosen and text:
            found = detect(text)
            chosen = None if found == UNKNOWN else found
        return phrases(chosen or self.speaker)


def desk_of(context: Context) -> Desk:
    """The services of the application that handles an update."""
    desk: Desk = context.application.bot_data["desk"]
    return desk
