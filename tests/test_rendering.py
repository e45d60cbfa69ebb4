"""Answers in the reader's language, in Markdown, BibTeX and CSL-JSON."""

from __future__ import annotations

import json
import re

import pytest

from bot.answer_types import Answer, Citation, Claim
from bot.citation_formats import bibtex, csl, markdown
from bot.rendering import answer_text, attribution, citation_lines
from bot.texts import texts
from index.passages import Scope
from sources.document import Reference
from sources.parties import shipped_parties

REFERENCE = Reference("dawn", "Talks & *war*", "Dawn", "A. Writer", "2025-10-19", "https://example.org/a_b")


def citation(**changes):
    values = {
        "number": 1, "kind": "brief", "document_id": "d", "digest": "0", "language": "en", "title": "Brief",
        "publisher": None, "author": None, "published": "2026-11-22", "url": None, "page": None, "start": 0, "end": 4,
        "quote": "Text", "references": (REFERENCE,),
    }  # fmt: skip
    return Citation(**{**values, **changes})


def answer(language="en", **changes):
    values = {
        "question": "q", "asked_as": "q", "scope": Scope(), "language": language,
        "claims": (Claim("A truce was agreed.", "pakistan", "Khawaja Asif", "2025-10-19", (1,)),),
        "citations": (citation(),),
    }  # fmt: skip
    return Answer(**{**values, **changes})


PARTIES = shipped_parties()


def test_a_claim_in_persian_keeps_the_latin_text_apart():
    text = answer_text(answer("fa"), PARTIES)
    assert "پاکستان" in text
    assert "\u2068A truce was agreed.\u2069 \u2068[1]\u2069" in text
    assert "۱۹ اکتوبر ۲۰۲۵" in text


@pytest.mark.parametrize("language", ["en", "ur", "ps", "fa", "ru"])
def test_every_refusal_is_said_in_every_language(language):
    said = set()
    for reason in ("not_in_library", "after_reach", "out_of_scope", "chat", "injection", "empty_library"):
        refused = answer(language, claims=(), citations=(), reason=reason, reach="2026-04-08")
        said.add(answer_text(refused, PARTIES))
    assert len(said) == 6
    assert all(said)


def test_another_language_is_said_for_a_quote():
    lines = citation_lines(citation(kind="news", language="ru", references=()), texts("en"))
    assert lines == ["“Brief”, 22 November 2026, quoted in Russian"]


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
