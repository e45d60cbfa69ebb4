from __future__ import annotations

import string

import pytest

from bot.rendering.phrases import LANGUAGES, Texts, texts


def placeholders(phrase: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(phrase) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_keys_and_placeholders_of_english(language):
    english, other = texts("en").phrases, texts(language).phrases
    assert list(other) == list(english)
    for key, phrase in english.items():
        if isinstance(phrase, str) and key not in {"direction", "digits"}:
            assert placeholders(other[key]) == placeholders(phrase), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_different_months_and_ten_digits(language):
    phrases = texts(language).phrases
    assert len(set(phrases["months"])) == len(set(phrases["months_after_day"])) == 12
    assert len(set(phrases["digits"])) == 10
    assert phrases["direction"] in {"ltr", "rtl"}
    assert set(phrases["languages"]) == {"en", "ur", "ps", "fa", "ru", "ar"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_empty_or_left_in_english(language):
    phrases = texts(language).phrases
    for key, phrase in phrases.items():
        assert phrase
        if language != "en" and isinstance(phrase, str) and len(phrase.split()) > 3:
            assert phrase != texts("en").phrases[key]


def test_a_value_is_put_in_as_it_is():
    assert texts("en").get("searched_for", name="Torkham") == "searched for Torkham"
    assert texts("ur").get("argues", author="{x}") == "{x} کا استدلال ہے:"


def test_what_a_language_lacks_is_said_in_english():
    half = Texts("ps", {"sources": "سرچینې"})
    assert half.get("sources") == "سرچینې"
    assert half.get("parties_disagree") == "The parties disagree:"
    assert half.language_name("ru") == "Russian"
    with pytest.raises(KeyError):
        half.get("nothing")


def test_an_unknown_language_is_english():
    assert texts("und").language == "en"


@pytest.mark.parametrize(
    ("language", "written", "shown"),
    [
        ("en", "2022-04-16", "16 April 2022"),
        ("en", "2022-04", "April 2022"),
        ("en", "2022", "2022"),
        ("en", "2020-03/2020-05~", "about March 2020 to May 2020"),
        ("en", "2025-13-45", "2025-13-45"),
        ("ur", "2022-04-06", "6 اپریل 2022"),
        ("ps", "2022-04-16", "۲۰۲۲ د اپرېل ۱۶"),
        ("fa", "2023-09-06/2023-09-15", "۶–۱۵ سپتمبر ۲۰۲۳"),
        ("ru", "2022-04-16", "16 апреля 2022 г."),
        ("ru", "2022-04", "апрель 2022 г."),
        ("ru", None, ""),
    ],
)
def test_dates(language, written, shown):
    assert texts(language).date(written) == shown


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        ("2023-09-01", "2023-09-30", "September 2023"),
        ("2023-01-01", "2023-12-31", "2023"),
        ("2025-10-09", "2025-10-09", "9 October 2025"),
        ("2025-10-09", "2025-10-19", "9–19 October 2025"),
        ("2021-08-15", None, "since 15 August 2021"),
        (None, "2000-12-31", "until 31 December 2000"),
        (None, None, ""),
    ],
)
def test_periods(since, until, shown):
    assert texts("en").period(since, until) == shown


def test_the_direction_of_a_language():
    assert [texts(language).right_to_left for language in LANGUAGES] == [False, True, True, True, False]
