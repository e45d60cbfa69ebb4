from __future__ import annotations

import json

import pytest

from bot.errors import SettingsError
from bot.nlp.names.entries import KINDS, LANGUAGES, SHIPPED, Entry, read_entries
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.names.inflection import forms
from bot.nlp.names.spelling import slips, slips_allowed
from bot.nlp.names.trie import fold, tokens_of, words_of
from index.normalise import normalise


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


def found(gazetteer, text):
    return [(mention.entry_id, mention.surface) for mention in gazetteer.find(text)]


def unknown(word):
    return False


def test_the_shipped_file_is_sound():
    entries = read_entries(SHIPPED)
    assert 600 < len(entries) == len({entry.id for entry in entries})
    assert {entry.kind for entry in entries} == KINDS
    for entry in entries:
        assert entry.cased <= {name for names in entry.names.values() for name in names}, entry.id
        for language, names in entry.names.items():
            assert len(set(names)) == len(names), (entry.id, language)
            assert all(words_of(name) for name in names), (entry.id, language)


def test_nearly_every_entry_is_named_in_all_five_languages():
    entries = read_entries(SHIPPED)
    lacking = [entry.id for entry in entries if set(entry.names) != set(LANGUAGES) and entry.kind != "month"]
    assert len(lacking) <= 10, lacking


def test_a_name_of_something_specific_stands_for_one_thing():
    owners: dict[tuple[str, str], set[str]] = {}
    for entry in read_entries(SHIPPED):
        if entry.kind in {"term", "month"}:
            continue
        for language, names in entry.names.items():
            for name in names:
                owners.setdefault((language, " ".join(words_of(name))), set()).add(entry.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_folding_letter_by_letter_is_the_normalising_of_the_index():
    names = [f"x {name}" for entry in read_entries(SHIPPED) for names in entry.names.values() for name in names]
    assert fold(names) == [normalise(name) for name in names]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Who leads the Haqani network?", [("haqqani-network", "Haqani network")]),
        ("Sirajuddin Haqqani's brother", [("sirajuddin-haqqani", "Sirajuddin Haqqani")]),
        ("What is the TTP?", [("ttp", "TTP")]),
        ("the Pakistani Taliban", [("ttp", "Pakistani Taliban")]),
        ("Tehreek-e-Taliban Pakistan", [("ttp", "Tehreek-e-Taliban Pakistan")]),
        ("Al Qaeda, al-Qaida", [("al-qaeda", "Qaeda"), ("al-qaeda", "Qaida")]),
        ("Zia-ul-Haq and Zia ul Haq", [("zia-ul-haq", "Zia-ul-Haq"), ("zia-ul-haq", "Zia ul Haq")]),
        ("U.S. drones", [("united-states", "U.S."), ("drone", "drones")]),
        ("tell us about it", []),
        ("It may be so in May 2024", [("may", "May")]),
        ("March 2024", [("march", "March")]),
        ("Spinboldak", [("spin-boldak", "Spinboldak")]),
        ("Pakistan–Taliban talks", [("pakistan", "Pakistan"), ("taliban", "Taliban"), ("talks", "talks")]),
        ("in Kabul, River", [("kabul", "Kabul"), ("river", "River")]),
        ("S. Jaishankar", [("jaishankar", "S. Jaishankar")]),
        ("DI Khan, D.I. Khan", [("dera-ismail-khan", "DI Khan"), ("dera-ismail-khan", "D.I. Khan")]),
        ("ٹی ٹی پی کے ساتھ جنگ بندی", [("ttp", "ٹی ٹی پی"), ("ceasefire", "جنگ بندی")]),
        ("مولانا فضل الرحمان کابل گئے", [("fazlur-rehman", "مولانا فضل الرحمان"), ("kabul", "کابل")]),
        (
            "طالبانو د پاکستان اغزن تار وران کړ",
            [("taliban", "طالبانو"), ("pakistan", "پاکستان"), ("fence", "اغزن تار")],
        ),
        ("د ډيورنډ کرښې په اړه", [("durand-line", "ډيورنډ کرښې")]),
        ("ملا هبت‌الله چه گفت", [("hibatullah", "ملا هبت‌الله")]),
        ("هبتالله چه گفت", [("hibatullah", "هبتالله")]),
        ("پناهندگان افغان در پاکستان", [("refugees", "پناهندگان"), ("afghanistan", "افغان"), ("pakistan", "پاکستان")]),
        ("в Кандагаре и Исламабаде", [("kandahar", "Кандагаре"), ("islamabad", "Исламабаде")]),
        ("гарантами Женевских соглашений", [("guarantor", "гарантами"), ("geneva-accords", "Женевских соглашений")]),
        ("TTP کیا ہے", [("ttp", "TTP")]),
        ("", []),
    ],
)
def test_names_are_found_in_every_script(gazetteer, text, mentions):
    assert found(gazetteer, text) == mentions


