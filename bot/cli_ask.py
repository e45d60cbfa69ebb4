"""`torkham ask`, `search`, `chat` and `show`: questions and their answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_answering import answer_of, answered
from bot.errors import BotError, QuestionError
from bot.workspace import Workspace

ABSTAINED = 3
AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]
Since = Annotated[str | None, typer.Option(help="Only what happened from this date: 2021, 2021-08, 2021-08-15.")]
Until = Annotated[str | None, typer.Option(help="Only what happened up to this date.")]


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="What you want to know; - reads standard input.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    k: Annotated[int, typer.Option("--k", min=1, max=20, help="At most so many claims.")] = 6,
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
    from bot.question import read_question

    work: Workspace = context.obj
    _check(language, citations)
    scope = _scope(work, since, until, party)
    if batch is not None:
        _answer_batch(work, batch, scope, k, language)
        return
    if question is None:
        raise QuestionError("Name a question, for example: torkham ask “What is the Durand Line?”.")
    question = _from_stdin() if question == "-" else question
    read_question(question)
    if work.generations.current() is not None:
        work.warm()
    trace, composed = answered(work, question, scope=scope, history=history or (), k=k, language=language)
    if as_json:
        from bot.rendering import answer_json

        work.console.json(answer_json(trace.answer, work.parties))
    else:
        _show(work, trace, as_markdown, citations, explain)
        if composed is not None and explain:
            from bot.cli_compose import explain as explain_composing

            explain_composing(work, composed)
    _keep(work, trace.answer)
    if trace.answer.abstained:
        raise typer.Exit(ABSTAINED)


def _check(language: str | None, citations: str | None) -> None:
    from bot.texts import LANGUAGES

    if language is not None and language not in LANGUAGES:
        raise QuestionError(f"There are no phrases in {language!r}: choose one of {', '.join(LANGUAGES)}.")
    if citations not in {None, "bibtex", "csl"}:
        raise QuestionError(f"Citations cannot be written as {citations!r}: choose bibtex or csl.")


def _show(work: Workspace, trace: Any, as_markdown: bool, citations: str | None, explain: bool) -> None:
    from bot.citation_formats import bibtex, csl, markdown
    from bot.show import show_answer, show_trace

    if as_markdown:
        work.console.raw(markdown(trace.answer, work.parties))
    elif citations == "bibtex":
        work.console.raw(bibtex(trace.answer))
    elif citations == "csl":
        work.console.json(csl(trace.answer))
    else:
        show_answer(trace.answer, work.parties, work.console)
    if explain:
        show_trace(trace, work.console)


def _answer_batch(work: Workspace, path: Path, scope: Any, k: int, language: str | None) -> None:
    """One answer object a line, in order; a broken line gives {id, error} and the run goes on."""
    from bot.rendering import answer_json

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BotError(f"{path} cannot be read as questions, one JSON object a line: {error}.") from error
    ask_it = answer_of(work)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        identifier: Any = number
        try:
            raw = json.loads(line)
            identifier = raw.get("id", number)
            asked = raw.get("history") or []
            if not isinstance(raw["question"], str) or not all(isinstance(turn, str) for turn in asked):
                raise QuestionError("question must be a text and history a list of texts.")
            answer = ask_it(raw["question"], scope=scope, history=asked, k=k, language=language)
            result = {"id": identifier, **answer_json(answer, work.parties)}
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            result = {"id": identifier, "error": f"line {number} is no question object: {error!r}"}
        except QuestionError as error:
            result = {"id": identifier, "error": str(error)}
        work.console.raw(json.dumps(result, ensure_ascii=False) + "\n")


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Words to look for; - reads standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="So many passages.")] = 10,
) -> None:
    """Show the passages nearest to a query, with their scores."""
    from bot.question import read_question
    from bot.rendering import hit_json
    from bot.show import show_hits

    work: Workspace = context.obj
    query = read_question(_from_stdin() if query == "-" else query)
    if work.generations.current() is not None:
        work.warm()
    hits = work.open_index().search(query, k)
    if as_json:
        work.console.json([hit_json(hit, rank) for rank, hit in enumerate(hits, 1)])
    else:
        show_hits(hits, work.console)


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
            _keep(work, answer)


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
        kept = json.loads(_last(work).read_text(encoding="utf-8"))
        citation = next(item for item in kept["citations"] or kept["nearest"] if item["number"] == number)
    except (OSError, ValueError, KeyError, TypeError):
        raise BotError("There is no last answer: ask a question first.") from None
    except StopIteration:
        raise BotError(f"The last answer has no source {number}.") from None
    document = work.open_index().document(citation["document_id"])
    same = document is not None and document.digest == citation["digest"]
    show_source(citation, document.text if same and document else None, work.console)


def _last(work: Workspace) -> Path:
    return work.settings.home / "last_answer.json"


def _keep(work: Workspace, answer: Any) -> None:
    """Remember the answer for `torkham show`; a home that cannot be written forgets it."""
    import os

    from bot.rendering import answer_json

    path = _last(work)
    try:
        descriptor = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(answer_json(answer, work.parties), file, ensure_ascii=False)
        path.with_suffix(".new").replace(path)
    except OSError as error:
        work.console.detail(f"The answer is not kept for `torkham show`: {error}")


def _from_stdin() -> str:
    from bot.question import LONGEST

    data = sys.stdin.buffer.read(20 * LONGEST)
    return data.decode("utf-8", errors="replace")


def _scope(work: Workspace, since: str | None, until: str | None, names: list[str] | None) -> Any:
    from index.passages import Scope
    from sources.dates import parse_date

    return Scope(
        since=parse_date(since).date_from if since else None,
        until=parse_date(until).date_to if until else None,
        parties=tuple(work.parties.find(name).id for name in names or ()),
    )
