"""Answers: every claim is a slice of a stored source; what is not held is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.fakes import word_reader
from support.made.briefs import DAWN, strikes

from bot.answering.answerer import Answerer
from bot.answering.citing import cite, cite_passage
from bot.rendering import answer_json, answer_text, citation_lines, clean, readable_date
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from index.types import Scope
from sources.briefs.parser import parse
from sources.document import Document
from sources.parties import shipped_parties

BRIEF = strikes(
    "2022-04-16 · Taliban, Zabihullah Mujahid:** On 16 April 2022 the Taliban said a strike in Khost killed 47 people. [^dawn]",
    "2022-04-17 · Pakistan, Foreign Office:** On 17 April 2022 Pakistan spoke of a strike on the TTP. [^dawn][^voa]",
    references=(
        DAWN,
        "[^voa]: “More strikes”, *VOA*, 2022-04-18, <https://example.org/2>, weak",
    ),
)


def decide(monkeypatch, enough):
    """Leave the reader, which is about the real model, out of a test with the fake one."""
    word_reader.use(monkeypatch, lambda question: enough)


@pytest.fixture(autouse=True)
def _enough(monkeypatch):
    decide(monkeypatch, True)


@pytest.fixture
def brief():
    return parse(BRIEF, "strikes", file="strikes.md", parties=shipped_parties())


@pytest.fixture
def answerer(home, shelf, encoder, brief):
    shelf.put(brief)
    shelf.put(Document("essay", "An essay", "Water is scarce. Dams matter.", kind="opinion", author="G. Author"))
    update(shelf, Generations(home), encoder)
    return Answerer(Index.open(home, encoder))


def test_every_quote_is_a_slice_of_the_stored_text(answerer):
    answer = answerer.answer("Which strike was there in Khost?")
    assert answer.claims
    for citation in answer.citations:
        document = answerer._index.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert document.digest == citation.digest
    assert [claim.citations for claim in answer.claims] == [(n,) for n in range(1, len(answer.claims) + 1)]


def test_a_statement_keeps_party_speaker_date_and_references(answerer):
    answer = answerer.answer("Which strike was there in Khost?")
    claim = next(claim for claim in answer.claims if claim.party == "pakistan")
    assert (claim.speaker, claim.date) == ("Foreign Office", "2022-04-17")
    citation = answer.citations[claim.citations[0] - 1]
    assert [reference.publisher for reference in citation.references] == ["Dawn", "VOA"]


def test_a_brief_is_labelled_a_summary_and_never_quoted(answerer):
    text = answer_text(answerer.answer("Which strike was there in Khost?"), shipped_parties())
    assert "“" not in text
    assert "• Zabihullah Mujahid: On 16 April 2022" in text


def test_another_document_is_quoted(answerer):
    text = answer_text(answerer.answer("Is water scarce?"), shipped_parties())
    assert "G. Author argues: “Water is scarce.” [1]" in text


def test_what_is_not_in_the_library_is_refused(answerer, monkeypatch):
    decide(monkeypatch, False)
    answerer = Answerer(answerer.index)
    monkeypatch.setattr("bot.answering.answerer.ON_SUBJECT_COSINE", 1.1)  # cosines of the fake model say nothing
    football = answerer.answer("Who won the football cup?")
    assert (football.abstained, football.reason, football.claims) == (True, "out_of_scope", ())
    near = answerer.answer("What does the Taliban army cost a year?")
    assert (near.abstained, near.reason, len(near.nearest)) == (True, "not_in_library", 3)


def test_a_refusal_with_a_reader_shows_only_what_bears_on_the_question(answerer, monkeypatch):
    decide(monkeypatch, True)
    trace = answerer.trace("Which strike was there in Khost?")
    one, other = [replace(reading, bearing=bearing) for reading, bearing in zip(trace.read, (0.5, 0.9), strict=False)]
    beside = replace(one, bearing=answerer._bounds.bearing - 0.01)
    monkeypatch.setattr(type(answerer.reader), "reads", True)
    shown = [citation.quote for citation in answerer._near(trace.hits, [one, beside, other, one])]
    assert shown == [cite(other.candidate, 1).quote, cite(one.candidate, 2).quote]
    assert answerer._near(trace.hits, [beside]) == ()


def test_an_empty_library_says_so(home, shelf, encoder):
    shelf.documents = {}
    update(shelf, Generations(home), encoder)
    answer = Answerer(Index.open(home, encoder)).answer("Which strike?")
    assert (answer.abstained, answer.reason, answer.nearest) == (True, "empty_library", ())


def test_a_scope_of_days_holds_for_single_statements(answerer, monkeypatch):
    decide(monkeypatch, True)
    answer = answerer.answer("Which strike was there in Khost?", scope=Scope(since="2022-04-17"))
    assert {claim.date for claim in answer.claims} == {"2022-04-17"}


def test_a_scope_of_parties_holds_for_single_statements(answerer, monkeypatch):
    decide(monkeypatch, True)
    answer = answerer.answer("Which strike was there in Khost?", scope=Scope(parties=("taliban",)))
    assert {claim.party for claim in answer.claims} == {"taliban"}


def test_the_json_contract(answerer):
    answer = answerer.answer("Which strike was there in Khost?")
    value = answer_json(answer, shipped_parties())
    assert list(value) == [
        "question", "asked_as", "scope", "language", "abstained", "reason", "disputed", "composed", "form", "as_of",
        "missing", "suggestions", "count", "events", "alternatives", "answer", "claims", "citations", "nearest", "generation", "seconds",
    ]  # fmt: skip
    assert set(value["claims"][0]) == {"text", "party", "speaker", "date", "citations", "outlet", "columns"}
    assert {claim["party"] for claim in value["claims"]} == {"Pakistan", "Taliban"}
    assert set(value["citations"][0]) == {
        "number", "kind", "document_id", "digest", "language", "title", "publisher", "author", "published", "url",
        "page", "start", "end", "quote", "references",
    }  # fmt: skip
    assert set(value["citations"][0]["references"][0]) == {
        "title", "publisher", "author", "published", "url", "weak", "read_at",
    }  # fmt: skip
    assert set(value["seconds"]) == {"total", "retrieve", "answer"}


def test_a_reference_is_written_in_full(answerer, brief):
    passage = answerer._index.search("strike")[0].passage
    citation = cite_passage(brief, passage, 1)
    assert citation_lines(citation) == [
        "Summary after “Strikes”, A. Writer, Dawn, 17 April 2022, https://example.org/1",
        "“More strikes”, VOA, 18 April 2022, https://example.org/2, weak source",
        "in the brief “Strikes”",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2022-04-06", "6 April 2022"),
        ("2022-04~", "about April 2022"),
        ("2023-09-06/2023-09-15", "6–15 September 2023"),
        ("1893", "1893"),
        (None, ""),
    ],
)
def test_dates_are_readable(written, read):
    assert readable_date(written) == read


def test_text_of_others_cannot_steer_a_terminal():
    assert clean("a\x1b[31mb\x07\x9bc\nd") == "a[31mbc\nd"


def test_more_goes_on_with_the_question_before_and_never_repeats(answerer):
    question = "Which strikes were there?"
    first = answerer.answer(question, k=1)
    second = answerer.answer("more please", history=[question], k=1)
    third = answerer.answer("go on", history=[question, "more please"], k=1)
    told = [claim.text for answer in (first, second, third) for claim in answer.claims]
    assert len(told) == len(set(told)) > 1
    assert (second.question, second.asked_as) == ("more please", first.asked_as)
    last = answerer.answer("more", history=[question, *["more"] * 9], k=1)
    assert (last.claims, last.reason, last.nearest) == ((), "no_more", ())


def test_a_follow_up_after_more_follows_the_question_and_not_the_word(answerer):
    question = "Which strike was there in Khost?"
    plain = answerer.trace("and why?", history=[question])
    assert answerer.trace("and why?", history=[question, "tell me more"]).asked.text == plain.asked.text
    assert "Khost" in plain.asked.text


def test_more_is_told_in_the_language_of_the_question(answerer):
    question = "خوست میں کون سا حملہ ہوا؟"
    assert answerer.answer("مزید", history=[question]).language == answerer.answer(question).language == "ur"


def test_more_without_a_question_before_it_is_none(answerer):
    assert answerer.answer("more please").abstained
    assert answerer.answer("more please", history=["hello"]).reason != "no_more"