def test_a_mention_says_where_it_stands_and_in_which_languages_it_is_said_so(gazetteer):
    text = "بند شد تورخم"
    mention = gazetteer.find(text)[-1]
    assert (mention.kind, text[mention.start : mention.end], mention.surface) == ("place", "تورخم", "تورخم")
    assert mention.languages == ("fa",)
    assert gazetteer.find("مزار شریف")[0].languages == ("ur", "ps", "fa")


def test_a_term_counts_only_in_its_own_language(gazetteer):
    assert "treaty" not in {name for name, _ in found(gazetteer, "یہ بڑے پیمانے پر کیا گیا ہے")}
    assert "treaty" in {name for name, _ in found(gazetteer, "این پیمان را که امضا کرد؟")}


def test_the_specific_things_of_a_question(gazetteer):
    assert gazetteer.names("In what year did Ashraf Ghani recognise the Durand Line in Kabul?") == {
        "ashraf-ghani",
        "durand-line",
        "kabul",
    }
    assert gazetteer.names("Сколько солдат погибло?") == set()


def test_a_question_in_another_language_is_expanded_by_the_english_names(gazetteer):
    words = gazetteer.expansion("نومبر 2021 میں ٹی ٹی پی کے ساتھ جنگ بندی").split()
    assert words[:2] == ["november", "ttp"]
    assert {"tehrik", "ceasefire", "truce"} <= set(words)


def test_an_english_question_is_expanded_by_other_spellings_only(gazetteer):
    assert gazetteer.expansion("What did Haibatullah say?") == "hibatullah hebatullah habitullah"
    assert gazetteer.expansion("Haqani", known={"haqqani"}.__contains__) == "haqqani"
    assert gazetteer.expansion("the Pakistani Taliban") == "ttp"
    assert gazetteer.expansion("Was the war in Afghanistan lost in May?") == ""


def test_the_library_of_another_language_gets_that_language(gazetteer):
    assert "طورخم" in gazetteer.expansion("Torkham", languages=("ur",)).split()
    assert (
        gazetteer.expansion("Торхам", languages=("ru", "en"), known=lambda word: word.isascii())
        == "torkham turkham torkhum"
    )


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Torkam", "Torkham"),
        ("Trokham", "Torkham"),
        ("Turkhm", "Torkham"),
        ("afghnistan", "Afghanistan"),
        ("Muttqi", "Muttaqi"),
        ("Zabihulah", "Zabihullah"),
        ("Balochstan", "Balochistan"),
        ("Исламбад", "Исламабад"),
        ("Swot", None),
        ("Kunar", None),
        ("Kunars", None),
        ("lunar", None),
        ("heart", None),
        ("Torkam2", None),
        ("", None),
    ],
)
def test_a_misspelt_name_is_put_right(gazetteer, word, name):
    assert gazetteer.suggest(word, unknown) == name


