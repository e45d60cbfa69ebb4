"""What is shown of what was read: best first, nothing twice, both sides, the newest for the present, a correction before all."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answering.candidates import Candidate
from bot.answering.choose import choose
from bot.answering.reading.reader import Bounds, Judgement, Reading
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.follow_up import names_nobody
from bot.question.parts import fitted
from bot.question.query import understand
from index.types import Passage, Sentence
from sources.document import Document, Statement

BOUNDS = Bounds(answer=0.2, show=0.5, correct=0.6, bearing=0.3)
GAZETTEER = Gazetteer.load()


def asked(question, *history):
    return understand(
        question,
        gazetteer=GAZETTEER,
        known=lambda _: True,
        languages=("en",),
        today=date(2026, 11, 28),
        history=history,
    )


def reading(
    text, answers, *, day="2025-10-12", party=None, speaker=None, heading="Fighting", corrects=0.0, bearing=None
):
    statement = Statement(0, len(text), day, day, day, party, speaker)
    document = Document("brief", "A brief", text, kind="brief", statements=(statement,))
    passage = Passage("brief#0", "brief", "A brief", heading, text, 0, len(text), "en")
    made = Candidate(document, passage, Sentence(0, len(text), 0), 0, len(text), statement, 0.9)
    return Reading(made, answers, corrects, answers if bearing is None else bearing)


def shown(question, read, *, contradicts=lambda one, other: False, around=(), answerable=None, **options):
    read = sorted(read, key=lambda each: -each.answers)
    for number, each in enumerate(read):  # statements of one text in different places
        object.__setattr__(each.candidate, "sentence", Sentence(number, number, number))
    options = {"present": False, **options}
    nearby = [each.candidate for each in around]
    judgement = Judgement(
        tuple(read), max((each.answers for each in read), default=0.0) if answerable is None else answerable
    )
    choice = choose(
        asked(question), judgement, BOUNDS, str.split, contradicts, contradicts, lambda _: nearby, **options
    )
    return [each.candidate.text for each in choice.shown], choice


def test_the_best_comes_first_and_what_is_unsure_stays_away():
    read = [reading("one two", 0.6), reading("three four", 0.9), reading("five six", 0.49)]
    assert shown("What is the fence for?", read)[0] == ["three four", "one two"]


def test_a_question_that_is_unlikely_to_be_answerable_is_refused_whatever_the_best_is():
    assert shown("What is the fence for?", [reading("one two", 0.9)], answerable=0.1)[0] == []
    assert shown("What is the fence for?", [reading("one two", 0.1)], answerable=0.9)[0] == ["one two"]


def test_a_single_unsure_answer_is_shown_and_less_is_refused():
    assert shown("What is the fence for?", [reading("one two", 0.3)])[0] == ["one two"]
    assert shown("What is the fence for?", [reading("one two", 0.19)])[0] == []
    assert shown("What is the fence for?", [])[0] == []


def test_one_fact_gets_two_claims_at_most():
    read = [reading(f"word{n} other{n}", 0.9 - n / 100) for n in range(5)]
    assert len(shown("When did the fence begin?", read)[0]) == 2
    assert len(shown("What is the fence for?", read)[0]) == 5


def test_the_same_is_not_said_twice():
    read = [reading("the fence is long", 0.9), reading("the fence is very long", 0.8), reading("water flows", 0.7)]
    assert shown("What is the fence for?", read)[0] == ["the fence is long", "water flows"]
    figures = [reading("the dead were 12 men", 0.9), reading("the dead were 40 men", 0.8)]
    assert len(shown("What is told of the dead?", figures)[0]) == 2


def test_a_speaker_is_heard_twice_unless_he_is_asked_for():
    read = [reading(f"a{n} b{n}", 0.9 - n / 100, party="ttp", speaker="A spokesman") for n in range(4)]
    assert len(shown("What is the fence for?", read)[0]) == 2
    assert len(shown("What does the TTP say?", read)[0]) == 4


def test_a_party_that_is_named_is_heard_second_at_the_latest():
    read = [reading("a b", 0.9, party="india"), reading("c d", 0.8, party="iran"), reading("e f", 0.6, party="taliban")]
    assert shown("What do the Taliban say of the fence?", read)[0] == ["a b", "e f", "c d"]


def test_more_goes_on_where_the_answer_ended():
    read = [reading(f"word{n} other{n}", 0.9 - n / 100) for n in range(9)]
    first, second = (
        shown("What is the fence for?", read, most=6)[0],
        shown("What is the fence for?", read, most=6, skip=6)[0],
    )
    assert (len(first), len(second)) == (6, 3)
    assert not set(first) & set(second)


def test_the_newest_comes_first_where_the_present_is_asked_for():
    read = [
        reading("a b", 0.9, day="2021-01-01"),
        reading("c d", 0.88, day="2026-01-01"),
        reading("e f", 0.51, day="2026-05-01"),
    ]
    texts, choice = shown("Is the fence open?", read, present=True)
    assert (texts, choice.now) == (["c d", "a b", "e f"], True)
    assert shown("Is the fence open?", read)[0] == ["a b", "c d", "e f"]
    assert shown("Is the fence open?", read, present=True, near=0.5)[0] == ["e f", "c d", "a b"]


def test_a_wrong_premise_is_corrected_first():
    read = [reading("a b", 0.4), reading("it was never recognised", 0.3, corrects=0.8)]
    texts, choice = shown("When was it recognised by all?", read)
    assert (texts, choice.corrects) == (["it was never recognised"], True)


def test_a_time_that_binds_leaves_out_the_rest():
    read = [reading("a b", 0.9, day="2021-01-01"), reading("c d", 0.6, day="2023-09-06")]
    assert shown("Which strike was there in September 2023?", read)[0] == ["c d"]


def test_a_stretch_of_time_is_told_oldest_first():
    read = [reading(f"word{d} other{d}", p, day=f"2023-0{d}-01") for d, p in ((5, 0.9), (2, 0.8), (8, 0.7))]
    texts, choice = shown("What was agreed between January and December 2023?", read)
    assert (texts, choice.form) == (["word2 other2", "word5 other5", "word8 other8"], "timeline")


def test_what_another_acting_party_says_against_a_claim_stands_with_it():
    mine = reading("taliban claim x", 0.9, party="taliban")
    theirs = reading("pakistan denies y", 0.1, party="pakistan", bearing=0.4)
    texts, choice = shown("What do they claim?", [mine, theirs], contradicts=lambda *_: True)
    assert (texts, choice.disputed) == (["taliban claim x", "pakistan denies y"], True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"bearing": 0.2}, "does not bear on the question"),
        ({"party": "media"}, "only reports"),
        ({"day": "2019-01-01"}, "is of another event"),
        ({"party": "taliban"}, "is the same party"),
    ],
)
def test_no_side_is_added_that(changes, why):
    mine = reading("taliban claim x", 0.9, party="taliban")
    theirs = reading("denies y", 0.1, **{"party": "pakistan", "bearing": 0.4, **changes})
    texts, choice = shown("What do they claim?", [mine, theirs], contradicts=lambda *_: True)
    assert (texts, choice.disputed) == (["taliban claim x"], False), why


def test_parties_that_do_not_contradict_each_other_do_not_disagree():
    read = [reading("a b", 0.9, party="taliban"), reading("c d", 0.8, party="pakistan")]
    texts, choice = shown("What do they claim?", read)
    assert (texts, choice.disputed) == (["a b", "c d"], False)


def test_two_questions_at_once_are_two():
    def split(question):
        return fitted()(question, GAZETTEER.find(question))

    assert split("who is omar and what does he want?") == ["who is omar", "what does he want"]
    assert split("who signed for pakistan and the taliban?") == []
    assert len(asked("Who is Mullah Omar and what does he want?").parts) == 2


def test_a_question_before_is_not_answered_once_more():
    follow_up = asked("And what did Pakistan say?", "What was agreed in Doha?")
    assert follow_up.text == "What was agreed in Doha? And what did Pakistan say?"
    assert follow_up.parts == ()
    several = asked("How many were killed, and who did it?", "What happened in Kabul on 9 October 2025?")
    assert [part.text for part in several.parts] == [
        "What happened in Kabul on 9 October 2025? how many were killed",
        "What happened in Kabul on 9 October 2025? how many were killed who did it",
    ]


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Who leads the TTP?", True),
        ("When was the Durand Line drawn?", True),
        ("And the TTP?", False),
        ("What did Pakistan say?", False),
        ("Where did it say so to the TTP?", False),
    ],
)
def test_a_short_question_that_names_something_new_stands_alone(question, alone):
    assert (asked(question, "What was agreed in Doha?").text == question) is alone


def test_somebody_who_was_not_named_is_asked_for():
    assert names_nobody("was he killed?", [])
    assert names_nobody(both := "did he kill Mullah Omar?", [])
    assert not names_nobody(both, GAZETTEER.find(both))
    assert asked("Was he killed?").unclear


def test_a_party_does_not_speak_alone_where_its_section_has_the_other_side():
    mine = reading("taliban claim x", 0.9, party="taliban")
    theirs = reading("pakistan denies y", 0.0, party="pakistan", bearing=0.0)
    texts, choice = shown("What do they claim?", [mine], around=[theirs], contradicts=lambda *_: True)
    assert (texts, choice.disputed) == (["taliban claim x", "pakistan denies y"], True)
    assert shown("What do they claim?", [mine], around=[theirs])[0] == ["taliban claim x"]


@pytest.mark.parametrize("changes", [{"party": "media"}, {"day": "2025-10-20"}, {"party": "taliban"}])
def test_what_is_no_other_side_does_not_join_a_lone_party(changes):
    mine = reading("taliban claim x", 0.9, party="taliban")
    theirs = reading("denies y", 0.0, **{"party": "pakistan", **changes})
    assert shown("What do they claim?", [mine], around=[theirs], contradicts=lambda *_: True)[0] == ["taliban claim x"]
