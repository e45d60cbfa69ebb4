"""The marked events: a bad mark is named with its line, and a brief that says something else than it did is noticed."""

from __future__ import annotations

import json

from bot.nlp.names.gazetteer import Gazetteer
from sources.briefs.parser import read
from sources.checks.events import event_problems
from sources.events import EVENTS_FILE, digest, read_events, shipped_events
from sources.parties import shipped_parties

STRIKE = "On 16 April 2022 a strike hit Khost."
BRIEF = f"""---
title: Strikes
kind: brief
language: en
covers: 2022-04/2022-05
updated: 2026-11-22
summary: Strikes.
---

## Strikes

- **2022-04-16 · agreed · milestone:** {STRIKE} [^dawn]

[^dawn]: “Strikes”, A. Writer, *Dawn*, 2022-04-17, <https://example.org/1>
"""
EVENT = {"event": "khost", "types": ["strike"], "day": "2022-04-16", "told": [f"strikes {digest(STRIKE)}"]}


def lines(*events):
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in events)


def test_an_event_is_read():
    (event,) = read_events(lines({**EVENT, "by": ["pakistan"], "kinds": ["air"]}), "events.jsonl").events
    assert (event.key, event.first, event.last, event.by, event.told) == (
        "khost", "2022-04-16", "2022-04-16", ("pakistan",), (("strikes", digest(STRIKE)),)
    )  # fmt: skip


def test_every_bad_mark_is_named_with_its_line():
    text = lines(
        EVENT, "{", {**EVENT, "event": "b", "types": ["raid"]}, {**EVENT, "event": "c", "day": "2022-13"},
        {**EVENT, "event": "d", "who": ["x"]}, {"event": "e"}, EVENT, {**EVENT, "event": "f", "told": ["strikes"]},
        {**EVENT, "event": "g", "by": "pakistan"}, "[]",
    )  # fmt: skip
    marks = read_events(text, "events.jsonl")
    assert [event.key for event in marks.events] == ["khost"]
    assert [problem.line for problem in marks.problems] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert all(problem.file == "events.jsonl" and len(problem.message) > 20 for problem in marks.problems)


def test_a_changed_statement_and_a_milestone_without_event_are_noticed(tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_text(lines(EVENT, {**EVENT, "event": "gone", "told": ["gone 0123456789"]}))
    before = read(BRIEF, "strikes", file="strikes.md")
    assert [problem.line for problem in event_problems(file, [before])] == [2]
    assert list(event_problems(file, [before], {"gone"})) == []
    after = read(BRIEF.replace("hit Khost", "hit Kunar"), "strikes", file="strikes.md")
    changed, milestone = event_problems(file, [after], {"gone"})
    assert (changed.file, changed.line, changed.severity) == (str(file), 1, "error")
    assert (milestone.file, milestone.severity) == ("strikes.md", "warning")


def test_the_shipped_marks_are_read_in_full_and_name_what_is_known():
    marks = read_events(EVENTS_FILE.read_text(encoding="utf-8"), "events.jsonl")
    assert marks.problems == ()
    assert marks.events == shipped_events()
    known = {entry.id for entry in Gazetteer.load()} | {party.id for party in shipped_parties()}
    said = {name for event in marks.events for name in (*event.claimed, *event.denied, *event.blamed)}
    named = {name for event in marks.events for name in (*event.by, *event.to, *event.places)}
    assert said | named <= known


def test_an_attack_that_was_claimed_and_denied_has_both_marks():
    (court,) = (event for event in shipped_events() if event.key == "islamabad-court-2025")
    assert (court.claimed, "ttp" in court.denied, "ttp" in court.blamed) == (("jamaat-ul-ahrar",), True, True)


def test_a_statement_leads_one_holder_of_an_office_at_most():
    offices = [event for event in shipped_events() if {"isi", "army-chief", "leader"} & set(event.kinds)]
    leads = [(event.kinds, event.told[0]) for event in offices]
    assert len(leads) == len(set(leads))
