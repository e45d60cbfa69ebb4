"""What was judged of the lists' questions fits the questions, and the figures are counted as they should."""

from __future__ import annotations

from types import SimpleNamespace

from bot.answering.events.lists import Event
from evals.lists.run import FILES, HELD, Figures, against, figures, held, rows
from sources.events import digest


def test_every_judgement_is_of_a_question():
    questions = {row["id"] for name in FILES for row in rows(name)}
    assert len(questions) == 42
    nothing_held = {"other-21", "other-22"}
    assert {row["id"] for row in rows("judged.jsonl")} == questions - nothing_held


def test_what_a_question_should_list_is_held():
    questions = [row for name in HELD for row in rows(name)]
    assert len({row["id"] for row in questions}) == len(questions) == 37
    assert all(all(held(row)) for row in questions)


def test_figures_of_a_question_that_says_what_it_should_list():
    shown = [told(text, "2025-01-01") for text in "abc"]
    events = [Event("2025-01-01", tuple(shown[:2])), Event("2025-03-01", tuple(shown[2:]))]  # type: ignore[arg-type]
    expected = [frozenset({digest("a"), digest("x")}), frozenset({digest("b")}), frozenset({digest("y")})]
    # the row of a is right and that of c wrong; b, below a, tells of the second event; the third is missed
    assert against(events, expected) == Figures(right=1, wrong=1, found=2, missed=1)


def told(text, day):
    statement = SimpleNamespace(date_from=day, date_to=day)
    return SimpleNamespace(document=SimpleNamespace(id="d"), text=text, statement=statement)


def test_figures_of_a_question():
    shown = [told("a", "2025-01-01"), told("b", "2025-01-02"), told("c", "2025-03-01")]
    events = [Event("2025-01-01", tuple(shown[:2])), Event("2025-03-01", tuple(shown[2:]))]  # type: ignore[arg-type]
    lost = [told("e", "2025-01-03"), told("f", "2025-06-01"), told("g", "2025-06-02")]
    judged = [{"document": "d", "text": text, "right": text != "b"} for text in "abefg"]
    held = {("d", row.text): row for row in (*shown, *lost)}
    # e is of the first event's days; f and g are one event that is missed; c was not judged
    assert figures(events, judged, held) == Figures(right=1, wrong=1, unjudged=1, found=1, missed=1)
