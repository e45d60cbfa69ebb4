"""The context of an update: the services, the visitor, and the interface in that reader's language."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from bot.nlp.language_id import UNKNOWN, detect
from bot.telegram.readers.visitor import Visitor
from bot.telegram.views.phrases import Phrases, phrases


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
