from __future__ import annotations

from pathlib import Path

import pytest

from sources.briefs.parser import parse, read
from sources.collection.library import Library
from sources.document import Document, Statement
from sources.reach import SUBJECTS, reach, reach_by_subject

FRONT = (
    "---\ntitle: T\nkind: brief\nlanguage: en\nsubject: {}\ncovers: 2022-01/2026-12\nupdated: 2026-11-28\n"
    "summary: S.\nlimits: Nothing later.\n---\n"
)
NOTE = "\n\n[^a]: “A”, *P*, 2026-05, <https://example.org/a>\n"


def brief(body: str, name: str = "t", subject: str = "border") -> Document:
    return parse(FRONT.format(subject) + body + NOTE, name, file=f"{name}.md")


def problems(body: str) -> list[str]:
    return [str(problem) for problem in read(FRONT.format("border") + body + NOTE, "t", file="t.md").problems]


def test_marks_stand_behind_the_party_and_not_in_the_text() -> None:
    document = brief(
        "- **2022-04-16 · Taliban, Mujahid · milestone · checked:** A. [^a]\n- **2022 · Taliban:** B. [^a]\n"
    )
    assert document.text == "2022-04-16 · Taliban, Mujahid: A.\n2022 · Taliban: B."
    assert [(one.speaker, one.milestone, one.checked) for one in document.statements] == [
        ("Mujahid", True, True),
        (None, False, False),
    ]
    assert (document.subject, document.limits) == ("border", "Nothing later.")
    assert Document.from_json(document.to_json()) == document


def test_a_milestone_without_a_day_and_an_unknown_mark_are_named() -> None:
    assert problems("- **2022-04 · Taliban · milestone:** A. [^a]\n- **2022 · Taliban · big:** B. [^a]\n") == [
        "t.md:11: a milestone needs its day, and “2022-04” gives none: write 2022-04-16",
        "t.md:12: “big” is no mark of a statement: use milestone or checked, or remove it",
    ]
    assert problems("- **2022-04-16/2022-04-18 · Taliban · milestone:** A. [^a]\n") == []


def test_the_reach_is_that_of_the_last_day_told() -> None:
    strikes = brief("- **2026-09-24 · Taliban:** A. [^a]\n- **2026 · Taliban:** B. [^a]\n", subject="strikes and war")
    trade = brief("- **2026-05 · Agreed:** C. [^a]\n- **2025-10-01/2025-10-12 · Agreed:** D. [^a]\n", subject="trade")
    assert reach([strikes, trade]) == "2026-09-24"
    assert reach_by_subject([strikes, trade]) == {"strikes and war": "2026-09-24", "trade": "2026-05-01"}
    assert reach([]) is None
    assert reach_by_subject([Document("d", "T", "x", statements=(Statement(0, 1),))]) == {}


@pytest.mark.whole
def test_every_shipped_brief_names_a_subject_and_milestones_span_the_history(tmp_path: Path) -> None:
    library = Library(tmp_path)
    documents = [library.load(entry) for entry in library.scan()]
    assert {document.subject for document in documents if document.kind == "brief"} == set(SUBJECTS)
    assert reach(documents) == "2026-10-08"
    milestones = [one.date_from or "" for document in documents for one in document.statements if one.milestone]
    assert (len(milestones) > 90, min(milestones)) == (True, "1893-11-12")
    assert max(milestones) > "2026-09-01"
    assert min(reach_by_subject(documents).values()) > "2020"
