"""Asking one question on the command line: the answer shown, kept for `torkham show`, and an exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli_answering import answer_of, answered
from bot.errors import BotError, QuestionError
from bot.questions import AskOptions, SearchOptions
from bot.workspace import Workspace

if TYPE_CHECKING:
    from index.passages import Scope

ABSTAINED = 3


def ask(work: Workspace, given: AskOptions) -> int:
    """Answer a question; 0, or 3 when the library does not hold it."""
    from bot.question import read_question

    scope = _checked(work, given)
    if given.question is None:
        raise QuestionError("Name a question, for example: torkham ask “What is the Durand Line?”.")
    question = from_stdin() if given.question == "-" else given.question
    read_question(question)
    trace, composed = answered(work, question, scope=scope, history=given.history, k=given.k, language=given.language)
    if given.json:
        from bot.rendering import answer_json

        work.console.json(answer_json(trace.answer, work.parties))
    else:
        _show(work, trace, given)
        if composed is not None and given.explain:
            from bot.cli_compose import explain as explain_composing

            explain_composing(work, composed)
    keep(work, trace.answer)
    return ABSTAINED if trace.answer.abstained else 0


def _checked(work: Workspace, given: AskOptions) -> Scope:
    """The days and parties of the options; QuestionError, MetadataError for what cannot be used."""
    from bot.texts import LANGUAGES
    from index.passages import Scope
    from sources.dates import parse_date

    if given.language is not None and given.language not in LANGUAGES:
        raise QuestionError(f"There are no phrases in {given.language!r}: choose one of {', '.join(LANGUAGES)}.")
    if given.citations not in {None, "bibtex", "csl"}:
        raise QuestionError(f"Citations cannot be written as {given.citations!r}: choose bibtex or csl.")
    return Scope(
        since=parse_date(given.since).date_from if given.since else None,
        until=parse_date(given.until).date_to if given.until else None,
        parties=tuple(work.parties.find(name).id for name in given.party),
    )


def _show(work: Workspace, trace: Any, given: AskOptions) -> None:
    from bot.citation_formats import bibtex, csl, markdown
    from bot.show import show_answer, show_trace

    if given.markdown:
        work.console.raw(markdown(trace.answer, work.parties))
    elif given.citations == "bibtex":
        work.console.raw(bibtex(trace.answer))
    elif given.citations == "csl":
        work.console.json(csl(trace.answer))
    else:
        show_answer(trace.answer, work.parties, work.console)
    if given.explain:
        show_trace(trace, work.console)


def ask_each(work: Workspace, path: Path, given: AskOptions) -> None:
    """One answer object a line, in order; a broken line gives {id, error} and the run goes on."""
    from bot.rendering import answer_json

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BotError(f"{path} cannot be read as questions, one JSON object a line: {error}.") from error
    scope, ask_it = _checked(work, given), answer_of(work)
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
            answer = ask_it(raw["question"], scope=scope, history=asked, k=given.k, language=given.language)
            result = {"id": identifier, **answer_json(answer, work.parties)}
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            result = {"id": identifier, "error": f"line {number} is no question object: {error!r}"}
        except QuestionError as error:
            result = {"id": identifier, "error": str(error)}
        work.console.raw(json.dumps(result, ensure_ascii=False) + "\n")


def search(work: Workspace, given: SearchOptions) -> int:
    """Show the passages nearest to a query, with their scores; 0."""
    from bot.question import read_question
    from bot.rendering import hit_json
    from bot.show import show_hits

    query = read_question(from_stdin() if given.query == "-" else given.query or "")
    hits = work.open_index().search(query, given.k)
    if given.json:
        work.console.json([hit_json(hit, rank) for rank, hit in enumerate(hits, 1)])
    else:
        show_hits(hits, work.console)
    return 0


def last(work: Workspace) -> Path:
    """The file of the last answer."""
    return work.settings.home / "last_answer.json"


def keep(work: Workspace, answer: Any) -> None:
    """Remember the answer for `torkham show`; a home that cannot be written forgets it."""
    import os

    from bot.rendering import answer_json

    path = last(work)
    try:
        descriptor = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(answer_json(answer, work.parties), file, ensure_ascii=False)
        path.with_suffix(".new").replace(path)
    except OSError as error:
        work.console.detail(f"The answer is not kept for `torkham show`: {error}")


def from_stdin() -> str:
    """The question on standard input."""
    from bot.question import LONGEST

    data = sys.stdin.buffer.read(20 * LONGEST)
    return data.decode("utf-8", errors="replace")
