"""The content of a timeline: the most important events with day and text, ticks in the reader's language. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from datetime import date, timedelta

from bot.answering.gist import without_day
from bot.rendering.heads import MONTHS
from bot.telegram.views.charts import LETTER_PIXELS, MARGIN_PIXELS, WIDTH_PIXELS, Mark, Timeline
from bot.telegram.views.events import Event, text_of
from bot.telegram.views.phrases import Phrases
from sources.document import Statement
from sources.parties import Parties

LINES_PER_EVENT = 2  # with less room, many end before the verb
MAX_TICKS = 8
MAX_DAYS_WITH_DAY_TICKS = 62  # ticks of a longer period name months or years
_SAID_DAY = re.compile(
    r",? (?:on|in|of) (?:the (?:night|evening|morning) of )?(?:[A-Z][a-z]+day,? )?(?:\d{1,2}(?:[–-]\d{1,2})? )?"
    rf"((?:{'|'.join(MONTHS)}) (?:19|20)\d\d)(?=[ ,.;:])"
)
_LETTERS_PER_LINE = int((WIDTH_PIXELS - 2 * MARGIN_PIXELS - 64) / (LETTER_PIXELS * 0.56))


def timeline_of(events: Sequence[Event], told: Sequence[Event], parties: Parties, say: Phrases, title: str) -> Timeline:
    """The picture of all `events`, those in `told` are shown with text, and a note says if others are not."""
    days = tuple((_day(event), event[1].party or "") for event in events)
    marks = []
    for event in told:
        party = event[1].party or "agreed"
        name = say("undisputed") if party == "agreed" else parties[party].display(say.language)
        words = first_words(_without_that_month(without_day(text_of(event)), event[1]))
        marks.append(Mark(_day(event), say.date(event[1].date_text), party, name, words))
    fewer = say("timeline_told", told=say.number(len(told)), count=say.number(len(events)))
    note = fewer if len(told) < len(events) else ""
    return Timeline(title, tuple(marks), days, ticks([day for day, _ in days], say), say.right_to_left, note)


def first_words(text: str) -> tuple[str, ...]:
    """The first words of a sentence in at most two lines, without its leading day, with an ellipsis if truncated."""
    return tuple(textwrap.wrap(without_day(text), _LETTERS_PER_LINE, max_lines=LINES_PER_EVENT, placeholder=" …"))


def ticks(days: Sequence[date], say: Phrases) -> tuple[tuple[date, str], ...]:
    """At most eight labelled ticks: years for a long period, months for a short one, days within two months."""
    first, last = min(days), max(days)
    if (last - first).days <= MAX_DAYS_WITH_DAY_TICKS:
        apart = timedelta(days=max(1, -(-((last - first).days + 1) // (MAX_TICKS - 2))))
        named = [first + apart * number for number in range((last - first) // apart + 1)]
        return tuple((day, say.day_of_month(day.isoformat())) for day in named)
    if first.year < last.year and first.month > 9:  # its year would be too close to the next
        first = date(first.year + 1, 1, 1)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months > 2 * MAX_TICKS:
        step = max(1, -(-(last.year - first.year + 1) // MAX_TICKS))
        years = range(first.year, last.year + 1, step)
        return tuple((max(date(year, 1, 1), first), say.digits(year)) for year in years)
    step = max(1, -(-months // MAX_TICKS))
    found: list[tuple[date, str]] = []
    for number in range(0, months, step):
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        name = say.month(f"{year}-{month + 1:02}")
        shown = f"{name} {say.digits(year)}" if not found or month == 0 else name
        found.append((max(date(year, month + 1, 1), first), shown))
    return tuple(found)


def _day(event: Event) -> date:
    assert event[1].date_from is not None
    return date.fromisoformat(event[1].date_from)


def _without_that_month(text: str, statement: Statement) -> str:
    """A sentence without the dates of the event itself, which are shown above it."""
    days = [date.fromisoformat(day) for day in (statement.date_from, statement.date_to) if day]
    named = {f"{MONTHS[day.month - 1]} {day.year}" for day in days}
    return _SAID_DAY.sub(lambda found: "" if found[1] in named else found[0], text)
