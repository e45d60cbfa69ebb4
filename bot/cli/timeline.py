"""`torkham timeline`: the dated events of the library, narrowed by words, days, party and type; as text, JSON, CSV or a picture."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.parser import command
from bot.errors import QuestionError

if TYPE_CHECKING:
    from bot.answering.lists import Event
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

EMPTY = 3
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
    from bot.nlp.event_types import TYPES
    from bot.rendering.phrases import LANGUAGES

    made = command(commands, "timeline", _timeline, _ABOUT, examples=_EXAMPLES, intermixed=True)
    made.add_argument("words", nargs="*", help="what is named: places, persons, groups, other words")
    made.add_argument("--from", dest="since", metavar="DATE", help="only what happened from this date: 2021, 2021-08")
    made.add_argument("--to", dest="until", metavar="DATE", help="only what happened up to this date")
    made.add_argument("--party", action="append", metavar="P", help="only what this party says (repeatable)")
    made.add_argument("--type", choices=TYPES, metavar="T", help=f"only events of this type: {', '.join(TYPES)}")
    made.add_argument(
        "--language", choices=LANGUAGES, metavar="L", help="language of dates and headings: en, ur, ps, fa, ru"
    )
    shown = made.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="one JSON object")
    shown.add_argument("--csv", action="store_true", help="one line a statement")
    shown.add_argument("--png", metavar="FILE", type=Path, help="a picture into this file")


def _timeline(work: Workspace, given: argparse.Namespace) -> int:
    from bot.cli.ask import AskOptions, check_days, scope_of
    from bot.cli.display import show_answer
    from bot.rendering.events import events_answer, events_csv, events_json

    options = AskOptions(since=given.since, until=given.until, party=tuple(given.party or ()))
    check_days(options, names=("--from", "--to"))
    scope = scope_of(work, options)
    events = work.answerer().lists.timeline(" ".join(given.words), given.type, scope)
    if given.json:
        work.console.json(events_json(events, work.parties))
    elif given.csv:
        work.console.raw(events_csv(events, work.parties))
    elif not events:
        work.console.text("The library holds no dated event of this kind.")
    elif given.png is not None:
        _draw(work, events, given.png, given.language or "en")
    else:
        show_answer(
            events_answer(events, " ".join(given.words), given.language or "en", scope), work.parties, work.console
        )
    return 0 if events else EMPTY


def _draw(work: Workspace, events: list[Event], path: Path, language: str) -> None:
    from bot.telegram.views.charts import draw_timeline
    from bot.telegram.views.events import milestones
    from bot.telegram.views.phrases import phrases
    from bot.telegram.views.timeline import timeline_of
    from sources.files import write_bytes

    say = phrases(language)
    rows = [(row.document, row.statement) for event in events for row in event.rows[:1]]
    dated = [each for each in rows if each[1].date_from]
    if not dated:
        raise QuestionError("--png: none of these events has a day.")
    if not path.parent.is_dir():
        raise QuestionError(f"--png: there is no folder {path.parent}; make it first.")
    first, last = (say.date(day[:7]) for day in (events[0].day, events[-1].day))
    title = say("timeline_intro", count=say.number(len(events)), first=first, last=last)
    told = milestones(dated)
    picture = timeline_of(dated, told, work.parties, say, title)
    write_bytes(path, draw_timeline(picture))
    work.console.text(f"Wrote {path}: {len(events)} events, {len(told)} of them in words.")
