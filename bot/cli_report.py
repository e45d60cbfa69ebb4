"""`torkham sources report`: one page that shows what the library covers, and where its holes are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.workspace import Workspace


def report(
    context: typer.Context,
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help="Where to write the page.")],
) -> None:
    """Write one page with the coverage by year, publisher, party and language."""
    from sources.coverage import Coverage
    from sources.files import write_bytes
    from sources.report import page

    work: Workspace = context.obj
    with work.console.progress() as progress:
        rows = work.library.rows(lambda done, total: progress("looking through the library", done, total))
    names = {party.id: party.name for party in work.parties}
    coverage = Coverage.of(rows, work.library.ledger.years(), names)
    write_bytes(html, page(coverage).encode())
    work.console.text(f"Wrote {html}: {coverage.documents} documents, {coverage.statements} dated statements.")
