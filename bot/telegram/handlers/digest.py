"""/digest: additions and changes since the last one, daily or weekly, for subscribers."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial

from telegram import Bot, LinkPreviewOptions, Update
from telegram.error import Forbidden, TelegramError

from bot.telegram.handlers.personal import in_private
from bot.telegram.readers.digests import Subscription
from bot.telegram.reply import edit, reply
from bot.telegram.services import Context, Desk, desk_of
from bot.telegram.views.events import latest, statement_blocks
from bot.telegram.views.html import Block, Span, block, split
from bot.telegram.views.keyboards import Button, data
from bot.telegram.views.phrases import Phrases, phrases
from sources.document import Document
from sources.parties import Parties

LOOK_SECONDS = 300.0  # interval between checks for due digests
MAX_LINES = 8
INTERVALS = {"0": "digest_off", "1": "digest_daily", "7": "digest_weekly"}  # by their days
log = logging.getLogger("torkham.digest")


async def digest(update: Update, context: Context) -> None:
    """`/digest`: choose off, daily or weekly."""
    if await in_private(update, context, "digest"):
        return
    desk, say = desk_of(context), context.say()
    days = await desk.stored(partial(desk.readers.digests.of, context.who.person))
    await reply(update, context, _intro(say, days), _rows(say, days))


async def chosen(update: Update, context: Context, days: str = "") -> None:
    """A button of `/digest`."""
    desk, who = desk_of(context), context.who
    say = context.say()
    if days not in INTERVALS or who.group:
        return
    await desk.stored(partial(desk.readers.digests.subscribe, who.person, int(days), say.language))
    await edit(update, context, _intro(say, int(days)), _rows(say, int(days)))


def _intro(say: Phrases, days: int) -> list[Block]:
    return [
        block(say("digest_intro")),
        block(Span(say("digest_now", choice=say(INTERVALS[str(days)])), italic=True)),
    ]


def _rows(say: Phrases, days: int) -> tuple[tuple[Button, ...], ...]:
    return (tuple(Button(say(name), data("g", key)) for key, name in INTERVALS.items() if key != str(days)),)


async def send_due(desk: Desk, bot: Bot) -> None:
    """Send the digests that are due; nothing is sent if there is no news."""
    for subscription in await desk.stored(desk.readers.digests.due):
        news = await desk.stored(partial(desk.readers.digests.news, subscription.since))
        documents = [desk.live.documents[name] for name in news if name in desk.live.documents]
        if not documents or not desk.limits.may_use(subscription.person, subscription.person, group=False):
            continue
        blocks = await asyncio.to_thread(digest_blocks, desk.work.parties, subscription, documents)
        try:
            await bot.send_message(
                subscription.person,
                split(blocks)[0].html,
                parse_mode="HTML",
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except Forbidden:
            await desk.stored(partial(desk.readers.digests.forget, subscription.person))
            await desk.stored(partial(desk.readers.people.block, subscription.person, True))
        except TelegramError as error:  # the next digest includes it
            log.warning("a digest could not be sent (%s)", type(error).__name__)
            await desk.stored(partial(desk.readers.digests.not_sent, subscription))


def digest_blocks(parties: Parties, subscription: Subscription, documents: list[Document]) -> list[Block]:
    """At most eight lines: the latest statements of new documents, or the titles of those without statements."""
    say = phrases(subscription.language)
    events = latest(documents, datetime.now(UTC).date().isoformat())[: MAX_LINES - 1]
    lines = statement_blocks(events, parties, say)
    told = {document.id for document, _ in events}
    for document in documents:
        if len(lines) < MAX_LINES and document.id not in told and not document.statements:
            about = ", ".join(filter(None, [document.publisher, say.date(document.published)]))
            lines.append(block(Span(say.isolated(document.title), url=document.url), f", {about}" if about else ""))
    head = say("digest_head", documents=say.number(len(documents)))
    return [block(Span(head, bold=True)), *lines[:MAX_LINES], block(Span(say("digest_end"), italic=True))]
