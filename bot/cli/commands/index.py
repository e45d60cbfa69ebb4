"""`torkham index …`: update, show, verify and roll back the index."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli import watch
from bot.cli.parser import command, group
from index.errors import CorruptIndexError

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

MAX_NAMED = 5  # removed documents that are named
_UPDATE = "Index what is new or changed in the library and switch to it; exit status 1 when a document failed."


def add_to(commands: Commands) -> None:
    """The group `index`."""
    parts = group(commands, "index", "Update the index, show it, verify it, roll it back.")
    made = command(parts, "update", _update, _UPDATE)
    made.add_argument("--full", action="store_true", help="rebuild it from the library")
    made = command(parts, "status", _status, "Show the serving generation, its contents, and what is not indexed yet.")
    made.add_argument("--json", action="store_true", help="one JSON object")
    command(parts, "verify", _verify, "Verify every checksum of the serving generation; exit status 1 if one differs.")
    command(
        parts,
        "rollback",
        _rollback,
        "Serve the last sound generation before the current one, until the next `index update`.",
    )
    watch.add_to(parts)


def _update(work: Workspace, given: argparse.Namespace) -> int:
    outcome = work.update(full=given.full)
    counts = outcome.manifest.counts
    done = f"Indexed {outcome.changes}" if outcome.written else "Nothing to do"
    work.console.text(
        f"{done}: generation {outcome.manifest.generation} holds {counts['documents']} documents,"
        f" {counts['passages']} passages, {counts['sentences']} sentences."
    )
    if outcome.failures:
        work.console.error(f"{len(outcome.failures)} of the documents could not be indexed; see above.")
    if not work.settings.database_url and outcome.manifest.counts["documents"]:
        from index.search import Index

        with closing(Index.open(work.generations, work.encoder())) as index:
            work.read_ahead(work.answerer_of(index))
    return 1 if outcome.failures else 0


def _status(work: Workspace, given: argparse.Namespace) -> None:
    from index.build.changes import pending

    manifest = work.generations.manifest()
    changes = pending(work.library, work.generations)
    if given.json:
        about = {key: value for key, value in asdict(manifest).items() if key != "files"}
        work.console.json(
            {
                **about,
                "pinned": work.generations.pinned(),
                "generations": work.generations.names(),
                "pending": asdict(changes),
            }
        )
        return
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    work.console.text(f"Generation {manifest.generation} of {manifest.created}: {counts}.")
    work.console.text(f"Model {manifest.encoder}, fingerprint {manifest.fingerprint[:12]}.")
    work.console.text(f"Not indexed yet: {changes}." + (" Rolled back by hand." if work.generations.pinned() else ""))
    for failure in manifest.failures:
        work.console.text(f"Failed: {failure.reason}")


def _verify(work: Workspace, given: argparse.Namespace) -> None:
    problems = work.generations.verify()
    for problem in problems:
        work.console.error(problem)
    if problems:
        raise CorruptIndexError("The index is damaged: run `torkham index update --full`.")
    manifest = work.generations.manifest()
    work.console.text(f"Generation {manifest.generation} is intact: {len(manifest.files)} parts match their checksums.")


def _rollback(work: Workspace, given: argparse.Namespace) -> None:
    from bot.workspace import PATIENCE
    from index.build.changes import pending

    fingerprint = work.encoder().fingerprint
    with work.generations.writing(PATIENCE):
        name = work.generations.rollback(fingerprint)
    work.console.text(f"Generation {name} serves again; `torkham index update` follows the library again.")
    removed = pending(work.library, work.generations).removed
    if removed:
        work.console.note(
            f"It answers from {len(removed)} removed {'document' if len(removed) == 1 else 'documents'} again, until that update: "
            f"{', '.join(removed[:MAX_NAMED])}{', …' if len(removed) > MAX_NAMED else ''}."
        )
