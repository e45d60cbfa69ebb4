"""`torkham log` and `show`: earlier answers, and a source of the last one in context."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.commands.ask import log_of
from bot.cli.parser import command, number
from bot.errors import BotError
from bot.rendering.plain import answer_json
from bot.rendering.safe import clean

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.store.answer_log import Logged
    from bot.workspace import Workspace

_SHOW = "Show a source of the last answer in context, with every reference in full."
_EXAMPLES = """
torkham log
torkham log --search Durand
torkham log show 12
"""


def add_to(commands: Commands) -> None:
    """The commands `show` and `log`."""
    made = command(commands, "show", _show, _SHOW, examples="torkham show 2\ntorkham show 2 --answer 12")
    made.add_argument("number", metavar="N", type=number(1), help="number of the source")
    made.add_argument(
        "--answer", metavar="ID", type=number(1), help="of this answer in the log instead of the last one"
    )
    made = command(commands, "log", _list, "List earlier answers, newest first.", examples=_EXAMPLES)
    made.add_argument("--search", metavar="WORDS", default="", help="only answers that contain these words")
    made.add_argument("-n", type=number(1), default=20, metavar="N", help="number of answers (default 20)")
    made.add_argument("--json", action="store_true", help="a JSON list")
    parts = made.add_subparsers(metavar="COMMAND", title="commands")
    one = command(parts, "show", _again, "Show an answer from the log again.")
    one.add_argument("id", metavar="ID", type=number(1), help="number of the answer, as `torkham log` lists it")
    one.add_argument("--json", action="store_true", help="one JSON object")
    command(parts, "clear", _clear, "Delete every answer in the log.")


def _show(work: Workspace, given: argparse.Namespace) -> None:
    from bot.cli.display import show_source

    logged = _logged(work, given.answer)
    cited = logged.answer.citations or logged.answer.nearest
    citation = next((each for each in cited if each.number == given.number), None)
    if citation is None:
        there = ", ".join(str(each.number) for each in cited) or "none"
        raise BotError(f"This answer has no source {given.number}: it has {there}.")
    document = work.open_index().document(citation.document_id)
    same = document is not None and document.digest == citation.digest
    text = document.text if same and document else work.library.versions.text(citation.document_id, citation.digest)
    show_source(citation, text, work.console, logged.answer.language, public_url=work.settings.public_url)


def _logged(work: Workspace, identifier: int | None) -> Logged:
    log = log_of(work)
    logged = log.last() if identifier is None else log.get(identifier)
    if logged is None and identifier is not None:
        raise BotError(f"There is no answer {identifier} in the log: `torkham log` lists them.")
    if logged is None:
        raise BotError("There is no answer yet: ask a question first.")
    return logged


def _list(work: Workspace, given: argparse.Namespace) -> None:
    found = log_of(work).search(given.search, given.n)
    if given.json:
        work.console.json([
            {"id": one.id, "conversation": one.conversation, "at": one.at, "question": one.question,
             "abstained": one.answer.abstained, "claims": len(one.answer.claims)}
            for one in found
        ])  # fmt: skip
        return
    with work.console.paged():
        for one in found:
            mark = "  (no answer)" if one.answer.abstained else ""
            work.console.text(f"{one.id:4}  {one.at[:16].replace('T', ' ')}  {clean(one.question)}{mark}")
    if not found:
        work.console.note("Nothing found." if given.search else "Nothing has been asked yet.")


def _again(work: Workspace, given: argparse.Namespace) -> None:
    logged = _logged(work, given.id)
    if given.json:
        work.console.json({"id": logged.id, "at": logged.at, **answer_json(logged.answer, work.parties)})
        return
    from bot.cli.display import show_answer

    with work.console.paged():
        work.console.text(clean(logged.question), style="bold")
        work.console.text()
        show_answer(logged.answer, work.parties, work.console)


def _clear(work: Workspace, given: argparse.Namespace) -> None:
    log_of(work).clear()
    work.console.text("The log is empty.")
