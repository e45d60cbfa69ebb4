"""The written questions: a bad line is named, and so are a changed statement and one that nobody asks for."""

from __future__ import annotations

import json

from sources.briefs.parser import read
from sources.checks.run import question_problems
from sources.events import digest
from sources.statement_questions import QUESTIONS_FILE, read_questions, shipped_questions

STRIKE = "On 16 April 2022 a strike hit Khost."
OTHER = "On 17 April 2022 a strike hit Kunar."
BRIEF = f"""---
title: Strikes
kind: brief
language: en
covers: 2022-04/2022-05
updated: 2026-11-22
summary: Strikes.
---

## Strikes

- **2022-04-16 · agreed:** {STRIKE} [^dawn]
- **2022-04-17 · agreed:** {OTHER} [^dawn]

[^dawn]: “Strikes”, A. Writer, *Dawn*, 2022-04-17, <https://example.org/1>
"""
WRITTEN = {
    "told": f"strikes {digest(STRIKE)}",
    "answers": ["When was Khost hit?"],
    "near": ["Who was killed in Khost?"],
}


def lines(*rows):
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in rows)


def test_a_line_is_read():
    (made,) = read_questions(lines(WRITTEN), "questions.jsonl").statements
    assert (made.document, made.digest) == ("strikes", digest(STRIKE))
    assert (made.answers, made.near) == (("When was Khost hit?",), ("Who was killed in Khost?",))


def test_every_bad_line_is_named():
    told = "strikes 0123456789"
    text = lines(
        WRITTEN, "{", "[]", {"told": told}, {"told": "strikes", "answers": ["When?"]}, WRITTEN,
        {"told": told, "answers": "When?"}, {"told": told, "answers": ["When?"], "near": ["When?"]},
        {"told": told, "answers": ["When?"], "asks": []}, {"told": told, "answers": [" "]},
    )  # fmt: skip
    found = read_questions(text, "questions.jsonl")
    assert [each.digest for each in found.statements] == [digest(STRIKE)]
    assert sorted({problem.line for problem in found.problems}) == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert all(problem.file == "questions.jsonl" and len(problem.message) > 20 for problem in found.problems)


def test_a_changed_statement_and_one_without_questions_are_noticed(tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text(lines(WRITTEN, {**WRITTEN, "told": "gone 0123456789"}))
    before = read(BRIEF, "strikes", file="strikes.md")
    gone, unasked = question_problems(file, [before])
    assert (gone.line, gone.severity) == (2, "error")
    assert (unasked.file, unasked.line, unasked.severity) == ("strikes.md", 13, "warning")
    assert digest(OTHER) in unasked.message
    after = read(BRIEF.replace("hit Khost", "hit Paktia"), "strikes", file="strikes.md")
    changed, *rest = question_problems(file, [after], {"gone"})
    assert (changed.file, changed.line, changed.severity) == (str(file), 1, "error")
    assert [problem.line for problem in rest] == [12, 13]


def test_the_shipped_questions_are_read_in_full():
    found = read_questions(QUESTIONS_FILE.read_text(encoding="utf-8"), "questions.jsonl")
    assert found.problems == ()
    assert found.statements == shipped_questions()