def test_a_word_that_the_index_knows_is_left_alone(gazetteer):
    assert gazetteer.suggest("Torkam", {"torkam"}.__contains__) is None


def test_an_operator_adds_names(tmp_path):
    (tmp_path / "gazetteer.toml").write_text(
        '[[entry]]\nid = "wesh"\nkind = "place"\nen = ["Wesh bazaar"]\nur = ["ویش بازار"]\n'
        '[[entry]]\nid = "torkham"\nkind = "place"\nen = ["Turkhem"]\n',
        encoding="utf-8",
    )
    gazetteer = Gazetteer.load(tmp_path)
    assert gazetteer["wesh"].names["en"][0] == "Wesh bazaar"
    assert gazetteer["torkham"].names["en"][0] == "Torkham"
    assert found(gazetteer, "ویش بازار، Turkhem") == [("wesh", "ویش بازار"), ("torkham", "Turkhem")]


def test_a_folder_without_a_file_adds_nothing(tmp_path):
    assert len(Gazetteer.load(tmp_path)) == len(Gazetteer.load())


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "x", "kind": "thing", "en": ["X"]},
        {"id": "x", "kind": "place", "ur": ["ایکس"]},
        {"id": "x", "kind": "place", "en": "X"},
        {"id": "x", "kind": "place", "en": ["X", " "]},
        {"id": "x", "kind": "place", "en": ["X"], "de": ["X"]},
        {"kind": "place", "en": ["X"]},
        "x",
    ],
)
def test_a_bad_file_of_names_is_named(tmp_path, entry):
    path = tmp_path / "gazetteer.json"
    path.write_text(json.dumps([entry]), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"gazetteer\.json: not a list of names"):
        Gazetteer.load(path)


def test_yaml_is_read_too(tmp_path):
    (tmp_path / "gazetteer.yaml").write_text("- {id: x, kind: person, en: [Xavier Y]}\n", encoding="utf-8")
    assert "x" in Gazetteer.load(tmp_path).names("Xavier Y")
    (tmp_path / "gazetteer.yaml").write_text("- {id: x", encoding="utf-8")
    with pytest.raises(SettingsError):
        Gazetteer.load(tmp_path)


def test_two_entries_of_one_name_are_both_found():
    gazetteer = Gazetteer([Entry("a", "place", {"en": ("Same",)}), Entry("b", "group", {"en": ("Same",)})])
    assert found(gazetteer, "the Same") == [("a", "Same"), ("b", "Same")]


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("strikes", "strike"),
        ("countries", "country"),
        ("حملوں", "حمله"),
        ("لڑکیوں", "لڑکی"),
        ("کرښی", "کرښه"),
        ("پاکستانی", "پاکستان"),
        ("جنگجویان", "جنگجو"),
        ("شبکه", "شبکه"),
        ("талибами", "талиб"),
        ("россии", "россия"),
        ("москве", "москва"),
    ],
)
def test_what_an_inflected_word_may_stand_for(word, form):
    assert forms(word)[0] == word
    assert form in forms(word)


def test_short_words_keep_their_endings():
    assert forms("us") == ("us",)
    assert forms("class") == ("class",)
    assert forms("اور") == ("اور",)


def test_words_of_a_text():
    assert [token.word for token in tokens_of("Pakistan's U.S.-led, a.b كابل‌ها۲")] == [
        "pakistan",
        "us",
        "led",
        "ab",
        "کابل",
        "ها2",
    ]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("torkham", "torkham", 0),
        ("torkam", "torkham", 1),
        ("trokham", "torkham", 1),
        ("kabul", "quetta", None),
        ("abcd", "badc", 2),
        ("abc", "abcdef", None),
    ],
)
def test_edit_distance(one, other, distance):
    assert slips(one, other, most=2) == distance


def test_longer_words_may_hold_more_slips():
    assert [slips_allowed(word) for word in ("swat", "kunar", "torkham", "kandahar")] == [0, 1, 1, 2]
