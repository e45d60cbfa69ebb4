"""`torkham eval …`: measure retrieval and answers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.parser import command, group, number

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

LINES = {"all": slice(None), "odd": slice(0, None, 2), "even": slice(1, None, 2)}  # which lines of a file are used
_RETRIEVAL = "Measure retrieval: nDCG, MRR and recall of the hybrid and of either list alone."
_ANSWERS = "Measure answers: evidence shown, both sides, refusals, exact quotes; every failure is listed."
_CASES = "Print unanswered and disliked questions from Telegram as JSON lines, to make evaluation cases from."


def add_to(commands: Commands) -> None:
    """The group `eval`."""
    parts = group(commands, "eval", "Measure retrieval and answers.")
    made = command(parts, "retrieval", _retrieval, _RETRIEVAL)
    made.add_argument("folder", metavar="DIR", type=Path, help="corpus.jsonl, queries.jsonl and qrels.tsv")
    made.add_argument("--json", action="store_true", help="one JSON object")
    made.add_argument("--sample", type=number(1), metavar="N", help="only N questions, chosen at random")
    made.add_argument("--qrels", type=Path, metavar="FILE", help="another qrels file, for one language pair")
    made.add_argument("--corpus-language", metavar="L", help="only passages of this language")
    made = command(parts, "answers", _answers, _ANSWERS)
    made.add_argument("file", metavar="FILE", type=Path, help="questions, one JSON object a line")
    made.add_argument("--json", action="store_true", help="one JSON object")
    made.add_argument("--report", type=Path, metavar="FILE", help="also write an HTML page")
    made.add_argument("--compare", type=Path, metavar="FILE", help="--json of an earlier run, for a paired comparison")
    made.add_argument("--lines", choices=tuple(LINES), default="all", help="only the odd or the even lines of the file")
    command(parts, "cases", _cases, _CASES)


def _retrieval(work: Workspace, given: argparse.Namespace) -> None:
    from bot.cli.display import show_retrieval
    from evals.retrieval.beir import evaluate_retrieval

    with work.console.progress() as progress:
        figures = evaluate_retrieval(
            given.folder,
            work.encoder(),
            home=work.settings.home / "evals",
            database=work.database if work.settings.database_url else None,
            sample=given.sample,
            qrels=given.qrels,
            corpus_language=given.corpus_language,
            progress=progress,
        )
    if given.json:
        work.console.json(figures)
    else:
        show_retrieval(figures, work.console)


def _answers(work: Workspace, given: argparse.Namespace) -> None:
    from bot.answering.answerer import Answerer
    from evals.answers.paired_runs import compare as compare_runs
    from evals.answers.paired_runs import pairs_json, read_run
    from evals.answers.report_html import page
    from evals.answers.report_text import lines as text_lines
    from evals.answers.run import read_cases, run_case
    from evals.answers.summary import as_json as summary_json
    from evals.answers.summary import case_json, summarise
    from sources.files import write_bytes

    cases = read_cases(given.file)[LINES[given.lines]]
    earlier = read_run(given.compare) if given.compare else []
    index = work.open_index()
    answerer = Answerer(index)
    library = " ".join(document.text for document in index.documents())
    results = []
    with work.console.progress() as progress:
        for done, case in enumerate(cases, 1):
            results.append(run_case(index, answerer, work.parties, case, library))
            progress("asking", done, len(cases))
    summary = summarise(results)
    pairs = compare_runs(earlier, [case_json(result) for result in results]) if given.compare else []
    if given.report:
        which = "" if given.lines == "all" else f", {given.lines} lines"
        about = f"{len(cases)} questions of {given.file.name}{which}; generation {index.manifest.generation}"
        write_bytes(given.report, page(summary, title="How good the answers are", about=about, pairs=pairs).encode())
        work.console.note(f"Wrote {given.report}.")
    if given.json:
        work.console.json({**summary_json(summary), "comparison": pairs_json(pairs)})
    else:
        for line in text_lines(summary, pairs):
            work.console.text(line)


def _cases(work: Workspace, given: argparse.Namespace) -> None:
    from bot.store.open import open_store
    from bot.telegram.readers.feedback import Feedback

    store = open_store(work.settings)
    try:
        for case in Feedback(store).cases():
            work.console.text(json.dumps(case, ensure_ascii=False))
    finally:
        store.close()
