"""`torkham eval …`: measure how well passages are found and how good the answers are."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.workspace import Workspace

app = typer.Typer(help="Measure retrieval and answers.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


class Lines(StrEnum):
    """Which lines of a file of questions are asked."""

    all = "all"
    odd = "odd"
    even = "even"


@app.command("retrieval")
def retrieval(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="corpus.jsonl, queries.jsonl and qrels.tsv.")],
    as_json: AsJson = False,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many questions, chosen at random.")] = None,
    qrels: Annotated[Path | None, typer.Option(help="Another qrels file, for one language pair.")] = None,
    corpus_language: Annotated[str | None, typer.Option(help="Only passages of this language.")] = None,
) -> None:
    """Measure how well passages are found: nDCG, MRR and recall of the hybrid and of each half."""
    from bot.show import show_retrieval
    from evals.retrieval import evaluate_retrieval

    work: Workspace = context.obj
    with work.console.progress() as progress:
        figures = evaluate_retrieval(
            folder,
            work.encoder(),
            home=work.settings.home / "evals",
            database=work.database if work.settings.database_url else None,
            sample=sample,
            qrels=qrels,
            corpus_language=corpus_language,
            progress=progress,
        )
    if as_json:
        work.console.json(figures)
    else:
        show_retrieval(figures, work.console)


@app.command("answers")
def answers(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Questions, one JSON object a line.")],
    as_json: AsJson = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read, too.")] = None,
    compare: Annotated[Path | None, typer.Option(metavar="FILE", help="An earlier run's --json, paired.")] = None,
    lines: Annotated[Lines, typer.Option(help="Only the odd or the even lines of the file.")] = Lines.all,
) -> None:
    """Measure answers: evidence shown, both sides, refusals, exact quotes; every failure is listed."""
    from bot.answers import Answerer
    from evals.answers import read_cases, run_case
    from evals.comparison import compare as compare_runs
    from evals.comparison import pairs_json, read_run
    from evals.summary import as_json as summary_json
    from evals.summary import case_json, summarise
    from evals.summary_page import page
    from evals.summary_text import lines as text_lines
    from sources.files import write_bytes

    work: Workspace = context.obj
    cases = read_cases(file)[{"all": slice(None), "odd": slice(0, None, 2), "even": slice(1, None, 2)}[lines.value]]
    earlier = read_run(compare) if compare else []
    index = work.open_index()
    answerer = Answerer(index)
    library = " ".join(document.text for document in index.documents())
    results = []
    with work.console.progress() as progress:
        for done, case in enumerate(cases, 1):
            results.append(run_case(index, answerer, work.parties, case, library))
            progress("asking", done, len(cases))
    summary = summarise(results)
    pairs = compare_runs(earlier, [case_json(result) for result in results]) if compare else []
    if report:
        which = "" if lines is Lines.all else f", {lines.value} lines"
        about = f"{len(cases)} questions of {file.name}{which}; generation {index.manifest.generation}"
        write_bytes(report, page(summary, title="How good the answers are", about=about, pairs=pairs).encode())
        work.console.note(f"Wrote {report}.")
    if as_json:
        work.console.json({**summary_json(summary), "comparison": pairs_json(pairs)})
    else:
        for line in text_lines(summary, pairs):
            work.console.text(line)


@app.command("cases")
def cases(context: typer.Context) -> None:
    """Print what readers asked in Telegram and did not get, or disliked, as JSON lines to make evaluation cases of."""
    from bot.store import open_store
    from bot.telegram.feedback import Feedback

    work: Workspace = context.obj
    store = open_store(work.settings)
    try:
        for case in Feedback(store).cases():
            work.console.text(json.dumps(case, ensure_ascii=False))
    finally:
        store.close()
