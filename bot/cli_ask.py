"""`torkham ask`, `search`, `chat` and `show`: questions and their answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import asking
from bot.asking import keep, last
from bot.cli_answering import answer_of
from bot.errors import BotError, QuestionError
from bot.questions import ASK_MOST, SEARCH_MOST, AskOptions, SearchOptions
from bot.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]
Since = Annotated[str | None, typer.Option(help="Only what happened from this date: 2021, 2021-08, 2021-08-15.")]
Until = Annotated[str | None, typer.Option(help="Only what happened up to this date.")]


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="What you want to know; - reads standard input.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    k: Annotated[int, typer.Option("--k", min=1, max=ASK_MOST, help="At most so many claims.")] = 6,
    since: Since = None,
    until: Until = None,
    party: Annotated[list[str] | None, typer.Option(help="Only what this party says (repeatable).")] = None,
    history: Annotated[
        list[str] | None, typer.Option(help="A question asked before (repeatable, oldest first).")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language of the fixed phrases: en, ur, ps, fa, ru.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help="Questions, one JSON object {id, question, history} a line.")
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown with footnotes.")] = False,
    citations: Annotated[str | None, typer.Option(help="Only the publications cited: bibtex or csl.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show how the answer came about.")] = False,
) -> None:
    """Answer a question from the library, every sentence cited; exit status 3 when the library does not hold it."""
    given = AskOptions(
        question,
        as_json,
        k,
        since,
        until,
        tuple(party or ()),
        tuple(history or ()),
        language,
        as_markdown,
        citations,
        explain,
    )
    if batch is not None:
        asking.ask_each(context.obj, batch, given)
    else:
        raise typer.Exit(asking.ask(context.obj, given))


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Words to look for; - reads standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
    k: Annotated[int, typer.Option("--k", min=1, max=SEARCH_MOST, help="So many passages.")] = 10,
) -> None:
    """Show the passages nearest to a query, with their scores."""
    raise typer.Exit(asking.search(context.obj, SearchOptions(query, as_json, k)))


def chat(context: typer.Context) -> None:
    """Ask question after question; /new starts afresh, /sources shows the last sources again, /json the last answer."""
    from bot.rendering import answer_json
    from bot.show import show_answer, show_sources

    work: Workspace = context.obj
    ask_it = answer_of(work)
    history: list[str] = []
    answer = None
    work.console.note("Ask on; /new starts afresh, /sources, /json, Ctrl-D ends.")
    while (line := _prompt()) is not None:
        if line == "/new":
            history, answer = [], None
            work.console.note("A new conversation.")
        elif line in {"/sources", "/json"} and answer is not None:
            if line == "/json":
                work.console.json(answer_json(answer, work.parties))
            else:
                show_sources(answer, work.console)
        elif line.startswith("/"):
            work.console.note("There is /new, /sources and /json; anything else is a question.")
        elif line:
            try:
                answer = ask_it(line, history=history)
            except QuestionError as error:
                work.console.error(str(error))
                continue
            history = [*history, line][-6:]
            show_answer(answer, work.parties, work.console)
            keep(work, answer)


def _prompt() -> str | None:
    if sys.stdin.isatty():
        sys.stderr.write("\n> ")
        sys.stderr.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None


def show(
    context: typer.Context, number: Annotated[int, typer.Argument(metavar="N", help="Number of a source.", min=1)]
) -> None:
    """Source N of the last answer in its place, with what stands before and after it."""
    from bot.show import show_source

    work: Workspace = context.obj
    try:
        kept = json.loads(last(work).read_text(encoding="utf-8"))
        citation = next(item for item in kept["citations"] or kept["nearest"] if item["number"] == number)
    except (OSError, ValueError, KeyError, TypeError):
        raise BotError("There is no last answer: ask a question first.") from None
    except StopIteration:
        raise BotError(f"The last answer has no source {number}.") from None
    document = work.open_index().document(citation["document_id"])
    same = document is not None and document.digest == citation["digest"]
    show_source(citation, document.text if same and document else None, work.console)
