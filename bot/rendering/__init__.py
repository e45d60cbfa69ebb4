"""Renders an answer as lines, text, Markdown, JSON, BibTeX or CSL, in the reader's language. Pure."""

from bot.rendering.form import MADE, Line, answer_form, first_claims, refusal, refusal_form
from bot.rendering.plain import (
    answer_json,
    answer_lines,
    answer_text,
    attribution,
    citation_json,
    citation_lines,
    hit_json,
    made,
    party_name,
    quote_line,
    readable_date,
    reference_line,
)  # fmt: skip
from bot.rendering.safe import clean, isolated
from bot.rendering.sources import Source, source_lines, source_spans, sources_heading
from bot.spans import Span

__all__ = [
    "MADE", "Line", "Source", "Span", "answer_form", "answer_json", "answer_lines", "answer_text", "attribution",
    "citation_json", "citation_lines", "clean", "first_claims", "hit_json", "isolated", "made", "party_name",
    "quote_line", "readable_date", "reference_line", "refusal", "refusal_form", "source_lines", "source_spans",
    "sources_heading",
]  # fmt: skip
