from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evals.coverage.picture import by_party, by_subject, column, columns, draw
from sources.document import Document, Statement


def said(day: str, party: str) -> Statement:
    return Statement(0, 1, day, day, day, party)


DOCUMENTS = [
    Document("a", "A", "x", subject="border", statements=(said("1893-11-12", "agreed"), said("2025-10-12", "taliban"))),
    Document("b", "B", "x", subject="trade", statements=(said("2025-11-01", "taliban"), Statement(0, 1))),
]


def test_years_before_2001_are_counted_by_spans() -> None:
    assert [column(day) for day in ("1893-11-12", "1947-08-14", "1991-12-31", "2000-01-01", "2001-09-11")] == [
        "1893–46", "1947–77", "1978–91", "1992–00", "2001",
    ]  # fmt: skip
    assert columns(2002) == ["1893–46", "1947–77", "1978–91", "1992–00", "2001", "2002"]


def test_statements_by_party_and_by_subject() -> None:
    assert by_party(DOCUMENTS) == {
        "Taliban": Counter({"2025": 2}),
        "Agreed": Counter({"1893–46": 1}),
        "others": Counter(),
    }
    assert by_subject(DOCUMENTS) == {
        "border": Counter({"1893–46": 1, "2025": 1}),
        "trade": Counter({"2025": 1}),
    }


@pytest.mark.whole
def test_the_picture_names_what_it_shows(tmp_path: Path) -> None:
    draw(by_party(DOCUMENTS), by_subject(DOCUMENTS), tmp_path / "x.svg")
    svg = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert svg.startswith("<?xml")
    assert all(words in svg for words in (">Taliban<", ">border<", ">trade<", ">2025<", ">1893–46<"))
