"""`torkham ask` and `search`: answer one question, show it, log it, set the exit status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.answer import DEFAULT_CLAIMS
from bot.cli.parser import command, number
from bot.errors import BotError, QuestionError, StoreError
from bot.rendering.phrases import LANGUAGES
from bot.rendering.plain import answer_json, hit_json

if TYPE_CHECKING:
    from bot.answering.answerer import Answer, Trace
    from bot.cli.parser import Commands
    from bot.composing.answerer import Composed
    from bot.store.answer_log import AnswerLog
    from bot.workspace import Workspace
    from index.types import Scope

ABSTAINED = 3
ASK_MOST, SEARCH_MOST = 20, 100  # upper bound of --k
TURNS = 6  # questions of a conversation available to a follow-up
YEAR_DIGITS = 3  # digits from which a number is a year, not a choice
_EXAMPLES = """
torkham ask what is the Durand Line
torkham ask "Why did the Istanbul talks fail?" --since 2025-10
torkham ask what do the Taliban say about the TTP --party Taliban
torkham ask -c and what does Pakistan say
torkham ask who led the TTP in 2018 --json
"""


@dataclass(frozen=True, slots=True)
class AskOptions:
    """A question and its options; each field is the option with that name."""

    question: str | None = None
    json: bool = False
    k: int = DEFAULT_CLAIMS
    since: str | None = None
    until: str | None = None
    party: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    go_on: bool = False
    language: str | None = None
    batch: str | None = None
    markdown: bool = False
    citations: str | None = None
    explain: bool = False


def add_to(commands: Commands) -> None:
    """The commands `ask` and `search`."""
    about = "Answer a question from the library, every sentence cited; exit status 3 when the library has no answer."
    made = command(commands, "ask", _ask, about, examples=_EXAMPLES, intermixed=True)
    made.add_argument(
        "question", nargs="*", help="what you want to know; without it, or with -, standard input is read"
    )
    made.add_argument(
        "-c", "--continue", dest="go_on", action="store_true", help="a follow-up to the last conversation"
    )
    made.add_argument("--since", metavar="DATE", help="only what happened from this date: 2021, 2021-08, 2021-08-15")
    made.add_argument("--until", metavar="DATE", help="only what happened up to this date")
    made.add_argument("--party", action="append", metavar="P", help="only what this party says (repeatable)")
    made.add_argument("--document", action="append", metavar="ID", help="only from this document (repeatable)")
    made.add_argument(
        "--source",
        action="append",
        metavar="NAME",
        help="only from documents with this publisher, author, title or address",
    )
    made.add_argument(
        "--k",
        type=number(1, ASK_MOST),
        default=DEFAULT_CLAIMS,
        metavar="N",
        help=f"maximum number of claims (default {DEFAULT_CLAIMS})",
    )
    made.add_argument(
        "--language", choices=LANGUAGES, metavar="L", help="language of the fixed phrases: en, ur, ps, fa, ru"
    )
    made.add_argument("--json", action="store_true", help="one JSON object")
    made.add_argument("--markdown", action="store_true", help="Markdown with footnotes")
    made.add_argument("--citations", choices=("bibtex", "csl"), help="only the publications cited")
    made.add_argument("--explain", action="store_true", help="show every step of the answer")
    made.add_argument(
        "--history", action="append", metavar="TEXT", help="an earlier question (repeatable, oldest first)"
    )
    made.add_argument("--batch", metavar="FILE", help="questions, one JSON object {id, question, history} a line")
    about = "Show the passages nearest to a query, with their scores."
    found = command(commands, "search", _search, about, examples="torkham search border fence --k 5", intermixed=True)
    found.add_argument("query", nargs="+", help="words to look for; - reads standard input")
    found.add_argument(
        "--k", type=number(1, SEARCH_MOST), default=10, metavar="N", help="number of passages (default 10)"
    )
    found.add_argument("--json", action="store_true", help="a JSON list")


def _ask(work: Workspace, given: argparse.Namespace) -> int:
    values = {each.name: getattr(given, each.name) for each in fields(AskOptions) if each.name != "question"}
    repeated = {name: tuple(values[name] or ()) for name in ("party", "document", "source", "history")}
    options = AskOptions(" ".join(given.question) or None, **{**values, **repeated})
    work.warm()
    return ask_each(work, options) if options.batch is not None else ask(work, options)


def ask(work: Workspace, given: AskOptions) -> int:
    """Answer a question; 0, or 3 when the library has no answer."""
    check_days(given)
    if given.question is None and sys.stdin.isatty():
        raise QuestionError("Ask something, for example: torkham ask what is the Durand Line")
    question = from_stdin() if given.question in {None, "-"} else given.question or ""
    _checked(question)
    log, conversation, history = log_of(work), None, given.history
    if given.go_on and (last := log.last()):
        conversation, question = last.conversation, chosen(last.answer, question)
        if last.answer.alternatives and _is_choice(question):
            raise QuestionError(f"Choose a number from 1 to {len(last.answer.alternatives)}, or ask in words.")
        history = (*log.questions(conversation, TURNS), *history)
    elif given.go_on:
        work.console.note("There is no conversation to continue yet: this question begins one.")
    asked = {"scope": scope_of(work, given), "history": history, "k": given.k, "language": given.language}
    trace, composed = answered(work, question, **asked)
    _show(work, trace, composed, given)
    keep(work, trace.answer, conversation)
    return ABSTAINED if trace.answer.abstained else 0


def chosen(answer: Answer | None, line: str) -> str:
    """The question that a number stands for, if an answer offered readings; else the line itself."""
    offered = answer.alternatives if answer is not None else ()
    number = int(line) if _is_choice(line) else 0
    return offered[number - 1].question if 0 < number <= len(offered) else line


def _is_choice(line: str) -> bool:
    return line.isdecimal() and len(line) < YEAR_DIGITS


def check_days(given: AskOptions, names: tuple[str, str] = ("--since", "--until")) -> None:
    """QuestionError if the first day is after the last, MetadataError if one is no date; `names` are those of the
    options.
    """
    from bot.question.scope import days

    days(given.since, given.until, names=names)


def scope_of(work: Workspace, given: AskOptions) -> Scope:
    """The days, parties and documents of the options; QuestionError for invalid ones."""
    from bot.question.scope import Wanted, scope_of

    wanted = Wanted(given.since, given.until, given.party, given.document, given.source)
    return scope_of(wanted, work.parties, work.library.rows, sign="--")


def answered(work: Workspace, question: str, **asked: Any) -> tuple[Trace, Composed | None]:
    """The trace of an answer, and how it was composed, if it was."""
    if not work.settings.composes:
        return work.answerer().trace(question, **asked), None
    composed = _composer(work)(question, **asked)
    return composed.trace, composed


def answer_of(work: Workspace) -> Callable[..., Answer]:
    """A function that answers one question at a time."""
    if not work.settings.composes:
        return work.answerer().answer
    compose = _composer(work)
    return lambda raw, **asked: compose(raw, **asked).trace.answer


def _composer(work: Workspace) -> Callable[..., Composed]:
    """A function that composes the answer to one question at a time."""
    from bot.cli.live_answer import answerer_of, compose_for

    return partial(compose_for, work, answerer=work.answerer(), composing=answerer_of(work))


def _show(work: Workspace, trace: Trace, composed: Composed | None, given: AskOptions) -> None:
    from bot.cli.display import show_answer, show_trace

    if given.json:
        work.console.json(answer_json(trace.answer, work.parties))
        return
    if given.markdown or given.citations:
        from bot.rendering.citations import bibtex, csl, markdown

        if given.markdown:
            work.console.raw(markdown(trace.answer, work.parties))
        elif given.citations == "bibtex":
            work.console.raw(bibtex(trace.answer))
        else:
            work.console.json(csl(trace.answer))
    else:
        show_answer(trace.answer, work.parties, work.console, numbered=True)
        if trace.answer.alternatives:
            work.console.note("Answer with its number: torkham ask -c 1")
    if given.explain:
        show_trace(trace, work.console)
        if composed is not None:
            from bot.cli.live_answer import explain as explain_composing

            explain_composing(work, composed)


QUESTION_LINE = 'each line must be a JSON object such as {"id": 1, "question": "What is Torkham?", "history": []}.'


def ask_each(work: Workspace, given: AskOptions) -> int:
    """One answer object per line, in order; an invalid line gives {id, error} and the run continues."""
    check_days(given)
    path = Path(given.batch or "")
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BotError(f"{path} cannot be read: {error.strerror or error}.") from error
    scope, answer = scope_of(work, given), answer_of(work)
    for at, line in enumerate(lines, 1):
        if line.strip():
            result = _one_of_many(work, at, line, lambda raw, asked: answer(
                raw, scope=scope, history=asked, k=given.k, language=given.language
            ))  # fmt: skip
            work.console.raw(json.dumps(result, ensure_ascii=False) + "\n")
    return 0


def _one_of_many(work: Workspace, at: int, line: bytes, answer: Callable[[str, list[str]], Answer]) -> dict[str, Any]:
    identifier: Any = at
    try:
        raw = json.loads(line)
        identifier = raw.get("id", at)
        asked = raw.get("history") or []
        if not isinstance(raw["question"], str) or not all(isinstance(turn, str) for turn in asked):
            raise QuestionError("question must be a text and history a list of texts.")
        return {"id": identifier, **answer_json(answer(raw["question"], asked), work.parties)}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {"id": identifier, "error": f"Line {at} is not a question: {QUESTION_LINE}"}
    except QuestionError as error:
        return {"id": identifier, "error": str(error)}


def _search(work: Workspace, given: argparse.Namespace) -> None:
    """Show the passages nearest to a query, with their scores."""
    work.warm()
    words = " ".join(given.query)
    query = _checked(from_stdin() if words == "-" else words)
    hits = work.open_index().search(query, given.k)
    if given.json:
        work.console.json([hit_json(hit, rank) for rank, hit in enumerate(hits, 1)])
    else:
        from bot.cli.display import show_hits

        show_hits(hits, work.console)


def log_of(work: Workspace) -> AnswerLog:
    """The answer log of the home."""
    from bot.store.answer_log import AnswerLog

    return AnswerLog(work.settings.home, work.settings.log_answers)


def keep(work: Workspace, answer: Answer, conversation: int | None = None) -> int | None:
    """Log an answer; returns the id of its conversation, None if the home is not writable."""
    try:
        return log_of(work).add(answer, conversation)
    except StoreError as error:
        work.console.detail(f"The answer was not logged: {error}")
        return None


def _checked(question: str) -> str:
    """The question as one clean line; QuestionError if it is none."""
    from bot.question.input import read_question

    return read_question(question)


def from_stdin() -> str:
    """Read the question from standard input."""
    from bot.question.input import MAX_QUESTION_CHARS

    data = sys.stdin.buffer.read(20 * MAX_QUESTION_CHARS)
    return data.decode("utf-8", errors="replace")
