"""The files of words: which keys they have, how they are read, what an unusable one says."""

from __future__ import annotations

import tomllib

import pytest

from bot.errors import SetupError
from bot.gate import WORD_FILES
from bot.nlp.word_lists import WORDS, rows_of_all, word_table, words_of_all
from sources.parties import LANGUAGES

# What is read in one language, or two, alone.
ENGLISH = {
    "common.stop", "asked.numbers", "time.spelt_decades", "time.names_with_years", "quotation.small", "attribution.said_before_speaker",
    "clauses.coordinate_verbs", "figures.joining", "entailment.stop", "intrusions.no_order", "negation.denied_by", "negation.denying",
    "negation.implied", "negation.refuted", "negation.empty", "negation.opposites", "qualifiers.periods", "qualifiers.no_purpose",
    "qualifiers.no_manner", "names.no_names", "roles.offices", "roles.placing",
}  # fmt: skip
NOT_OF_ALL = {"common.words", "time.solar_months"}


def keys(folder, code):
    tables = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
    return {f"{name}.{key}" for name, table in tables.items() for key in table}


@pytest.mark.parametrize("folder", [WORDS, WORD_FILES], ids=["nlp", "gate"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_files_have_the_same_keys(folder, code):
    wanted = keys(folder, "en") - (ENGLISH if code != "en" else set())
    assert keys(folder, code) - NOT_OF_ALL == wanted - NOT_OF_ALL


def test_lists_of_one_position_each_are_as_long_in_every_language():
    lengths = {"months": 12, "seasons": 4, "parts": 11, "events": 2, "relative": 7, "spans": 4, "ago": 4}
    found = {code: {key: len(word_table(code, "time").words(key)) for key in lengths} for code in LANGUAGES}
    assert found == dict.fromkeys(LANGUAGES, lengths)


def test_words_are_normalised_and_keep_their_order():
    assert word_table("ur", "numbers").rows("words")["7"] == ("سات",)
    assert word_table("ur", "numbers").rows("scales")["1000"] == ("هزار",)
    assert words_of_all("numbers", "and") == ("and", "اور", "او", "و", "и")
    assert rows_of_all("numbers", "words")["0"] == ("zero", "صفر", "ноль")


def test_what_is_read_cannot_be_changed():
    with pytest.raises(TypeError):
        word_table("en", "numbers").rows("words")["0"] = ()
    with pytest.raises(TypeError):
        word_table("en", "numbers").entries["and"] = ()


MEND = "Mend the file, or install Torkham again."


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (b"[time]\nseasons = []\n", "[time] has no list “months”"),
        (b'[time]\nmonths = "january"\n', "[time] has no list “months”"),
        (b"[time]\nmonths = [1, 2]\n", "[time] has no list “months”"),
        (b"[asked]\n", "it has no table [time]"),
        (b"[time\n", "Expected ']' at the end of a table declaration (at line 1, column 6)"),
        (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_error(tmp_path, written, what):
    file = tmp_path / "en.toml"
    file.write_bytes(written)
    with pytest.raises(SetupError) as caught:
        word_table("en", "time", tmp_path).words("months")
    assert str(caught.value) == f"Cannot read the words in {file}: {what}. {MEND}"


def test_a_file_that_is_missing_is_the_same_error(tmp_path):
    with pytest.raises(SetupError, match=r"^Cannot read the words in .*xx\.toml: .*No such file"):
        word_table("xx", "time", tmp_path)


def test_other_kinds_of_values_are_named(tmp_path):
    (tmp_path / "en.toml").write_text("[time]\nlinks = []\nranges = ''\nrelations = []\n", encoding="utf-8")
    table = word_table("en", "time", tmp_path)
    for read, what in (
        (table.text, "text “links”"),
        (table.groups, "list of lists “ranges”"),
        (table.rows, "table of lists “relations”"),
    ):
        with pytest.raises(SetupError, match=f"has no {what}"):
            read(what.split("“")[1].rstrip("”"))
