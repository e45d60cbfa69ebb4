"""Renders events as lines in the reader's language, JSON and CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from bot.answering.answer import Answer
from bot.answering.citing import cite, claim
from bot.answering.events.lists import Event, candidate
from bot.answering.events.statement_types import Told
from bot.rendering.plain import citation_json, party_name
from bot.rendering.sources import strongest
from index.types import Scope
from sources.parties import Parties

COLUMNS = ("event", "day", "date", "party", "speaker", "text", "publisher", "url", "document_id", "start", "end")


def events_answer(events: Sequence[Event], words: str, language: str, scope: Scope) -> Answer:
    """The events as an answer of the form `list`, to be shown with sources like any other."""
    rows = [candidate(row) for event in events for row in event.rows]
    return Answer(
        words,
        words,
        scope,
        language,
        claims=tuple(claim(row, number) for number, row in enumerate(rows, 1)),
        citations=tuple(cite(row, number) for number, row in enumerate(rows, 1)),
        form="list",
        events=tuple(len(event.rows) for event in events),
    )


def events_json(events: Sequence[Event], parties: Parties) -> dict[str, Any]:
    """The events in the format of `timeline --json`; `count` is the number in this library."""
    return {
        "count": len(events),
        "events": [
            {"day": event.day or None, "statements": [_statement(row, parties) for row in event.rows]}
            for event in events
        ],
    }


def _statement(row: Told, parties: Parties) -> dict[str, Any]:
    statement = row.statement
    return {
        "text": row.text,
        "party": party_name(statement.party, parties),
        "speaker": statement.speaker,
        "date": statement.date_text,
        "citation": citation_json(cite(candidate(row), 1)),
    }


def events_csv(events: Sequence[Event], parties: Parties) -> str:
    """One line per statement, with the number of its event, under COLUMNS."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, event in enumerate(events, 1):
        for row in event.rows:
            statement, lead = row.statement, strongest(cite(candidate(row), 1))
            named = party_name(statement.party, parties)
            cells = (
                number,
                event.day,
                statement.date_text,
                named,
                statement.speaker,
                row.text,
                lead.publisher,
                lead.url,
            )
            writer.writerow([_cell(each) for each in (*cells, row.document.id, statement.start, statement.end)])
    return out.getvalue()


def _cell(value: object) -> str:
    """A cell that no spreadsheet treats as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
