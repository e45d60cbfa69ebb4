"""Sentences written by hand against the rules of the gate alone: what is false in one word goes, paraphrases stay."""

from __future__ import annotations

import json
import re
from collections import defaultdict

import numpy as np
import pytest
from support.made.gate_cases import proof, qualifier_fault, terms

from bot.gate.entailment import Reading
from bot.gate.figures import count_word_fault, swapped_fault
from bot.gate.gate import Gate
from bot.gate.intrusions import intrusion_fault
from bot.gate.judgement import MODEL, READ, RULES, believed
from bot.gate.judgement import NAMES as FIGURES
from bot.gate.qualifiers import tables
from bot.gate.roles import role_fault
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.names.skeleton import named_in, sounds
from evals.gate.pairs import TRUE, Judged, read_pairs, table
from index.lexical.bm25 import Analyser
from sources.parties import shipped_parties

GAZETTEER = Gazetteer.load()


@pytest.fixture(scope="module")
def weighed():
    """Each pair of the file with whether a veto or a rule says anything of it: what needs no model."""
    parties = shipped_parties()
    how = Reading(Analyser().terms, lambda term: 1.0, lambda text: np.ones(1, np.float32))
    found = []
    for pair in read_pairs():
        proofs = pair.proofs(parties)
        veto, findings = Gate(proofs, pair.reader, GAZETTEER, how).weigh(pair.sentence, proofs)
        found.append((pair, bool(findings.faults) or bool(veto and not veto.startswith(("not borne", "unlike")))))
    return found


@pytest.mark.whole
def test_what_the_rules_find_speaks_against_false_sentences(weighed):
    false = [spoken for pair, spoken in weighed if pair.kind != TRUE]
    true = [spoken for pair, spoken in weighed if pair.kind == TRUE]
    assert len(false) >= 680
    assert len(true) >= 640
    assert sum(false) >= 0.8 * len(false)
    assert sum(true) <= 0.25 * len(true)


@pytest.mark.whole
def test_each_kind_and_each_language_is_seen_by_some_rule(weighed):
    groups = defaultdict(list)
    for pair, spoken in weighed:
        if pair.kind != TRUE:
            groups[pair.kind].append(spoken)
            groups[pair.reader].append(spoken)
    assert {name: sum(seen) / len(seen) for name, seen in groups.items() if sum(seen) < 0.55 * len(seen)} == {}


def test_the_shipped_forests_look_at_the_figures_of_this_gate():
    shipped = json.loads(MODEL.read_text(encoding="utf-8"))
    for which in ("read", "unread"):
        assert shipped[which]["names"] == list(FIGURES)
        assert 0 < shipped["least"][which] < 1
        seen = {FIGURES[at] for tree in shipped[which]["feature"] for at in tree}
        assert bool(seen & set(READ)) == (which == "read")


@pytest.mark.parametrize("which", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_finds_never_speaks_for_a_sentence(rule, which):
    chance = np.random.default_rng(3)
    rows = chance.random((200, len(FIGURES)), np.float32)
    rows[:, FIGURES.index(rule)] = 0
    plain = believed(rows, read=which)
    rows[:, FIGURES.index(rule)] = 1
    assert (believed(rows, read=which) <= plain + 1e-6).all()


def test_the_table_gives_both_rates():
    faults = [None, None, "a fault"]
    rows = table([Judged(pair, fault) for pair, fault in zip(read_pairs(), faults, strict=False)])
    assert rows["true, deleted"].endswith(" of 2 (0.00)")
    assert rows["false, passed"] == "0 of 1 (0.00)"


@pytest.mark.parametrize("language", ["en", "ru", "ur", "fa", "ps"])
def test_every_table_has_every_language(language):
    read = tables(language)
    for name in ("bound", "kept", "added", "thing"):  # `answered` may have nothing in a language
        for row, pattern in getattr(read, name).items():
            assert pattern.pattern != tables("en").__getattribute__(name)[row].pattern or language == "en", row
            assert not pattern.search("")


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("At least 40 suspects were held.", None),
        ("More than 40 suspects were held.", None),
        ("40 suspects were held.", "bound of 40 is lost"),
        ("About 40 suspects were held.", "bound of 40 is another"),
        ("Up to 40 suspects were held.", "bound of 40 is another"),
        ("At least 40 suspects were held secretly.", "judgement “secretly” is in no passage"),
        ("At least 40 suspects were held on Monday.", "“monday” is in no passage"),
    ],
)
def test_a_bound_stays_with_its_number(sentence, fault):
    assert qualifier_fault(sentence, [proof("At least 40 suspects were held.")], terms, "en") == fault


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Thousands fled from Kunar.", "number “thousands”"),
        ("Hundreds fled from Kunar.", None),
        ("Half of them fled from Kunar.", "number “half”"),
        ("ہزاروں لوگ کنڑ سے نکلے۔", "number “هزاروں”"),
    ],
)
def test_words_that_count_are_numbers(sentence, fault):
    language = "en" if sentence.isascii() else "ur"
    assert count_word_fault(sentence, [proof("In May 400 fled from Kunar.")], terms, language) == fault


