"""Showing answers, hits and figures on the terminal."""

from __future__ import annotations

from typing import Any

from bot.answer_types import Answer, Citation
from bot.answers import Trace
from bot.console import Console
from bot.rendering import answer_lines, citation_lines, clean, quote_line
from bot.texts import Texts, texts
from index.passages import Hit
from sources.parties import Parties


def show_answer(answer: Answer, parties: Parties, console: Console) -> None:
    """The claims, then the numbered sources; for a refusal what came nearest and what could be asked."""
    words = texts(answer.language)
    for line in answer_lines(answer, parties):
        console.text(line)
        console.text()
    show_sources(answer, console)
    if answer.nearest:
        console.text(words.get("related"), style="bold")
        for citation in answer.nearest:
            _show_citation(citation, words, console)
            quote = clean(citation.quote).replace("\n", " ")
            console.text(f"    {quote[:300]}{'…' if len(quote) > 300 else ''}", style="dim")
    if answer.suggestions:
        console.text()
        console.text(words.get("you_could_ask"), style="bold")
        for suggestion in answer.suggestions:
            console.text(f"  {clean(suggestion)}")


def show_sources(answer: Answer, console: Console) -> None:
    """The numbered sources of an answer."""
    words = texts(answer.language)
    if answer.citations:
        console.text(words.get("sources"), style="bold")
        for citation in answer.citations:
            _show_citation(citation, words, console)
            if answer.composed:
                console.text(f"    {quote_line(citation, words)}", style="dim")


def _show_citation(citation: Citation, words: Texts, console: Console) -> None:
    first, *rest = citation_lines(citation, words)
    console.text(f"[{citation.number}] {first}")
    for line in rest:
        console.text(f"    {line}")


def show_source(citation: dict[str, Any], text: str | None, console: Console) -> None:
    """A source of the last answer in its place, with what stands before and after it."""
    console.text(clean(citation["title"]), style="bold")
    if text is None:
        console.text(clean(citation["quote"]))
        console.note("The document has changed or is gone since; this is the passage as it was cited.")
    else:
        before, after = text[max(0, citation["start"] - 400) : citation["start"]], text[citation["end"] :][:400]
        console.text(f"… {clean(before)}".rstrip(), style="dim")
        console.text(f">>> {clean(citation['quote'])} <<<")
        console.text(f"{clean(after)} …".lstrip(), style="dim")
    for reference in citation["references"]:
        parts = (reference[key] for key in ("title", "author", "publisher", "published", "url"))
        console.text("– " + clean(", ".join(part for part in parts if part)))


def show_trace(trace: Trace, console: Console) -> None:
    """How an answer came about: hits with their scores, why sentences were chosen, the decision and what it rests on."""
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
    for item in trace.ranked[:10]:
        mark = "*" if item in trace.chosen else " "
        why = ", ".join(f"{name} {value:.2f}" for name, value in item.why.items() if value)
        console.text(f"{mark} {item.score:.2f} (cosine {item.vector:.3f}, words {item.words:.2f}: {why})")
        console.text(f"     {clean(item.text)[:160]}")
    if trace.chosen:
        from bot.token_count import count_tokens

        shown = sum(count_tokens(item.text) for item in trace.chosen)
        console.text(f"Chosen: {len(trace.chosen)} pieces, {shown} tokens of a language model (cl100k)")
    if trace.verdict:
        verdict = trace.verdict
        console.text(
            f"Enough: {verdict.enough} ({verdict.probability:.3f} against {verdict.threshold:.3f})", style="bold"
        )
        if verdict.missing:
            console.text(f"Not in the evidence: {clean(', '.join(verdict.missing))}")
        for name, value in verdict.features.items():
            console.text(f"  {name:15} {value:.3f}")
    elif trace.answer.reason:
        console.text(f"Not looked up: {trace.answer.reason}", style="bold")


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
