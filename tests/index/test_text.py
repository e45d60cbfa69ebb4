"""One spelling for everything readers write in many ways."""

from __future__ import annotations

import pytest

from index.build.sentences import split_sentences
from index.normalise import normalise


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("ＴＴＰ", "ttp"),
        ("پاكستان", "پاکستان"),
        ("طالبانی", "طالباني"),
        ("۱۴۰۴ ١٢", "1404 12"),
        ("مُحَمَّد", "محمد"),
        ("می\u200cشود", "می شود"),
        ("ټي ټي پي", "ٹی ٹی پی"),
        ("Café", "cafe"),
        ("ещё", "еще"),
    ],
)
def test_variants_are_unified(written, searched):
    assert normalise(written) == normalise(searched)


def test_distinct_letters_stay_distinct():
    assert normalise("край") == "край"
    assert normalise("краи") != normalise("край")


@pytest.mark.parametrize(
    ("text", "language", "sentences"),
    [
        ("Gen. Asim Munir spoke. He left.", "en", ["Gen. Asim Munir spoke.", "He left."]),
        (
            "Lt. Gen. Faiz Hameed came to Kabul on 4 Sept. 2021. He smiled.",
            "en",
            ["Lt. Gen. Faiz Hameed came to Kabul on 4 Sept. 2021.", "He smiled."],
        ),
        ("See www.x.org for Art. 5(3). Next.", "en", ["See www.x.org for Art. 5(3).", "Next."]),
        ("یہ پہلا جملہ ہے۔ یہ دوسرا ہے۔", "ur", ["یہ پہلا جملہ ہے۔", "یہ دوسرا ہے۔"]),
        ("دا لومړۍ جمله ده. دا بله ده.", "ps", ["دا لومړۍ جمله ده.", "دا بله ده."]),
        (
            "“We did not. We never will,” he said. Then he left.",
            "en",
            ["“We did not. We never will,” he said.", "Then he left."],
        ),
        ("“Why?” he asked. He left.", "en", ["“Why?” he asked.", "He left."]),
        ("Он ушёл. «Да. Нет!» — заявил он. Так.", "ru", ["Он ушёл.", "«Да. Нет!» — заявил он.", "Так."]),
        ("وہ گئے۔ ”ہم نہیں۔ وہ ہیں۔“ بات ختم۔", "ur", ["وہ گئے۔", "”ہم نہیں۔ وہ ہیں۔“", "بات ختم۔"]),
        ("Погибли 5 тыс. человек. Бои шли.", "ru", ["Погибли 5 тыс. человек.", "Бои шли."]),
    ],
)
def test_sentences(text, language, sentences):
    assert [text[start:end] for start, end in split_sentences(text, language)] == sentences


def test_offsets_count_from_the_start_of_the_whole_text():
    text = "Skip this. One here. Two here."
    assert split_sentences(text, "en", 11) == [(11, 20), (21, 30)]
