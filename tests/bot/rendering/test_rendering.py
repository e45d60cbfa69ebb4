"""Answers in the reader's language, in Markdown, BibTeX and CSL-JSON."""

from __future__ import annotations

import json
import re

import pytest
from support.made.answers import PARTIES, answer, citation

from bot.answering.answer import Claim
from bot.rendering import answer_text, attribution, citation_lines
from bot.rendering.citations import bibtex, csl, markdown
from bot.rendering.phrases import texts
from sources.document import Reference


def test_a_claim_in_persian_keeps_the_latin_text_apart():
    text = answer_text(answer("fa"), PARTIES)
    assert "پاکستان" in text
    assert "\u2068A truce was agreed.\u2069 \u2068[1]\u2069" in text
    assert "۱۹ اکتوبر ۲۰۲۵" in text


@pytest.mark.parametrize("language", ["en", "ur", "ps", "fa", "ru"])
def test_every_refusal_is_said_in_every_language(language):
    said = set()
    for reason in ("not_in_library", "after_reach", "out_of_scope", "chat", "injection", "empty_library", "unclear"):
        refused = answer(language, claims=(), citations=(), reason=reason, reach="2026-04-08")
        said.add(answer_text(refused, PARTIES))
    assert len(said) == 7
    assert all(said)


def test_another_language_is_said_for_a_quote():
    lines = citation_lines(citation(kind="news", language="ru", references=()), texts("en"))
    assert lines == ["“Brief”, 22 November 2026, quoted in Russian"]


def test_the_copy_that_was_read_is_named_where_it_is_another():
    copied = Reference("d", "Talks", "Dawn", None, "2025", "https://dawn.example/1", read_at="https://copy.example/1")
    line = citation_lines(citation(references=(copied,)))[0]
    assert line.endswith("“Talks”, Dawn, 2025, https://dawn.example/1, read in the copy at https://copy.example/1")


def test_an_opinion_is_introduced_by_its_author():
    piece = answer(
        claims=(Claim("It will fail.", None, "G. Author", "2024", (1,)),), citations=(citation(kind="opinion"),)
    )
    assert answer_text(piece, PARTIES) == "G. Author argues: “It will fail.” [1]"
    claim = Claim("It will fail.", "analysts", "G. Author", "2024", (1,))
    assert attribution(claim, PARTIES) == "2024 · Analysts, G. Author"


def test_markdown_has_real_footnotes_and_escapes():
    text = markdown(answer(), PARTIES)
    assert "A truce was agreed. [^1]" in text
    assert (
        "[^1]: Summary after “Talks & \\*war\\*”, A. Writer, Dawn, 19 October 2025, <https://example.org/a_b>" in text
    )
    assert set(re.findall(r"\[\^\d+\](?!:)", text)) == {"[^1]"}


def test_bibtex_and_csl_hold_each_publication_once():
    twice = answer(citations=(citation(), citation(number=2)))
    assert [item["id"] for item in csl(twice)] == ["dawn"]
    assert csl(twice)[0]["issued"] == {"date-parts": [[2025, 10, 19]]}
    assert json.loads(json.dumps(csl(twice)))
    entry = bibtex(twice)
    assert entry.count("@misc{") == 1
    assert "title = {Talks \\& *war*}" in entry


def published(identifier, written="2025-10-19", url=None, title="A title", author=None):
    return Reference(identifier, title, "Dawn", author, written, url or f"https://example.org/{identifier}/{title}")


def answer_with(*references):
    return answer(citations=(citation(references=references),))


def test_keys_are_told_apart():
    given = answer_with(
        published("dawn"),
        published("Dawn", title="B"),
        published("дон", title="C"),
        published("дон", title="D"),
        published("dawn-2", title="E"),
    )
    keys = re.findall(r"@misc\{([^,]+),", bibtex(given))
    assert len({key.casefold() for key in keys}) == len(keys) == 5
    assert [item["id"] for item in csl(given)] == keys


@pytest.mark.parametrize("text", ["{", "}}", "a {b} c", "50% & #1 ~ ^ $5_x", "back\\slash", "\\}"])
def test_bibtex_braces_balance_whatever_stands_in_a_title(text):
    entry = bibtex(answer_with(published("x", title=text, author=text, url=f"https://a.org/x_y%20{text}")))
    depth = 0
    for char in entry:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0


def test_an_address_is_not_escaped():
    entry = bibtex(answer_with(published("x", url="https://a.org/x_y%20?a=1&b=#c~d")))
    assert "  url = {https://a.org/x_y%20?a=1&b=#c~d}" in entry


@pytest.mark.parametrize(
    ("written", "issued", "year"),
    [
        ("2024", {"date-parts": [[2024]]}, "2024"),
        ("2024-04-20", {"date-parts": [[2024, 4, 20]]}, "2024"),
        ("2024-01/2024-03", {"date-parts": [[2024, 1], [2024, 3]]}, "2024"),
        ("2024~", {"date-parts": [[2024]], "circa": True}, "2024"),
        ("spring 2020", {"literal": "spring 2020"}, "2020"),
        ("20 April 2024", {"literal": "20 April 2024"}, "2024"),
        ("undated", {"literal": "undated"}, None),
        ("2024-99", {"literal": "2024-99"}, "2024"),
    ],
)
def test_a_date_of_any_form_is_written(written, issued, year):
    given = answer_with(published("x", written))
    assert csl(given)[0]["issued"] == issued
    assert ("year = {" in bibtex(given)) == (year is not None)
    assert year is None or f"year = {{{year}}}" in bibtex(given)
