"""The door: every update passes it before any handler; access and rate limits are decided only here."""

from __future__ import annotations

from dataclasses import replace

from telegram import Message, Update
from telegram.ext import ApplicationHandlerStop

from bot.telegram.readers.rate_limits import Limits, Verdict
from bot.telegram.readers.visitor import QUESTIONS, Purpose, Visitor, visitor_of
from bot.telegram.reply import reply
from bot.telegram.services import Context, Desk, desk_of
from bot.telegram.views.html import block


async def enter(update: Update, context: Context) -> None:
    """Admit an update and put its visitor in the context; ApplicationHandlerStop if it is refused."""
    desk = desk_of(context)
    visitor = visitor_of(update, context.bot.id, context.bot.username)
    if visitor is None or visitor.purpose is Purpose.NOTHING:
        raise ApplicationHandlerStop
    context.visitor, verdict = await desk.stored(lambda: _admitted(desk, visitor, update))
    if verdict is Verdict.FREE:
        return
    desk.metrics.refusals.labels(verdict.value).inc()
    await _refuse(update, context, verdict)
    raise ApplicationHandlerStop


def _admitted(desk: Desk, visitor: Visitor, update: Update) -> tuple[Visitor, Verdict]:
    """What is stored about the visitor, and whether this update may pass; runs off the event loop."""
    limits = desk.limits
    with desk.store.transaction():
        if not limits.may_use(visitor.person, visitor.chat, group=visitor.group):
            return visitor, _without_access(limits, visitor, update)
        kept = desk.readers.people.kept(visitor.person)
        visitor = replace(
            visitor,
            admin=limits.is_admin(visitor.person),
            language=kept.language,
            told=kept.told,
            tables=kept.tables,
        )
        if desk.begun_before(update.update_id) or visitor.purpose in {
            Purpose.MEMBERSHIP,
            Purpose.INLINE,
            Purpose.STOP,
        }:  # an inline query counts when typing ends
            return visitor, Verdict.FREE
        data = (update.callback_query.data or "") if update.callback_query else ""
        if visitor.purpose in {Purpose.QUESTION, Purpose.GUEST} or data.partition(":")[0] in QUESTIONS:
            waiting = desk.queue.waiting
            return visitor, limits.ask(visitor.person, visitor.chat, group=visitor.group, waiting=waiting)
        loud = visitor.purpose is Purpose.BUTTON  # every touch expects an answer
        return visitor, limits.act(visitor.person, visitor.chat, group=visitor.group, loud=loud)


def _without_access(limits: Limits, visitor: Visitor, update: Update) -> Verdict:
    if visitor.purpose is Purpose.BUTTON:
        return Verdict.CLOSED
    # nothing is answered, and a reader who leaves has to be forgotten in time
    if visitor.purpose is Purpose.MEMBERSHIP:
        return Verdict.FREE
    if update.edited_message or visitor.purpose in {Purpose.GUEST, Purpose.STOP}:
        return Verdict.SILENT
    return limits.refuse(Verdict.CLOSED, visitor.person)


async def _refuse(update: Update, context: Context, verdict: Verdict) -> None:
    say, query = context.say(), update.callback_query
    if query is not None:
        text = "" if verdict is Verdict.SILENT else say(verdict.value)
        await query.answer(text or say("limit_minute"), show_alert=True)
    elif update.inline_query is not None:
        await update.inline_query.answer([], cache_time=0, is_personal=True)
    elif verdict is not Verdict.SILENT and isinstance(update.effective_message, Message):
        await reply(update, context, [block(say(verdict.value))])
