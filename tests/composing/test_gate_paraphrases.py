"""Rules of the gate that know two ways of saying one thing: the paraphrase stays, its false neighbour goes."""

from __future__ import annotations

import pytest
from support.made.gate_cases import proof, qualifier_fault, terms

from bot.gate.attribution import attribution_fault
from bot.gate.figures import counted_fault, date_fault, swapped_fault
from bot.gate.intrusions import intrusion_fault
from bot.gate.names import name_fault
from bot.gate.negation import polarity_fault
from bot.gate.roles import role_fault
from bot.nlp.names.gazetteer import Gazetteer

GAZETTEER = Gazetteer.load()


@pytest.mark.parametrize(
    ("passage", "sentence", "fault"),
    [
        ("Some 40 of the men were undocumented.", "Some 40 of the men had no documents.", None),
        ("The fund had paid nothing out.", "The fund had not paid anything out.", None),
        ("Returns must be free of pressure.", "Returns must be without pressure.", None),
        ("Kabul called the charge baseless.", "Kabul rejected the charge.", None),
        ("Kabul rejected the charge that handlers stood behind it.", "Kabul denied that handlers stood behind it.", None),
        ("The committee had not met for months; Dar received him.", "Dar met him.", None),
        ("Returns must be under pressure.", "Returns must be without pressure.", "negation that is not in the passage"),
        ("Kabul did not meet the envoy.", "Kabul may meet the envoy.", "negation of “envoy” is lost"),
    ],
)  # fmt: skip
def test_denials_are_known_in_other_words(passage, sentence, fault):
    assert polarity_fault(sentence, [proof(passage)], terms, "en") == fault


@pytest.mark.parametrize(
    ("passage", "sentence", "fault"),
    [
        ("Trade needs firm guarantees.", "Trade is possible only with firm guarantees.", None),
        ("Trade goes on.", "Trade goes on only with firm guarantees.", "only “only” is in no passage"),
        ("Trade would open if Kabul gave guarantees.", "Trade would open.", "“if” is lost"),
        ("A reopening of trade needs guarantees.", "A reopening of trade comes.", "“needs” is lost"),
        ("They would reopen it on Monday.", "They were to reopen it on Monday.", None),
        ("They would reopen it on Monday.", "They reopened it on Monday.", "“would” is lost"),
        ("The general may have known of it.", "According to them the general knew of it.", "“may” is lost"),
        ("Six-month trade was higher.", "Trade over six months was higher.", None),
        ("There were 506 deaths in May.", "There were fewer than the 506 deaths of May.", None),
        ("There were 506 deaths in May.", "There were fewer than 506 deaths in May.", "bound of 506 is another"),
        ("He talked with some groups of them.", "He talked with groups of them as part of a plan.", "“some” is lost"),
        ("Phase two of the plan began.", "The second phase of the plan began.", None),
        ("Dar stayed out of it up to his fall.", "Until his fall Dar stayed out of it.", None),
        ("Dar stayed out of it.", "Until his fall Dar stayed out of it.", "before “until” is in no passage"),
        ("A further exchange of fire followed.", "Fire was exchanged again.", None),
        ("It was shut from 3 May and open on 9 May.", "It was open on 9 May after a week.", None),
        ("It was open in May.", "It was open in May for a week.", "“week” is in no passage"),
        ("Men of all 34 provinces met.", "Men from all 34 provinces met.", None),
        ("Elders of all 34 provinces met.", "All elders of them met.", "all “all” is of another thing"),
        (
            "The raid on the camp was not confirmed.",
            "There was a raid on the camp, he said.",
            "“not confirmed” is lost",
        ),
        ("Rebels were paid from 2017 on.", "Rebels were paid since 2017.", None),
        ("Rebels were paid in 2017.", "Rebels were paid since 2017.", "after “since” is in no passage"),
        ("He asked for the full release.", "He asked that they be fully released.", None),
        ("Hearsay of a raid reached Zaranj, reportedly; guards shut the gate.", "Guards shut the gate.", None),
    ],
)
def test_qualifiers_are_known_in_other_words(passage, sentence, fault):
    assert qualifier_fault(sentence, [proof(passage)], terms, "en") == fault


