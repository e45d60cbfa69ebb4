"""Displays answers, hits and figures on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.answering.answer import Answer, Citation
from bot.answering.answerer import Trace
from bot.console import Console
from bot.rendering.addresses import place_address
from bot.rendering.form import Line, answer_form, close, refusal_form
from bot.rendering.phrases import texts
from bot.rendering.plain import citation_lines, quote_line
from bot.rendering.safe import clean
from bot.rendering.sources import source_lines, source_spans, sources_heading
from bot.spans import Span
from index.types import Hit
from sources.parties import Parties


def show_answer(answer: Answer, parties: Parties, console: Console, *, numbered: bool = False) -> None:
    """The claims, then the sources, one short line each; for a refusal, what is not held and what could be asked.

    `numbered`: the readings of an ambiguous question are numbered, to choose from.
    """
    lines = refusal_form(answer, numbered=numbered) if answer.abstained else answer_form(answer, parties)
    show_lines(lines, console)
    if answer.citations:
        console.text()
        show_sources(answer, console)


def show_lines(lines: Sequence[Line], console: Console) -> None:
    """The lines of an answer: items as bullets, rows as a table, a blank line between paragraphs."""
    before: Line | None = None
    for line in lines:
        if before is not None and not close(before, line):
            console.text()
        bullet = {"item": "• ", "again": "  – ", "row": "  "}.get(line.kind, "")
        console.spans(line.spans if line.kind != "row" else _row(line, lines), bullet=bullet)
        before = line


def _row(line: Line, lines: Sequence[Line]) -> list[Span]:
    """The cells of a row, each padded to its column."""
    rows = [each.cells for each in lines if each.kind == "row"]
    spans: list[Span] = []
    for column, cell in enumerate(line.cells):
        wide = max(len(_plain(row[column])) for row in rows)
        last = column == len(line.cells) - 1
        spans += [*cell, Span("" if last else " " * (wide - len(_plain(cell)) + 3))]
    return spans


def _plain(cell: Sequence[Span]) -> str:
    return "".join(span.text for span in cell)


def show_sources(answer: Answer, console: Console) -> None:
    """The sources of an answer, without repeats; of a composed answer with the passages."""
    words = texts(answer.language)
    if not answer.citations:
        return
    console.text(sources_heading(answer.citations, words), style="bold")
    for source in source_lines(answer.citations, words):
        console.spans(source_spans(source, words), hanging=4, address=True)
    if answer.composed:
        for citation in answer.citations:
            console.text(f"[{citation.number}] {quote_line(citation, words)}", style="dim")


def show_every_source(answer: Answer, console: Console) -> None:
    """The sources of an answer with every reference in full and plain addresses."""
    words = texts(answer.language)
    for citation in answer.citations or answer.nearest:
        first, *rest = citation_lines(citation, words)
        console.spans([Span(f"[{citation.number}] {first}")], hanging=4)
        for line in rest:
            console.spans([Span(line)], bullet="    ")


def show_source(
    citation: Citation, text: str | None, console: Console, language: str = "en", *, public_url: str = ""
) -> None:
    """A source in context, its references in full, and where to read on.

    That is at `public_url`, if there is one.
    """
    words = texts(language)
    console.text(clean(citation.title), style="bold")
    if text is None:
        console.text(clean(citation.quote))
        console.note("The document has changed or was removed since; this is the passage as it was cited.")
    else:
        before, after = text[max(0, citation.start - 400) : citation.start], text[citation.end :][:400]
        console.text(f"… {clean(before)}".rstrip(), style="dim")
        console.text(f">>> {clean(citation.quote)} <<<", style="bold")
        console.text(f"{clean(after)} …".lstrip(), style="dim")
    console.text()
    for line in citation_lines(citation, words):
        console.spans([Span(line)], bullet="– ")
    if text is not None and public_url:
        console.spans([Span(f"{words.get('in_context')}: {place_address(public_url, citation)}")], bullet="– ")


def show_trace(trace: Trace, console: Console) -> None:
    """How an answer was found: hits with scores, why sentences were chosen, the decision and its basis."""
    asked = trace.asked
    console.text(f"looked up: {asked.text}")
    console.text(f"words: {asked.words}")
    console.text(f"language {asked.language}, kind {asked.kind}, names {', '.join(sorted(asked.names)) or '–'}")
    console.text(
        f"time: {asked.time.kind} {asked.time.since or ''}..{asked.time.until or ''} {asked.time.text}".rstrip()
    )
    console.text("Passages", style="bold")
    for rank, hit in enumerate(trace.hits[:10], 1):
        console.text(f"{rank:2} {_scores(hit)}  {hit.passage.id}  {clean(hit.passage.heading)}")
    console.text("Sentences", style="bold")
    for reading in trace.read[:10]:
        item = reading.candidate
        mark = "*" if item in trace.chosen else " "
        console.text(
            f"{mark} answers {reading.answers:.2f}, corrects {reading.corrects:.2f} (cosine {item.cosine:.3f})"
        )
        console.text(f"     {clean(item.text)[:160]}")
    if trace.chosen:
        from bot.composing.tokens import count_tokens

        shown = sum(count_tokens(item.text) for item in trace.chosen)
        console.text(f"Chosen: {len(trace.chosen)} pieces, {shown} tokens of a language model (cl100k)")
    if trace.answer.reason:
        console.text(f"Not answered: {trace.answer.reason}", style="bold")


def _scores(hit: Hit) -> str:
    vector = f"{hit.vector:.3f}" if hit.vector is not None else "–"
    words = f"{hit.lexical:.2f}" if hit.lexical is not None else "–"
    return f"{hit.score:.3f} (vector {vector}, words {words})"


def show_hits(hits: list[Hit], console: Console) -> None:
    """Each passage with its scores."""
    for rank, hit in enumerate(hits, 1):
        console.text(f"{rank}. {_scores(hit)}  {clean(hit.passage.title)}", style="bold")
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
