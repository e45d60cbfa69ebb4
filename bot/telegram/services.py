"""What every handler gets: the services of the bot, and the context of the update."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from bot.errors import StoreError
from bot.nlp.language_id import UNKNOWN, detect
from bot.service.live_index import LiveIndex
from bot.telegram.metrics import Metrics
from bot.telegram.offers import Ephemeral, Rich
from bot.telegram.queue.group_commit import Durable
from bot.telegram.queue.journal import Journal
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

SHARED_THREADS = 4  # threads waiting for a database; one connection to a file needs one
T = TypeVar("T")


def store_threads(store: Store) -> ThreadPoolExecutor:
    """The threads for store calls."""
    return ThreadPoolExecutor(SHARED_THREADS if store.shared else 1, thread_name_prefix="store")


@dataclass(slots=True)
class Desk:
    """The services of a running bot.

    `unsent` counts failed deliveries of an answer by update; `store_fails` is set when the last store call failed;
    `typing` holds the newest inline query of each person, `stopping` the event by which a reader stops a draft, by chat
    and draft.
    """

    work: Workspace
    store: Store
    live: LiveIndex
    journal: Journal
    people: People
    kept: KeptAnswers
    feedback: Feedback
    digests: Digests
    limits: Limits
    metrics: Metrics
    durable: Durable
    pictures: Pictures
    threads: ThreadPoolExecutor
    waiting: Callable[[], int] = lambda: 0
    unsent: dict[int, int] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    typing: dict[int, str] = field(default_factory=dict)
    store_fails: bool = False
    store_failures: int = 0
    stopping: dict[tuple[int, int], asyncio.Event] = field(default_factory=dict)
    ephemeral: Ephemeral = field(default_factory=Ephemeral)
    rich: Rich = field(default_factory=Rich)

    def begun_before(self, update_id: int) -> bool:
        """Whether this update is a retry: it was counted, and its request is not done yet."""
        return update_id in self.unsent or self.journal.entry(update_id).attempts > 1

    async def stored(self, call: Callable[[], T]) -> T:
        """Call the store off the event loop: a slow statement must not halt every chat."""
        try:
            result = await asyncio.get_running_loop().run_in_executor(self.threads, call)
        except StoreError:
            self.store_failures += 1
            self.store_fails = True
            raise
        self.store_fails = False
        return result


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