def test_figures_stay_with_what_they_stand_beside():
    both = [proof("Pakistan lost 23 and the Taliban lost 200, and on 9 May a bridge fell; on 12 May a dam broke.")]
    assert swapped_fault("The Taliban lost 200, Pakistan 23.", both, terms, "en") is None
    assert swapped_fault("Pakistan lost 200.", both, terms, "en") == "200 beside “pakist” of 23"
    assert swapped_fault("On 12 May a bridge fell.", both, terms, "en") == "5-12 beside “bridge” of 5-9"
    assert swapped_fault("On 12 May a dam broke.", both, terms, "en") is None


@pytest.mark.parametrize(
    ("passage", "language", "sentence", "reader", "turned"),
    [
        ("Islamabad asked Kabul to act.", "en", "Kabul asked Islamabad to act.", "en", True),
        ("Islamabad asked Kabul to act.", "en", "Pakistan asked Kabul to act.", "en", False),
        ("Islamabad asked Kabul to act.", "en", "Kabul was asked by Islamabad to act.", "en", False),
        ("Islamabad asked Kabul to act.", "en", "Кабул попросил Исламабад действовать.", "ru", True),
        ("Islamabad asked Kabul to act.", "en", "Исламабад попросил Кабул действовать.", "ru", False),
        ("Islamabad asked Kabul to act.", "en", "کابل نے اسلام آباد سے کارروائی کا مطالبہ کیا۔", "ur", True),
        ("Islamabad asked Kabul to act.", "en", "اسلام آباد نے کابل سے کارروائی کا مطالبہ کیا۔", "ur", False),
        ("Islamabad asked Kabul to act.", "en", "کابل از اسلام‌آباد خواست اقدام کند.", "fa", True),
        ("Islamabad asked Kabul to act.", "en", "اسلام‌آباد از کابل خواست اقدام کند.", "fa", False),
        ("Islamabad asked Kabul to act.", "en", "کابل له اسلام اباد وغوښتل چې اقدام وکړي.", "ps", True),
        ("Islamabad asked Kabul to act.", "en", "اسلام اباد له کابل وغوښتل چې اقدام وکړي.", "ps", False),
    ],
)
def test_who_asked_whom_stays(passage, language, sentence, reader, turned):
    fault = role_fault(sentence, [proof(passage, language=language)], GAZETTEER, terms, reader)
    assert (fault is not None and "the other way round" in fault) == turned


@pytest.mark.parametrize(
    "link",
    [
        "kabul.online",
        "evil．com",
        "evil。com",
        "evil｡com",
        "a-b.museum",
        "x.y1.example/path",
        "торхам.рф",
        "خبر.پاکستان",
        "Kabul.The",
    ],
)
def test_any_word_dot_word_is_a_link(link):
    assert intrusion_fault(f"Read {link} now.", [proof("Pakistan closed the crossing.")]) == "link"
    assert intrusion_fault(f"Read {link} now.", [proof(f"See {link}.")]) is None


@pytest.mark.parametrize(
    "words",
    ["3.5 million", "U.S. forces", "at 4 a.m. local", "No. 7", "т.е. так", "i.e. so", "1.200,5", "the U.N. said"],
)
def test_numbers_and_abbreviations_are_no_links(words):
    assert intrusion_fault(f"It was {words} then.", [proof("Pakistan closed it.")]) is None


def test_every_unseen_character_goes_but_the_joiners():
    for code in (
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0x061C,
        0x00AD,
        0xFEFF,
        0xE0041,
        0x180E,
        0x3164,
    ):
        fault = intrusion_fault(f"Pakistan closed it{chr(code)} then.", [proof("Pakistan closed it.")])
        assert (fault is None) == (code in {0x200C, 0x200D}), hex(code)


NAMES = (
    "Muttaqi Муттаки;Yaqoob Якуб;Haqqani Хаккани;Attaullah Аттаулла;Khawaja Хаваджа;Mujahid Муджахид;Asif Асиф;Ishaq Исхак"
    ";Peshawar Пешавар;Jalalabad Джелалабад;Zaranj Зарандж;Chaman Чаман;Karimov Каримова;Henderson Хендерсон;Akhundzada Ахундзада"
    ";Baradar Барадаром;Sharif Шариф;Hekmatyar Хекматиар;Yousafzai Юсуфзай;Qureshi Куреши;Bajwa Баджва;Hameed Хамид;Ghani Гани"
)


def test_true_transcriptions_are_known():
    missed = [pair for pair in NAMES.split(";") if not named_in(pair.split()[1], f"He met {pair.split()[0]} there.")]
    assert missed == []
    assert sounds("Хаваджа") == sounds("Khawaja") == "havaja"


@pytest.mark.whole
def test_invented_names_do_not_pass():
    evidence = "On 9 May Pakistan's minister Khawaja Asif met Amir Khan Muttaqi and Sirajuddin Haqqani's envoys in Peshawar over trade."
    first, second, third = "бвгдзклмнпрстфх", "аеиоу", ("ов", "ин", "ский", "енко", "ев", "ич")
    names = [
        f"{one}{vowel}{two}{other}{end}".capitalize()
        for one in first
        for two in first[::2]
        for vowel in second[::2]
        for other, end in zip("лрнмкт", third, strict=True)
    ]
    passed = [name for name in names if named_in(name, evidence)]
    assert len(names) > 2000
    assert len(passed) <= 0.005 * len(names)
    assert re.search("Khawaja", evidence)
