"""Retention periods: the same figures for the clean-up, for /privacy and for docs/privacy.md."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from bot.composing.llm import FOLDER
from bot.composing.rejected import DeletedSentences
from bot.errors import StoreError
from bot.settings import Settings
from bot.telegram.readers.readers import BLOCKED_DAYS
from bot.telegram.services import Desk
from bot.telegram.views.phrases import Phrases

SWEEP_SECONDS = 3600.0
log = logging.getLogger("torkham.retention")


def statement(settings: Settings, say: Phrases) -> Iterator[str]:
    """What is stored about a reader, one sentence per item."""
    yield say("privacy_question")
    yield say("privacy_conversation", hours=settings.keep_conversation_hours)
    yield say("privacy_answers", days=settings.keep_answers_days)
    yield say("privacy_asked", days=settings.keep_asked_days)
    if settings.composes:
        yield say("privacy_model", days=settings.keep_deleted_days)
    yield say("privacy_counts")
    yield say("privacy_digest")
    yield say("privacy_blocked", days=BLOCKED_DAYS)
    yield say("privacy_forget")


async def forget(desk: Desk, person: int) -> None:
    """Delete all data of a person at once, in the store and in memory."""
    await desk.stored(lambda: _forget(desk, person))
    await desk.live.forget()


def _forget(desk: Desk, person: int) -> None:
    desk.limits.forget(person)
    _delete(desk, person)
    desk.store.purge()


def _delete(desk: Desk, person: int) -> None:
    with desk.store.transaction():
        desk.journal.forget(person)
        desk.readers.people.forget(person)
        desk.readers.answers.forget(person)
        desk.readers.feedback.forget(person)
        desk.readers.digests.forget(person)


def sweep(desk: Desk) -> None:
    """Delete expired data."""
    settings = desk.work.settings
    with desk.store.transaction():
        for person in desk.readers.people.long_blocked():
            _delete(desk, person)
        desk.readers.people.sweep(settings.keep_conversation_hours)
        desk.readers.answers.sweep(settings.keep_answers_days)
        desk.readers.feedback.sweep(settings.keep_asked_days)
        desk.journal.sweep()
    try:
        desk.store.purge()
    except StoreError as error:  # the next clean-up retries it; /forget insists
        log.warning("%s", error)
    desk.limits.sweep()
    DeletedSentences(settings.home / FOLDER, settings.keep_deleted_days).sweep()
