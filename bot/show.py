"""Showing answers, hits and figures on the terminal."""

from __future__ import annotations

from typing import Any

from bot.answers import Answer, Citation
from bot.console import Console
from bot.rendering import answer_lines, citation_lines, clean
from index.passages import Hit
from sources.parties import Parties


def show_answer(answer: Answer, parties: Parties, console: Console) -> None:
    """The claims, then the numbered sources; for a refusal what came nearest."""
    for line in answer_lines(answer, parties):
        console.text(line)
        console.text()
    if answer.citations:
        console.text("Sources", style="bold")
        for citation in answer.citations:
            _show_citation(citation, console)
    if answer.nearest:
        console.text("Related, not an answer", style="bold")
        for citation in answer.nearest:
            _show_citation(citation, console)
            quote = clean(citation.quote).replace("\n", " ")
            console.text(f"    {quote[:300]}{'…' if len(quote) > 300 else ''}", style="dim")


def _show_citation(citation: Citation, console: Console) -> None:
    first, *rest = citation_lines(citation)
    console.text(f"[{citation.number}] {first}")
    for line in rest:
        console.text(f"    {line}")


def show_hits(hits: list[Hit], console: Console) -> None:
    """Each passage with its scores."""
    for rank, hit in enumerate(hits, 1):
        vector = f"{hit.vector:.3f}" if hit.vector is not None else "–"
        words = f"{hit.lexical:.2f}" if hit.lexical is not None else "–"
        console.text(
            f"{rank}. {hit.score:.3f} (vector {vector}, words {words})  {clean(hit.passage.title)}", style="bold"
        )
        if hit.passage.heading:
            console.text(f"   {clean(hit.passage.heading)}")
        console.text(f"   {clean(hit.passage.text)}")
        console.text()
    if not hits:
        console.text("Nothing found.")


def show_retrieval(figures: dict[str, Any], console: Console) -> None:
    """The three columns of a retrieval evaluation."""
    console.text(f"{figures['queries']} questions")
    console.text(f"{'':10} {'hybrid':>8} {'vector':>8} {'lexical':>8}")
    for name, value in figures.items():
        if "@" in name:
            console.text(f"{name:10} {value:8.4f} {figures['vector'][name]:8.4f} {figures['lexical'][name]:8.4f}")
