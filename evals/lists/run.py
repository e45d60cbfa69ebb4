"""Figures of lists: of the rows shown how many are right, of the events that the library holds how many are found.

python -m evals.lists.run --home HOME [--show]

The questions of questions.jsonl were written before the lists existed, those of others.jsonl before the events were marked;
judged.jsonl has a person's word on every row shown for them since, and on statements that were looked for in vain
(`missed`). Rows that nobody judged are counted apart. The questions of the other files say which events (by key) or
statements (by digest) the library holds for them; of these the row that stands for each event is judged. Lists were mended
for what strangers.jsonl showed, and not for what fresh.jsonl did.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.answering.answerer import Answerer
from bot.answering.events.lists import Event, event_days
from bot.answering.events.statement_types import Told
from bot.question.query import understand
from evals.fitting.home import TODAY
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index
from sources.events import digest, shipped_events

FOLDER = Path(__file__).parent
FILES = ("questions.jsonl", "others.jsonl")
HELD = ("strangers.jsonl", "fresh.jsonl")
NEAR = 3  # days between statements of one event


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one question: rows shown that are right, wrong and not judged; events with a right row, and those missed."""

    right: int = 0
    wrong: int = 0
    unjudged: int = 0
    found: int = 0
    missed: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def rows(name: str) -> list[dict[str, Any]]:
    """The objects of a file of this folder."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def listed(answerer: Answerer, question: str) -> list[Event]:
    """The events that a question gets; none where it is not taken for a list."""
    index, gazetteer = answerer.index, answerer.gazetteer
    asked = understand(question, gazetteer=gazetteer, known=index.knows, languages=index.languages(), today=TODAY)
    wanted = answerer.lists.wanted(asked)
    return answerer.lists.events(wanted, asked.timed) if wanted else []


def figures(events: list[Event], judged: list[dict[str, Any]], held: Mapping[tuple[str, str], Told]) -> Figures:
    """The figures of a question from what was judged of it; `held` are the library's statements by document and text.

    An event is missed where no statement of its days is shown, though one was judged right. What was judged in one document holds
    for the same words in another.
    """
    verdicts = {each["text"]: each["right"] for each in judged}
    shown = [[row.text for row in event.rows] for event in events]
    texts = [text for event in shown for text in event]
    told = [verdicts.get(text) for text in texts]
    found = sum(any(verdicts.get(text) for text in event) for event in shown)
    places = ((each["document"], each["text"]) for each in judged if each["right"] and each["text"] not in texts)
    lost = [held[place] for place in places if place in held]
    seen = [_day(row) for event in events for row in event.rows]
    missed: list[int] = []
    for day in sorted(_day(row) for row in lost):
        if all(abs(day - other) > NEAR for other in (*seen, *missed)):
            missed.append(day)
    return Figures(told.count(True), told.count(False), told.count(None), found, len(missed))


def held(row: Mapping[str, Any]) -> list[frozenset[str]]:
    """What a question should list: of each event that it names, or of each statement, the digests that tell of it."""
    marked = {event.key: event for event in shipped_events() if row["type"] in event.types}
    told = [frozenset(said for _, said in marked[key].told) for key in row.get("events", ())]
    return [*told, *(frozenset(said.split("|")) for said in row.get("told", ()))]


def against(events: list[Event], expected: list[frozenset[str]]) -> Figures:
    """The figures of a question from what it should list."""
    leads = [digest(event.rows[0].text) for event in events]
    shown = {digest(row.text) for event in events for row in event.rows}
    right = sum(any(lead in told for told in expected) for lead in leads)
    found = sum(bool(told & shown) for told in expected)
    return Figures(right, len(leads) - right, 0, found, len(expected) - found)


def _day(row: Told) -> int:
    return date.fromisoformat(event_days(row)[0] or "0001-01-01").toordinal()


def main() -> None:
    """Answer every question and print precision and recall."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="the figures of every question")
    chosen = parser.parse_args()
    answerer = Answerer(Index.open(chosen.home, open_encoder(DEFAULT_MODEL, chosen.home, report=print)))
    for name in (*FILES, *HELD):
        total = Figures()
        for question, each in _each(answerer, name):
            total += each
            if chosen.show:
                print(f"{question}: {each}")
        print(f"{name}: rows: {total.right} of {total.right + total.wrong} right, {total.unjudged} not judged")
        print(f"{name}: events: {total.found} of {total.found + total.missed} found")


def _each(answerer: Answerer, name: str) -> Iterator[tuple[str, Figures]]:
    judged = rows("judged.jsonl")
    told = {(row.document.id, row.text): row for row, _ in answerer.lists.types.rows}
    for row in rows(name):
        events = listed(answerer, row["question"])
        if name in HELD:
            yield row["question"], against(events, held(row))
        else:
            yield row["question"], figures(events, [each for each in judged if each["id"] == row["id"]], told)


if __name__ == "__main__":
    main()
