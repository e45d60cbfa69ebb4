"""Asking back: an open reference gets dated choices, anything that narrows it an answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from support.fakes import word_lists, word_reader
from support.made.briefs import strikes

from bot.answering.answerer import Answerer
from bot.answering.events.ask_back import OpenReference, narrowed
from bot.answering.gist import first_words
from bot.answering.reading.features import Question
from bot.cli.commands.chat import Chat
from bot.nlp.linear import Linear
from bot.question.query import understand
from bot.rendering import answer_json, answer_text
from bot.rendering.form import refusal_form
from bot.telegram.views.answer import answer_blocks, answer_buttons
from bot.telegram.views.phrases import phrases
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from sources.briefs.parser import parse
from sources.parties import shipped_parties

PARTIES = shipped_parties()
TODAY = date(2026, 11, 29)
BRIEF = strikes(
    "2022-04-16 · agreed:** On 16 April 2022 a strike hit Khost. [^dawn]",
    "2022-04-18 · agreed:** The strike in Khost was two days before. [^dawn]",
    "2024-12-24 · agreed:** On 24 December 2024 a strike hit Barmal. [^dawn]",
    "2023/2025 · agreed:** Strike after strike was counted. [^dawn]",
    covers="2022-04/2025-11",
    summary="Strikes.",
    heading="Strikes",
)


@pytest.fixture
def answerer(home, shelf, encoder, monkeypatch):
    word_reader.use(monkeypatch)
    word_lists.use(monkeypatch)
    shelf.put(parse(BRIEF, "strikes", file="strikes.md", parties=PARTIES))
    update(shelf, Generations(home), encoder)
    made = Answerer(Index.open(home, encoder))
    # a model that takes every question for open: what narrows a question is told without it
    weights = np.zeros((1, encoder.dimension), np.float32)
    made._is_open = OpenReference(Linear(("open",), weights, np.ones(1, np.float32), (0.5,)))
    return made


def test_an_open_question_gets_one_choice_an_event_newest_first(answerer):
    answer = answerer.answer("tell me about the strike", today=TODAY)
    assert (answer.reason, answer.abstained) == ("unclear", True)
    assert [(each.date, each.label) for each in answer.alternatives] == [
        ("2024-12-24", "A strike hit Barmal."),
        ("2022-04-16", "A strike hit Khost."),
    ]
    assert answer.alternatives[0].question == "tell me about the strike (24 December 2024: A strike hit Barmal.)?"
    text = answerer.index.document("strikes").text
    told = [text[each.start : each.end] for each in answer.alternatives]
    assert told == ["On 24 December 2024 a strike hit Barmal.", "On 16 April 2022 a strike hit Khost."]


def test_the_chosen_question_is_answered(answerer):
    answer = answerer.answer("tell me about the strike", today=TODAY)
    chosen = answerer.answer(answer.alternatives[0].question, today=TODAY)
    assert [claim.text for claim in chosen.claims] == ["On 24 December 2024 a strike hit Barmal."]


@pytest.mark.parametrize(
    "question",
    ["tell me about the strike in Khost", "tell me about the strike of December 2024", "what is the latest strike?"],
)
def test_what_narrows_a_question_is_enough(answerer, question):
    asked = understand(
        question, gazetteer=answerer.gazetteer, known=answerer.index.knows, languages=("en",), today=TODAY
    )
    assert narrowed(Question(asked, answerer.index, answerer.gazetteer))
    assert not answerer.answer(question, today=TODAY).alternatives


def test_a_follow_up_is_not_asked_back(answerer):
    history = ["What happened in Barmal in December 2024?"]
    assert not answerer.answer("and who was behind the strike?", history=history, today=TODAY).alternatives


def test_one_event_alone_is_answered(answerer):
    assert not answerer.answer("is there water?", today=TODAY).alternatives


def test_the_classifier_holds_for_its_own_encoder_only(answerer, encoder):
    assert OpenReference.open(encoder).model is None


def test_choices_are_questions_or_numbers(answerer):
    answer = answerer.answer("tell me about the strike", today=TODAY)
    assert answer_text(answer, PARTIES) == (
        "It is not clear whom or what you mean: name the person, the place or the event.\n\n"
        "Did you mean one of these?\n"
        "tell me about the strike (24 December 2024: A strike hit Barmal.)?\n"
        "tell me about the strike (16 April 2022: A strike hit Khost.)?".replace("\ntell", "\n• tell")
    )
    numbered = [line.plain for line in refusal_form(answer, numbered=True) if line.kind == "choice"]
    assert numbered == ["1. 24 December 2024: A strike hit Barmal.", "2. 16 April 2022: A strike hit Khost."]
    assert [each["date"] for each in answer_json(answer, PARTIES)["alternatives"]] == ["2024-12-24", "2022-04-16"]


def test_buttons_carry_the_choices(answerer):
    answer, say = answerer.answer("tell me about the strike", today=TODAY), phrases("en")
    rows = answer_buttons(answer, PARTIES, "id", say)
    assert [(button.text, button.data) for row in rows for button in row][:2] == [
        ("24 December 2024: A strike hit Barmal.", "w:id:0"),
        ("16 April 2022: A strike hit Khost.", "w:id:1"),
    ]
    shown = "".join(span.text for block in answer_blocks(answer, PARTIES, say) for span in block.spans)
    assert "2. 16 April 2022: A strike hit Khost." in shown


def test_a_number_in_chat_is_the_choice(answerer):
    answer = answerer.answer("tell me about the strike", today=TODAY)
    chat = Chat(None, answerer.answer, answer=answer)  # type: ignore[arg-type]
    assert chat.chosen("2") == answer.alternatives[1].question
    assert [chat.chosen(line) for line in ("3", "0", "two", "2024")] == ["3", "0", "two", "2024"]


def test_first_words_leave_the_day_out():
    assert first_words("On 8 October 2025 the two sides met.") == "The two sides met."
    assert first_words("One two three four.", 2) == "One two …"
