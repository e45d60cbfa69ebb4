"""The command `torkham`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import cli_index, cli_sources
from bot.console import Console
from bot.errors import BotError, QuestionError, SettingsError
from bot.settings import read_settings
from bot.workspace import Workspace

ABSTAINED = 3
app = typer.Typer(
    name="torkham",
    help="Questions on Taliban–Pakistan relations, answered in cited passages.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cli_sources.app, name="sources")
app.add_typer(cli_index.app, name="index")
evaluate = typer.Typer(help="Measure retrieval and answers.", no_args_is_help=True)
app.add_typer(evaluate, name="eval")


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        print(f"torkham {version('torkham')}")
        raise typer.Exit


@app.callback()
def main_options(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder of model, index and added sources.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only results and errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Questions on Taliban–Pakistan relations, answered in cited passages."""
    console = Console(quiet=quiet, verbose=verbose, colour=not no_color)
    context.obj = Workspace(read_settings(home), console)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="What you want to know; - reads standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    k: Annotated[int, typer.Option("--k", min=1, max=20, help="At most so many claims.")] = 6,
    since: Annotated[
        str | None, typer.Option(help="Only what happened from this date: 2021, 2021-08, 2021-08-15.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only what happened up to this date.")] = None,
    party: Annotated[list[str] | None, typer.Option(help="Only what this party says (repeatable).")] = None,
) -> None:
    """Answer a question from the library, every sentence cited; exit status 3 when the library does not hold it."""
    from bot.answers import Answerer
    from bot.question import read_question
    from bot.rendering import answer_json
    from bot.show import show_answer

    work: Workspace = context.obj
    scope = _scope(work, since, until, party)
    question = _from_stdin() if question == "-" else question
    read_question(question)
    if work.generations.current() is not None:
        work.warm()
    answer = Answerer(work.open_index()).answer(question, scope=scope, k=k)
    if as_json:
        work.console.json(answer_json(answer, work.parties))
    else:
        show_answer(answer, work.parties, work.console)
    if answer.abstained:
        raise typer.Exit(ABSTAINED)


@app.command()
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


@app.command()
def doctor(context: typer.Context) -> None:
    """Check the settings, the home, the model, the library and the index; exit status 1 when something is wrong."""
    from bot.doctor import examine

    work: Workspace = context.obj
    healthy = True
    for check in examine(work):
        work.console.text(f"{'ok ' if check.good else 'BAD'} {check.subject}: {check.finding}")
        healthy &= check.good
    if not healthy:
        raise typer.Exit(1)


@evaluate.command("retrieval")
def eval_retrieval(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="corpus.jsonl, queries.jsonl and qrels.tsv.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
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
            sample=sample,
            qrels=qrels,
            corpus_language=corpus_language,
            progress=progress,
        )
    if as_json:
        work.console.json(figures)
    else:
        show_retrieval(figures, work.console)


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


def main() -> None:
    """Run the command; every failure becomes one line and an exit status: 1 error, 2 usage, 130 interrupted."""
    from index.errors import IndexingError
    from sources.errors import MetadataError, SourceError

    console = Console()
    try:
        app()
    except (QuestionError, SettingsError, MetadataError) as error:
        console.error(str(error))
        raise SystemExit(2) from None
    except (BotError, IndexingError, SourceError) as error:
        console.error(str(error))
        raise SystemExit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        console.error("Interrupted; nothing is lost, run the same command again to go on.")
        raise SystemExit(130) from None
