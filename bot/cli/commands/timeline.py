"""`torkham timeline`: the dated events of the library, narrowed by words, days, party and type; as text, JSON, CSV or a picture."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.commands.ask import AskOptions, check_days, scope_of
from bot.cli.parser import command
from bot.errors import QuestionError
from bot.rendering.phrases import LANGUAGES, texts
from sources.edtf import parse_date
from sources.events import EVENT_TYPES

if TYPE_CHECKING:
    from bot.answering.events.lists import Event
    from bot.cli.parser import Commands
    from bot.workspace import Workspace
    from sources.document import Statement

EMPTY = 3
MOST = 40  # events of a picture that are told in words
_ABOUT = "List the dated events of the library, each once with what each side says of it; without words, those that matter most."
_EXAMPLES = """
torkham timeline
torkham timeline Torkham --type closure
torkham timeline drone strikes --from 2025 --csv
torkham timeline --type agreement --party Pakistan --json
torkham timeline Peshawar --png peshawar.png
"""


def add_to(commands: Commands) -> None:
    """The command `timeline`."""
    made = command(commands, "timeline", _timeline, _ABOUT, examples=_EXAMPLES, intermixed=True)
    made.add_argument("words", nargs="*", help="what is named: places, persons, groups, other words")
    made.add_argument("--from", dest="since", metavar="DATE", help="only what happened from this date: 2021, 2021-08")
    made.add_argument("--to", dest="until", metavar="DATE", help="only what happened up to this date")
    made.add_argument("--party", action="append", metavar="P", help="only what this party says (repeatable)")
    made.add_argument(
        "--type", choices=EVENT_TYPES, metavar="T", help=f"only events of this type: {', '.join(EVENT_TYPES)}"
    )
    made.add_argument(
        "--language", choices=LANGUAGES, metavar="L", help="language of dates and headings: en, ur, ps, fa, ru"
    )
    shown = made.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="one JSON object")
    shown.add_argument("--csv", action="store_true", help="one line a statement")
    shown.add_argument("--png", metavar="FILE", type=Path, help="a picture into this file")


def _timeline(work: Workspace, given: argparse.Namespace) -> int:
    from bot.cli.display import show_answer
    from bot.rendering.events import events_answer, events_csv, events_json

    options = AskOptions(since=given.since, until=given.until, party=tuple(given.party or ()))
    check_days(options, names=("--from", "--to"))
    scope = scope_of(work, options)
    answerer = work.answerer()
    words = answerer.lists.spelt(" ".join(given.words))
    if words != " ".join(given.words):
        work.console.note(f"Read as: {words}")
    events = answerer.lists.timeline(words, given.type, scope)
    if given.json:
        work.console.json(events_json(events, work.parties))
    elif given.csv:
        work.console.raw(events_csv(events, work.parties))
    elif not events:
        _say_none(work, answerer.index.reach(), scope.since, _named(words, given.type), given.language or "en")
    elif given.png is not None:
        _draw(work, events, given.png, given.language or "en", _named(words, given.type))
    else:
        show_answer(events_answer(events, words, given.language or "en", scope), work.parties, work.console)
    return 0 if events else EMPTY


def _say_none(work: Workspace, reach: str | None, since: str | None, named: str, language: str) -> None:
    """Say that nothing is held, and how far the library reaches."""
    said = texts(language)
    late = bool(reach and since and since > reach)
    if not late:
        work.console.text(f"The library holds no dated event for “{named or 'this time'}”.")
    if reach:
        work.console.text(said.get("after_reach" if late else "reaches_to", date=said.date(reach)))


def _named(words: str, of_type: str | None) -> str:
    """What a timeline is narrowed to, as one reads it."""
    return ", ".join(filter(None, (words, of_type)))


def _draw(work: Workspace, events: list[Event], path: Path, language: str, named: str) -> None:
    from bot.telegram.views.charts import draw_timeline
    from bot.telegram.views.phrases import phrases
    from bot.telegram.views.timeline import timeline_of
    from sources.files import write_bytes

    say = phrases(language)
    dated = [event for event in events if event.rows[0].statement.date_from]
    if not dated:
        raise QuestionError("--png: none of these events has a day.")
    if not path.parent.is_dir():
        raise QuestionError(f"--png: there is no folder {path.parent}; make it first.")
    first, last = (say.date(event.day[:7]) for event in (events[0], events[-1]))
    counted = say("timeline_intro", count=say.number(len(dated)), first=first, last=last)
    told = weightiest(dated, MOST)
    rows, shown = ([(event.rows[0].document, _on_its_day(event)) for event in some] for some in (dated, told))
    picture = timeline_of(rows, shown, work.parties, say, f"{named}\n{counted}" if named else counted)
    write_bytes(path, draw_timeline(picture))
    work.console.text(f"Wrote {path}: {len(dated)} events, {len(told)} of them in words.")


def weightiest(events: list[Event], most: int) -> list[Event]:
    """At most so many of the events, in their order: first those that briefs mark, then those of which most sides tell."""
    ranked = sorted(events, key=lambda event: (event.milestone, len(event.rows), event.day), reverse=True)
    kept = {id(event) for event in ranked[:most]}
    return [event for event in events if id(event) in kept]


def _on_its_day(event: Event) -> Statement:
    """The statement that stands for an event, with the day of the event and not that on which it was said."""
    statement = event.rows[0].statement
    if event.date is None:
        return statement
    span = parse_date(event.date)
    return replace(statement, date_from=span.date_from, date_to=span.date_to, date_text=event.date)
