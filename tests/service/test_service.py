"""The service behind every door: the JSON of the command line, places with the right offsets, faults in one sentence."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from support.made.answers import answer as made_answer
from support.running.served import serving
from support.running.telegram_bot import DENIED, TRUCE, library

from bot.answering.answer import Alternative, Claim
from bot.answering.answerer import Answerer
from bot.errors import QuestionError
from bot.rendering.plain import answer_json
from bot.service.faults import fault_of
from bot.service.operations import OPERATIONS
from bot.service.places import place_json, place_of
from bot.service.requests import (
    SLICE_MOST,
    AskRequest,
    QuoteRequest,
    SearchRequest,
    SourceRequest,
    SourcesRequest,
    TimelineRequest,
)
from bot.service.results import AnswerResult
from bot.service.worker_pool import Overdue, WorkerDied
from index.errors import CorruptIndexError
from index.search import Index
from sources.document import Document
from sources.errors import DateError, NotFound

pytestmark = pytest.mark.anyio
QUESTION = "Where is the border fence?"
BY_NAME = {operation.name: operation for operation in OPERATIONS}


@pytest.fixture
async def service(home, monkeypatch):
    async with serving(home, monkeypatch) as opened:
        yield opened


def without_times(given):
    return {key: value for key, value in given.items() if key != "seconds"}


async def test_an_answer_is_the_one_of_the_library_call(service, home, encoder):
    index = Index.open(home, encoder)
    here = answer_json(Answerer(index).answer(QUESTION), service.parties)
    there = BY_NAME["ask"].to_json(service, await service.ask(AskRequest(question=QUESTION)))
    index.close()
    assert there["claims"]
    assert without_times(there) == without_times(here)


@pytest.mark.parametrize("question", [QUESTION, "Who is the king of France?"])
async def test_what_is_given_keeps_to_its_schema(service, question):
    given = {
        "ask": AskRequest(question=question),
        "search": SearchRequest(query="fence"),
        "check_quote": QuoteRequest(words=TRUCE),
        "timeline": TimelineRequest(words="truce"),
        "list_sources": SourcesRequest(),
        "show_source": SourceRequest(document_id="fence", start=0, end=8),
    }
    for operation in OPERATIONS:
        result = operation.to_json(service, await operation.run(service, given[operation.name]))
        assert operation.gives.model_validate(result).model_dump(exclude_unset=True) == result
    assert set(given) == set(BY_NAME)


@pytest.mark.parametrize(
    ("words", "speaker", "verdict", "kinds"),
    [
        (TRUCE, "Pakistan", "said", []),
        (TRUCE, "Taliban", "otherwise", ["speaker"]),
        ("The truce was broken by a strike on the bazaar", None, "otherwise", ["changed"]),
        ("Water flows from Kajaki to Zaranj", None, "not_held", []),
    ],
)
async def test_quoted_words_are_said_otherwise_or_not_held(service, words, speaker, verdict, kinds):
    operation = BY_NAME["check_quote"]
    check = await service.check_quote(QuoteRequest(words=words, speaker=speaker))
    value = operation.to_json(service, check)
    assert (value["verdict"], [each["kind"] for each in value["differences"]]) == (verdict, kinds)
    assert operation.gives.model_validate(value).model_dump(exclude_unset=True) == value
    text = operation.to_text(service, check)
    if verdict == "not_held":
        assert "false" not in text
    else:
        citation = value["citation"]
        assert citation["quote"] == value["statement"]["text"]
        assert f"document_id doha, start {citation['start']}, end {citation['end']}" in text


async def test_a_timeline_is_in_order_counted_whole_and_narrowed(service):
    operation = BY_NAME["timeline"]

    async def told(**fields):
        timeline = await service.timeline(TimelineRequest.model_validate({"words": "truce", **fields}))
        value = operation.to_json(service, timeline)
        assert operation.gives.model_validate(value).model_dump(exclude_unset=True) == value
        texts = [row["text"] for event in value["events"] for row in event["statements"]]
        return value["count"], texts, operation.to_text(service, timeline)

    count, texts, text = await told()
    assert (count, texts) == (1, [TRUCE, DENIED])  # neighbouring days: one event, each side apart
    assert text.startswith("As held in this library: 1\n• ")
    assert text.count("document_id doha") == 2
    assert (await told(party=["Taliban"]))[:2] == (1, [DENIED])
    assert (await told(to="2024"))[0] == (await told(**{"from": "2026"}))[0] == 0
    assert (await told(words=""))[0] == 0  # no milestones
    assert (await told(offset=1))[:2] == (1, [])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from": "2022", "to": "2021"}, "from 2022 lies after to 2021"),
        ({"party": ["Atlantis"]}, "no known party"),
        ({"type": "strike"}, "leave it out"),  # the test's encoder has no types
        ({"words": "a\0b"}, "not text"),
    ],
)
async def test_what_a_timeline_cannot_use_is_said_in_a_sentence(service, fields, said):
    with pytest.raises(QuestionError, match=said):
        await service.timeline(TimelineRequest.model_validate(fields))


async def test_too_few_words_are_no_quotation(service):
    with pytest.raises(QuestionError, match="at least 3 words"):
        await service.check_quote(QuoteRequest(words="a truce"))
    with pytest.raises(QuestionError, match="speaker: name a person"):
        await service.check_quote(QuoteRequest(words=TRUCE, speaker="…"))


async def test_lists_and_questions_back_keep_to_the_schema_and_are_told(service):
    operation = BY_NAME["ask"]
    listed = made_answer(
        claims=tuple(Claim(f"Strike {at}.", "agreed", None, f"2022-04-1{at}", (1,)) for at in range(3)),
        form="list",
        events=(2, 1),
    )
    value = operation.to_json(service, listed)
    assert (value["count"], value["events"]) == (2, [2, 1])
    assert operation.to_text(service, listed).startswith("As held in this library: 2\n• ")
    meant = Alternative("2022-04-16", "A strike hit Khost.", "the strike (2022-04-16)?", "strikes", 3, 9)
    unclear = made_answer(claims=(), citations=(), reason="unclear", alternatives=(meant,))
    asked_back = operation.to_json(service, unclear)
    assert asked_back["alternatives"][0]["question"] == meant.question
    assert meant.question in operation.to_text(service, unclear)
    for each in (value, asked_back):
        assert operation.gives.model_validate(each).model_dump(exclude_unset=True) == each


async def test_scope_and_number_reach_the_answer(service):
    only = await service.ask(AskRequest(question=QUESTION, document=["refugees"], k=1))
    assert {citation.document_id for citation in (*only.citations, *only.nearest)} <= {"refugees"}
    by_name = await service.search(SearchRequest(query="fence", source=["dawn"]))
    assert {hit.passage.document_id for hit in by_name} == {"fence"}
    assert len(await service.search(SearchRequest(query="border", k=1))) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"question": "?"}, "The question is empty"),
        ({"question": "x" * 2001}, "at most 2,000"),
        ({"question": "a\0b"}, "not text"),
        ({"document": ["fense"]}, "did you mean fence?"),
        ({"document": ["zzz"]}, "the list of sources shows"),
        ({"party": ["Atlantis"]}, "party: “Atlantis” is no known party"),
        ({"since": "2022", "until": "2021"}, "since 2022 lies after until 2021"),
    ],
)
async def test_what_cannot_be_used_is_said_in_a_sentence(service, fields, said):
    with pytest.raises(QuestionError) as raised:
        await service.ask(AskRequest(**{"question": QUESTION, **fields}))
    assert said in str(raised.value)


async def test_a_list_of_sources_can_be_narrowed_and_turned_over(service):
    every = await service.sources(SourcesRequest())
    assert [document.id for document in every.documents] == sorted(
        document.id for document in library().documents.values()
    )
    one = await service.sources(SourcesRequest(limit=1, offset=1))
    assert (one.total, one.documents) == (3, every.documents[1:2])
    assert [each.id for each in (await service.sources(SourcesRequest(words="DAWN", kind="news"))).documents] == [
        "fence"
    ]
    assert (await service.sources(SourcesRequest(kind="book"))).total == 0


async def test_a_place_has_the_cited_words_where_its_offsets_say(service):
    answer = await service.ask(AskRequest(question=QUESTION))
    for citation in answer.citations:
        wanted = SourceRequest(document_id=citation.document_id, start=citation.start, end=citation.end, around=7)
        place = place_json(await service.source(wanted))
        start, end = place["marked"]
        assert place["quote"] == place["text"][start:end] == citation.quote
        assert place["digest"] == citation.digest
        assert start <= 7
        assert len(place["text"]) - end <= 7


async def test_an_unknown_document_is_named_with_the_nearest(service):
    with pytest.raises(NotFound, match="did you mean fence"):
        await service.source(SourceRequest(document_id="fenc"))


def test_offsets_outside_the_text_are_refused_and_long_texts_are_cut():
    long = Document("long", "Long", "پښتو " * SLICE_MOST)
    assert len(place_of(long, 3, None, 0).text) == SLICE_MOST
    for start, end in ((0, 0), (9, 5), (0, 10**9), (10**9, None), (0, SLICE_MOST + 1)):
        with pytest.raises(QuestionError):
            place_of(long, start, end, 0)


async def test_the_text_names_every_source_with_its_number_and_place(service):
    answer = await service.ask(AskRequest(question=QUESTION))
    said = BY_NAME["ask"].to_text(service, answer)
    for citation in answer.citations:
        assert f"[{citation.number}] " in said
        assert f"document_id {citation.document_id}, start {citation.start}, end {citation.end}" in said
    shown = await service.source(SourceRequest(document_id="fence", start=0, end=8, around=5))
    assert ">>>Pakistan<<< buil" in BY_NAME["show_source"].to_text(service, shown)
    assert "1 of 3" in BY_NAME["list_sources"].to_text(service, await service.sources(SourcesRequest(limit=1)))
    hits = await service.search(SearchRequest(query="fence"))
    assert BY_NAME["search"].to_text(service, hits).startswith("[1] The fence")


def test_errors_become_faults_and_what_is_unforeseen_says_nothing_of_its_text(caplog):
    kinds = {
        "invalid": [QuestionError("x"), DateError("x")],
        "not_found": [NotFound("x")],
        "overdue": [Overdue("x")],
        "unavailable": [WorkerDied("x"), CorruptIndexError("x"), RuntimeError("secret words")],
    }
    for kind, errors in kinds.items():
        assert {fault_of(error).kind for error in errors} == {kind}
    assert "secret" not in fault_of(RuntimeError("secret words")).detail + caplog.text


def test_an_unknown_field_is_named_with_the_one_that_may_be_meant():
    with pytest.raises(ValidationError) as raised:
        AskRequest.model_validate({"question": "x", "langage": "en", "k": 99})
    fault = fault_of(raised.value, AskRequest)
    assert dict(fault.fields).keys() == {"langage", "k"}
    assert "did you mean language?" in dict(fault.fields)["langage"]
    with pytest.raises(ValidationError) as raised:
        TimelineRequest.model_validate({"form": "2021"})
    assert "did you mean from?" in fault_of(raised.value, TimelineRequest).detail


def test_the_schema_of_an_answer_closes_every_object():
    schema = AnswerResult.model_json_schema()
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
