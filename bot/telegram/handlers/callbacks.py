"""Buttons: every touch is answered, even after a restart or a rebuilt index, and only takes effect for whoever touched
it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest

from bot.answering.answer import Answer, Citation
from bot.telegram.handlers import admin, browsing, digest, personal
from bot.telegram.handlers import questions as asking
from bot.telegram.readers.answers import Kept
from bot.telegram.reply import edit, show_alone
from bot.telegram.services import Context, desk_of
from bot.telegram.views.answer import answer_blocks, answer_buttons, citation_text, pages
from bot.telegram.views.html import shorten
from bot.telegram.views.keyboards import number_of
from bot.telegram.views.phrases import Phrases, phrases
from bot.telegram.views.source import others_view, source_view

MAX_OTHER_PASSAGES = 5
MAX_ALERT_UNITS = 200  # UTF-16 code units of an alert over a button
SENDING = ("q", "n", "w", "f", "a")  # kinds that send something: executed once, however often they are touched
Handler = Callable[..., Awaitable[None]]


async def touched(update: Update, context: Context) -> None:
    """Any button: `kind:field:field`."""
    desk, query = desk_of(context), update.callback_query
    if query is None:
        return
    say = context.say()
    kind, *fields = (query.data or "").split(":")
    once = kind not in SENDING or await desk.stored(lambda: desk.limits.once(_press(update), context.who.person))
    if not once and not desk.begun_before(update.update_id):
        await _over_button(query)
        return
    if kind in OF_ANSWER and fields:
        kept = await desk.stored(partial(desk.readers.answers.get, fields[0]))
        if kept is None:
            await _over_button(query, say("expired"), show_alert=True)
            return
        await OF_ANSWER[kind](update, context, kept, *fields[1:])
    elif kind in OTHER:
        if kind in MINE and not _is_theirs(update, context):
            await _over_button(query, say("yours_only"))
            return
        await _over_button(query)
        await OTHER[kind](update, context, *fields)
    else:
        await _over_button(query, say("expired"), show_alert=True)


async def _over_button(query: CallbackQuery, text: str | None = None, *, show_alert: bool = False) -> None:
    """Answer a touch if Telegram still waits for it; the action is performed either way."""
    with contextlib.suppress(BadRequest):  # the touch is too old, or an earlier attempt answered it
        await query.answer(text, show_alert=show_alert)


def _press(update: Update) -> str:
    query = update.callback_query
    assert query is not None
    message = query.message.message_id if query.message else query.inline_message_id
    return f"press {message} {query.data}"


def _is_theirs(update: Update, context: Context) -> bool:
    """Whether a message of the bot, other than an answer, was sent to the person touching its button."""
    query = update.callback_query
    if not context.who.group or query is None or not isinstance(query.message, Message):
        return True
    asked = query.message.reply_to_message
    return asked is not None and asked.from_user is not None and asked.from_user.id == context.who.person


def _phrases(context: Context, kept: Kept) -> Phrases:
    """The interface below an answer: in the chosen language, else in that of the answer."""
    return phrases(context.who.language or kept.language)


def _owns(context: Context, kept: Kept) -> bool:
    return not context.who.group or desk_of(context).store.keyed_hash(context.who.person) == kept.person


def _cited(answer: Answer, number: str) -> Citation | None:
    return next((one for one in (*answer.citations, *answer.nearest) if str(one.number) == number), None)


async def _source(update: Update, context: Context, kept: Kept, number: str = "", page: str = "0") -> None:
    """Replace the answer with a source; on someone else's answer, the source is shown only to the person who asked, or
    its citation appears over the button.
    """
    desk, say, query = desk_of(context), _phrases(context, kept), update.callback_query
    assert query is not None
    citation = _cited(kept.answer, number)
    if citation is None:
        await _over_button(query, say("expired"), show_alert=True)
    else:
        document = await desk.live.document(citation.document_id)
        view = source_view(
            citation,
            document,
            desk.work.parties,
            kept.id,
            say,
            page=number_of(page),
            bot_name=context.bot.username,
            public_url=desk.work.settings.public_url,
        )
        if _owns(context, kept):
            await _over_button(query)
            await edit(update, context, *view)
        elif await show_alone(update, context, *view):
            await _over_button(query)
        else:
            await _over_button(query, shorten(citation_text(citation, say), MAX_ALERT_UNITS), show_alert=True)


async def _others(update: Update, context: Context, kept: Kept, number: str = "", page: str = "0") -> None:
    desk, say, query = desk_of(context), _phrases(context, kept), update.callback_query
    assert query is not None
    citation = _cited(kept.answer, number)
    if citation is None or not _owns(context, kept):
        await _over_button(query, say("yours_only" if citation else "expired"))
        return
    await _over_button(query)
    hits = await desk.live.within(kept.answer.asked_as, citation.document_id, MAX_OTHER_PASSAGES + 1)
    document = await desk.live.document(citation.document_id)
    parties = desk.work.parties
    apart = [
        browsing.opened(hit.passage, document, parties, say)
        for hit in hits
        if not hit.passage.start <= citation.start < hit.passage.end
    ]
    await edit(update, context, *others_view(citation, apart[:MAX_OTHER_PASSAGES], kept.id, number_of(page), say))


async def _page(update: Update, context: Context, kept: Kept, page: str = "0") -> None:
    """Replace the message with another page of the answer: “more”, or back from a source."""
    desk, say, query = desk_of(context), _phrases(context, kept), update.callback_query
    assert query is not None
    if not _owns(context, kept):
        await _over_button(query, say("yours_only"))
        return
    parties, wanted = desk.work.parties, number_of(page)
    endless = asking.can_go_on(desk, kept.answer)
    if endless and wanted >= len(pages(kept.answer, parties)):
        answer = await _with_more(update, context, kept)
        endless = answer is not None
        if answer is None:
            await _over_button(query, say("no_more"))
            return
        kept = replace(kept, answer=answer)
    else:
        await _over_button(query)
    wanted = min(wanted, len(pages(kept.answer, parties)) - 1)
    rows = answer_buttons(kept.answer, parties, kept.id, say, wanted, endless=endless)
    await edit(update, context, answer_blocks(kept.answer, parties, say, wanted), rows)


async def _with_more(update: Update, context: Context, kept: Kept) -> Answer | None:
    """The answer extended by the next claims of the same question, which are stored with it; None if there are none."""
    desk, answer = desk_of(context), kept.answer
    more = await desk.live.answer(answer.asked_as, (), kept.language, skip=len(answer.claims))
    shown = {claim.text for claim in answer.claims}
    fresh = [claim for claim in more.claims if claim.text not in shown]
    if not fresh:
        return None
    assert update.callback_query is not None
    await _over_button(update.callback_query)
    last = max((citation.number for citation in answer.citations), default=0)
    whole = replace(
        answer,
        claims=(
            *answer.claims,
            *(replace(claim, citations=tuple(number + last for number in claim.citations)) for claim in fresh),
        ),
        citations=(*answer.citations, *(replace(one, number=one.number + last) for one in more.citations)),
    )
    await desk.stored(partial(desk.readers.answers.extend, kept.id, whole))
    return whole


async def _up(update: Update, context: Context, kept: Kept) -> None:
    await _verdict(update, context, kept, "up", "thanks")


async def _down(update: Update, context: Context, kept: Kept) -> None:
    await _verdict(update, context, kept, "down", "noted")


async def _verdict(update: Update, context: Context, kept: Kept, verdict: str, thanks: str) -> None:
    desk, query, person = desk_of(context), update.callback_query, context.who.person
    say = _phrases(context, kept)
    assert query is not None
    if desk.store.keyed_hash(person) != kept.person:
        await _over_button(query, say("yours_only"))
        return
    await desk.stored(partial(desk.readers.feedback.judge, kept.id, verdict, kept.answer, person))
    await _over_button(query, say(thanks))


async def _next(update: Update, context: Context, kept: Kept, number: str = "0") -> None:
    """A follow-up question offered below an answer, asked by whoever touches it."""
    assert update.callback_query is not None
    await _over_button(update.callback_query)
    offered = kept.answer.suggestions
    if number_of(number) < len(offered):
        await asking.ask(update, context, offered[number_of(number)], language=kept.language)


async def _meant(update: Update, context: Context, kept: Kept, number: str = "0") -> None:
    """A reading of an ambiguous question, asked by whoever touches it."""
    assert update.callback_query is not None
    await _over_button(update.callback_query)
    offered = kept.answer.alternatives
    if number_of(number) < len(offered):
        await asking.ask(update, context, offered[number_of(number)].question, language=kept.language)


async def _example(update: Update, context: Context, number: str = "0") -> None:
    examples = context.say().several("examples")
    if number_of(number) < len(examples):
        await asking.ask(update, context, examples[number_of(number)])


OF_ANSWER: dict[str, Handler] = {"s": _source, "o": _others, "m": _page, "n": _next, "w": _meant, "u": _up, "d": _down}
OTHER: dict[str, Handler] = {
    "q": _example,
    "b": browsing.browse,
    "k": browsing.open_document,
    "x": browsing.close,
    "l": personal.language_chosen,
    "t": personal.tables_chosen,
    "f": personal.forget_confirmed,
    "g": digest.chosen,
    "a": admin.add_confirmed,
    "e": admin.detail_wanted,
}
MINE = ("b", "k", "x", "f", "g", "a", "e", "t")  # only for the person the message was sent to
