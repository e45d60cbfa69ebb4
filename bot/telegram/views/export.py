"""Exports a conversation as Markdown with footnotes, and as JSON. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.rendering import answer_json
from bot.telegram.readers.answers import Kept
from bot.telegram.views.answer import attribution, quote_of, sources_footnote
from bot.telegram.views.phrases import Phrases
from sources.parties import Parties

Timed = Sequence[tuple[float, Kept]]
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def as_markdown(answers: Timed, parties: Parties, say: Phrases) -> str:
    """Questions as headings, claims with footnotes; the footnotes hold the citation and the passage."""
    lines, notes = ["# Torkham", ""], list[str]()
    for position, (at, kept) in enumerate(answers, 1):
        answer = kept.answer
        lines += [f"## {_safe(answer.question)}", "", f"*{_time(at)}*", ""]
        if answer.abstained:
            lines += [say(answer.reason or "not_in_library", date=say.date(answer.reach)), ""]
        for claim in answer.claims:
            head = attribution(claim, parties, say)
            marks = "".join(f"[^{position}-{number}]" for number in claim.citations)
            lines += [f"- {f'**{_safe(head)}:** ' if head else ''}{_safe(claim.text)} {marks}"]
        lines.append("")
        for citation in answer.citations:
            note = f"{_safe(sources_footnote(citation, say))}: {_safe(quote_of(citation))}"
            notes.append(f"[^{position}-{citation.number}]: {' '.join(note.split())}")
    return "\n".join([*lines, *notes, ""])


def as_json(answers: Timed, parties: Parties) -> str:
    """A list of answers in the format of `torkham ask --json`, each with its time."""
    return json.dumps(
        [{"at": _time(at), **answer_json(kept.answer, parties)} for at, kept in answers], ensure_ascii=False, indent=2
    )


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _safe(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
