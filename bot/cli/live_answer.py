"""Composed answers on the command line: sentences appear as they pass the gate, and `--explain` shows how they were
made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.answering.answer import Claim
from bot.composing.answerer import Composed, ComposingAnswerer
from bot.rendering import clean, made
from bot.workspace import Workspace

if TYPE_CHECKING:
    from bot.composing.composer import Shown


def answerer_of(work: Workspace) -> ComposingAnswerer:
    """The composer of the configured model."""
    return ComposingAnswerer(work.settings, work.parties)


@contextmanager
def growing(work: Workspace) -> Iterator[Shown]:
    """On a terminal, show the sentences passed so far, and erase them when the whole answer comes; elsewhere do
    nothing.
    """
    if not sys.stdout.isatty() or work.console.quiet:
        yield lambda claim: None
        return
    from rich.live import Live
    from rich.text import Text

    lines: list[str] = []
    with Live(Text("…"), transient=True, auto_refresh=False) as live:

        def show(claim: Claim) -> None:
            marks = "".join(f"[{number}]" for number in claim.citations)
            lines.append(f"{made(claim)} {marks}")
            live.update(Text("\n\n".join(lines)), refresh=True)

        yield show


def compose_for(work: Workspace, raw: str, *, answerer: Any, composing: ComposingAnswerer, **asked: Any) -> Composed:
    """The answer to a question, shown as it grows."""
    with growing(work) as shown:
        return composing.answer(answerer, raw, shown=shown, **asked)


def explain(work: Workspace, composed: Composed) -> None:
    """How composing went: the model's input, what was deleted and why, and why the extracts stand if they do."""
    console, made_of = work.console, composed.composition
    console.text("Composing", style="bold")
    if composed.rewriting:
        console.text(f"follow-up: {composed.rewriting}")
    console.text(f"model {work.settings.llm_model}: {made_of.note}")
    if not made_of.answer.composed and not made_of.answer.abstained:
        console.text("shown: the extractive answer")
    console.text(
        f"{made_of.kept} sentences passed, {len(made_of.deleted)} deleted;"
        f" {made_of.evidence_tokens} tokens of evidence, {made_of.seconds:.1f} s"
    )
    for each in made_of.deleted:
        console.text(f"deleted ({clean(each.reason)}): {clean(each.sentence)}")
