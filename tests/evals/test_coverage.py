from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.coverage.items import held, name_words, wanted
from evals.coverage.run import main, measure, read_facts, read_statements, share
from sources.collection.library import Library
from sources.errors import LoadError

NAMES = frozenset({"mujahid", "mehsud", "mahsud", "kunar", "khost"})

FACTS = """# A file

- (12 Nov 1893) Durand and the amir signed in Kabul. [S1]
- (2022-04-16/17) Mujahid said 1.7 million dollars and 47 dead in Khost. [S1,S2]
- (2001) The envoy agreed to seven points. [S3] He smiled. [memory]
- (2002) Nobody wrote this down. [memory]
- (1 Nov 2013) A drone killed Mehsud. [S2; date memory]

Doubtful:
- The toll is 48 in one text. [S1]

Sources:
S1: One — A, 2022, https://a.example/one/
S2: same as S1
S3: A book without an address — B, 2001
"""
BRIEF = """---
title: T
kind: brief
language: en
covers: 1893-01/2022-12
updated: 2026-11-22
summary: S.
---

- **1893-11-12 · Agreed:** Sir Mortimer Durand and the amir signed it in Kabul. [^a]
- **2022-04-16/2022-04-17 · Taliban, Zabihullah Mujahid:** In Khost forty-seven were killed and 1,700,000 dollars burnt. [^a]
- **2001 · Agreed:** The seven points were accepted by the envoy. [^b]

[^a]: “One”, *A*, 2022, <http://www.a.example/one>
[^b]: “A book without an address”, *B*, 2001
"""


def missing(fact: str, statement: str, fact_date: str = "", date: str = "") -> list[str]:
    keys = held(date, statement, NAMES)
    return [item.words for item in wanted(fact_date, fact, NAMES) if item.keys.isdisjoint(keys)]


@pytest.mark.parametrize(
    ("fact", "statement"),
    [
        ("on 12 Nov 1893", "on 12 November 1893"),
        ("in November 1893", "on 12 November 1893"),
        ("1893-11-12", "12 November 1893"),
        ("14-15 Nov 2014", "on 14 and 15 November 2014"),
        ("2009-10", "in 2009 and 2010"),
        ("1979-87", "from 1979 to 1987"),
        ("about 1.7 million", "1,700,000"),
        ("2-2.7 million", "2 to 2.7 million"),
        ("25,000-30,000", "between 25,000 and 30,000"),
        ("ten attackers", "10 attackers"),
        ("twenty-two", "22"),
        ("the two sides", "both"),
        ("the 20th of it, June 2021", "on 20 June 2021"),
        ("HRW", "Human Rights Watch"),
        ("Mehsud", "Mahsud"),
        ("Pakistani", "Pakistan"),
        ("it kept 31 August", "every 31 August"),
        ("Q3 (topic 06)", ""),
    ],
)
def test_the_same_written_otherwise(fact: str, statement: str) -> None:
    assert missing(fact, statement) == []


@pytest.mark.parametrize(
    ("fact", "statement", "lost"),
    [
        ("12 Nov 1893", "13 November 1893", ["12 Nov 1893"]),
        ("12 Nov 1893", "in November 1893", ["12 Nov 1893"]),
        ("1.7 million", "1.7 billion", ["1.7 million"]),
        ("47 dead", "48 dead", ["47"]),
        ("of Khost", "of Kunar", ["Khost"]),
    ],
)
def test_something_else(fact: str, statement: str, lost: list[str]) -> None:
    assert missing(fact, statement) == lost


def test_the_date_may_stand_in_the_head() -> None:
    assert missing("S.", "S.", "12 Nov 1893", "1893-11-12") == []
    assert missing("on 17 April", "S.", "2022-04", "2022-04-17") == []


def test_a_name_is_written_with_a_capital_everywhere() -> None:
    assert name_words(["Then Mujahid said that Sun rose; the sun set. Overnight it was Fitrat."]) == {
        "mujahid",
        "fitrat",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("facts/x.md", FACTS), ("facts/README.md", "- no facts"), ("shipped/b.md", BRIEF)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_facts_and_their_sources(folder: Path) -> None:
    facts = read_facts(folder / "facts")
    assert [(fact.line, fact.sources, fact.doubtful, fact.undated) for fact in facts] == [
        (3, ("a.example/one",), False, False),
        (4, ("a.example/one",), False, False),
        (5, ("a book without an address",), False, False),
        (6, (), False, False),
        (7, ("a.example/one",), False, True),
        (10, ("a.example/one",), True, False),
    ]
    assert facts[2].text == "The envoy agreed to seven points."


def test_what_is_said_of_them(folder: Path) -> None:
    facts = read_facts(folder / "facts")
    library = Library(folder / "home", shipped=folder / "shipped")
    documents = [library.load(entry) for entry in library.scan()]
    names = name_words([*(fact.text for fact in facts), "of Mujahid in Kabul, of Mehsud in Khost", BRIEF])
    results = measure(facts, read_statements(documents, names), names)
    assert [(result.state, result.missing) for result in results] == [
        ("covered", ()),
        ("covered", ()),
        ("covered", ()),
        ("partly", ("Mehsud",)),
        ("partly", ("48",)),
    ]
    assert share(results) == 75


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(folder / "facts"), "--shipped", str(folder / "shipped")]
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "in all" in printed
    assert "x.md:10 (doubtful, partly): 48" in printed
    assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["unsourced"] == 1
    assert main([str(folder / "shipped")]) == 2
    assert "no fact files here" in capsys.readouterr().err
    with pytest.raises(LoadError):
        read_facts(folder)