@pytest.mark.parametrize(
    ("language", "passage", "kept", "turned"),
    [
        ("ru", "Талибы отвергли обвинение.", "Талибы не признали обвинение.", "Талибы признали обвинение."),
        ("ur", "طالبان نے الزام مسترد کیا۔", "طالبان نے الزام کی تردید کی۔", "طالبان نے الزام قبول کیا۔"),
        ("fa", "طالبان مسئولیت انفجار را رد کرد.", "طالبان مسئولیت انفجار را نپذیرفت.", "طالبان مسئولیت انفجار را پذیرفت."),
        ("ps", "طالبانو تور رد کړ.", "طالبانو تور رد کړ.", "طالبانو تور ومانه."),
    ],
)  # fmt: skip
def test_a_denial_is_no_admission(language, passage, kept, turned):
    cited = [proof(passage, language=language)]
    assert qualifier_fault(kept, cited, terms, language) is None
    assert "is lost" in str(qualifier_fault(turned, cited, terms, language))


def test_a_number_without_its_noun_counts_what_the_one_before_it_counts():
    cited = [proof("He saw 291 containers in the ports and another 500 in Chaman, of the trucks 70.")]
    assert counted_fault("He saw 500 containers in Chaman.", cited, terms) is None
    cited = [proof("Pakistan said 23 soldiers fell and 200 fighters near Zaranj.")]
    assert counted_fault("Pakistan said 200 soldiers fell.", cited, terms) == "number 200 of another thing"


def test_the_two_ends_of_a_time_are_no_swap():
    cited = [proof("The truce began on 9 November 2021 and ran to 9 December 2021.")]
    assert swapped_fault("The truce lasted from 9 November to 9 December 2021.", cited, terms, "en") is None
    assert swapped_fault("The truce began on 9 December 2021.", cited, terms, "en") is not None


def test_a_date_takes_the_only_year_of_its_passage():
    cited = [proof("On 22 February 2026 he spoke of the strikes of 21 February.", date="2026-02-22")]
    undated = [type(cited[0])(1, cited[0].text, "en", "")]
    assert date_fault("Strikes hit on 21 February 2026.", undated) is None
    assert date_fault("Strikes hit on 21 February 2025.", undated) == "date 2025-2-21"


@pytest.mark.parametrize(
    ("passage", "sentence", "turned"),
    [
        ("Karzai said that Pakistan was pressing Kabul.", "Karzai had said by May 2013 that Pakistan was pressing Kabul.", False),
        ("The Afghan envoy Shakeeb invited Fazlur Rehman.", "Fazlur Rehman was invited by the Afghan envoy Shakeeb.", False),
        ("The Afghan envoy Shakeeb invited Fazlur Rehman.", "Fazlur Rehman invited the Afghan envoy Shakeeb.", True),
        ("India's mission in Kabul would be raised.", "India would raise its mission in Kabul.", False),
        ("The Taliban had asked both Pakistan and India to talk.", "The Taliban asked India to talk.", False),
        ("The Taliban had asked both Pakistan and India to talk.", "India asked the Taliban to talk.", True),
    ],
)  # fmt: skip
def test_who_acts_is_read_from_the_words_that_say_so(passage, sentence, turned):
    fault = role_fault(sentence, [proof(passage)], GAZETTEER, terms, "en")
    assert (fault is not None) == turned


def test_who_says_it_is_no_other_that_says_so():
    claim = [proof("Pakistan said it was the Taliban who had asked for the truce.", "pakistan")]
    assert attribution_fault("The Taliban had asked for the truce, Pakistan said.", claim, GAZETTEER, "en") is None
    assert attribution_fault("The Taliban had asked for it, said Pakistan.", claim, GAZETTEER, "en") is None
    turned = attribution_fault("The Taliban said it was Pakistan who had asked for it.", claim, GAZETTEER, "en")
    assert turned == "not said by Pakistan"
    counted = [proof("By the count of Pakistan 31 died.", "pakistan")]
    assert attribution_fault("By Pakistan's count 31 died.", counted, GAZETTEER, "en") is None
    assert attribution_fault("31 died in Pakistan.", counted, GAZETTEER, "en") == "not said by Pakistan"


def test_a_person_answers_for_the_country_of_the_office():
    met = [proof("Ishaq Dar met Amir Khan Muttaqi in Doha.")]
    assert name_fault("Pakistan's minister Ishaq Dar met Muttaqi.", met, GAZETTEER, terms, "en") is None
    assert name_fault("Ishaq Dar met Muttaqi in Pakistan.", met, GAZETTEER, terms, "en") == "name Pakistan"
    assert name_fault("India's minister met Muttaqi.", met, GAZETTEER, terms, "en") == "name India"


def test_a_question_that_is_spoken_of_is_no_talk_about_the_prompt():
    cited = [proof("Karzai called the line a historic question.")]
    assert intrusion_fault("Karzai spoke of the question of the line.", cited) is None
    assert intrusion_fault("The question asks for the line.", cited) == "instruction “the question”"
