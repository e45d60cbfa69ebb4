"""Buttons: each is answered, also after a restart and a rebuilt index."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Update

from bot.telegram import admin, asking, browsing, personal
from bot.telegram.desk import Context, desk_of
from bot.telegram.kept import Kept
from bot.telegram.messages import answer_buttons, more_blocks
from bot.telegram.outbox import reply
from bot.telegram.source_view import others_view, source_view

OTHERS = 5


async def touched(update: Update, context: Context) -> None:
    """Any button: `kind:field:field`."""
    desk, query, user = desk_of(context), update.callback_query, update.effective_user
    if query is None or user is None or update.effective_chat is None:
        return
    group = update.effective_chat.type != "private"
    if not desk.limits.may_use(user.id, update.effective_chat.id, group=group):
        await query.answer(desk.say(update)("closed"), show_alert=True)
        return
    kind, *fields = (query.data or "").split(":")
    if kind in OF_ANSWER and fields:
        kept = desk.kept.get(fields[0])
        if kept is None:
            await query.answer(desk.say(update)("expired"), show_alert=True)
            return
        await OF_ANSWER[kind](update, context, kept, *fields[1:])
    elif kind in OTHER:
        await query.answer()
        await OTHER[kind](update, context, *fields)
    else:
        await query.answer(desk.say(update)("expired"), show_alert=True)


async def _source(update: Update, context: Context, kept: Kept, number: str) -> None:
    desk, say = desk_of(context), desk_of(context).say(update)
    assert update.callback_query is not None
    await update.callback_query.answer()
    cited = [*kept.answer.citations, *kept.answer.nearest]
    citation = next(citation for citation in cited if citation.number == int(number))
    document = desk.live.documents.get(citation.document_id)
    await reply(update, context, *source_view(citation, document, kept.id, say))


async def _others(update: Update, context: Context, kept: Kept, number: str) -> None:
    desk, say = desk_of(context), desk_of(context).say(update)
    assert update.callback_query is not None
    await update.callback_query.answer()
    cited = [*kept.answer.citations, *kept.answer.nearest]
    citation = next(citation for citation in cited if citation.number == int(number))
    hits = await desk.live.within(kept.answer.asked_as, citation.document_id, OTHERS + 1)
    apart = [hit.passage for hit in hits if not hit.passage.start <= citation.start < hit.passage.end]
    await reply(update, context, *others_view(citation, apart[:OTHERS], say))


async def _more(update: Update, context: Context, kept: Kept) -> None:
    desk, say = desk_of(context), desk_of(context).say(update)
    assert update.callback_query is not None
    await update.callback_query.answer()
    rows = answer_buttons(kept.answer, kept.id, say)[:-1]
    await reply(update, context, more_blocks(kept.answer, desk.work.parties, say), rows)


async def _up(update: Update, context: Context, kept: Kept) -> None:
    await _verdict(update, context, kept, "up", "thanks")


async def _down(update: Update, context: Context, kept: Kept) -> None:
    await _verdict(update, context, kept, "down", "noted")


async def _verdict(update: Update, context: Context, kept: Kept, verdict: str, thanks: str) -> None:
    desk, user = desk_of(context), update.effective_user
    assert update.callback_query is not None
    assert user is not None
    say = desk.say(update)
    if desk.store.keyed_hash(user.id) != kept.person:
        await update.callback_query.answer(say("yours_only"))
        return
    desk.feedback.judge(kept.id, verdict, kept.answer, user.id)
    await update.callback_query.answer(say(thanks))


async def _example(update: Update, context: Context, number: str) -> None:
    await asking.ask(update, context, desk_of(context).say(update).several("examples")[int(number)])


OF_ANSWER: dict[str, Callable[..., Awaitable[None]]] = {
    "s": _source,
    "o": _others,
    "m": _more,
    "u": _up,
    "d": _down,
}
OTHER: dict[str, Callable[..., Awaitable[None]]] = {
    "q": _example,
    "b": browsing.browse,
    "k": browsing.open_document,
    "l": personal.language_chosen,
    "f": personal.forget_confirmed,
    "a": admin.add_confirmed,
}
