"""Chunking keeps offsets exact, statements whole and passages within their limits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from index.build.chunking import chunk, context, day_range, sections
from sources.document import Document, Heading, Page, Statement


def words(texts):
    return [len(text.split()) for text in texts]


def test_paragraphs_are_packed_up_to_the_target():
    text = "one two three.\n\nfour five six.\n\nseven eight nine."
    document = Document("d", "T", text)
    assert [p.text for p in chunk(document, words, target=22)] == [text]
    passages = chunk(document, words, target=17)
    assert [p.text for p in passages] == [text]  # the room is never below 16 tokens
    long = Document("d", "T", "\n\n".join(f"a{i} " * 10 + "end." for i in range(3)))
    assert [p.id for p in chunk(long, words, target=24)] == ["d#0", "d#1"]


def test_a_long_paragraph_is_cut_at_sentences_with_overlap():
    sentences = [f"This is sentence number {i} of the long paragraph." for i in range(6)]
    document = Document("d", "T", " ".join(sentences))
    passages = chunk(document, words, target=28)
    assert passages[0].text == " ".join(sentences[:3])
    assert passages[1].text == " ".join(sentences[2:5])
    assert passages[2].text == " ".join(sentences[4:6])


def test_a_sentence_without_end_is_cut_inside_the_window():
    document = Document("d", "T", "word " * 500)
    passages = chunk(document, words, target=30)
    assert all(len(p.text.split()) <= 29 for p in passages)
    assert " ".join(p.text for p in passages).split() == ["word"] * 500


def test_headings_separate_passages_and_are_not_part_of_them():
    text = "Top\nFirst words.\nSub\nSecond words."
    headings = (Heading(0, 3, 1), Heading(17, 20, 2))
    document = Document("d", "T", text, headings=headings)
    assert [(p.heading, p.text) for p in chunk(document, words)] == [
        ("Top", "First words."),
        ("Top – Sub", "Second words."),
    ]
    assert sections(document) == [("Top", 3, 17), ("Top – Sub", 20, 34)]


def test_statement_lines_are_never_split():
    lines = [f"2022-04-{day:02d} · Taliban: Something happened on day {day} in Khost province." for day in range(1, 9)]
    text = "\n".join(lines)
    statements, at = [], 0
    for day, line in enumerate(lines, 1):
        start = at + line.index("Something")
        statements.append(Statement(start, at + len(line), f"2022-04-{day:02d}", f"2022-04-{day:02d}", party="taliban"))
        at += len(line) + 1
    document = Document("d", "T", text, kind="brief", statements=tuple(statements))
    passages = chunk(document, words, target=26)
    assert "\n".join(p.text for p in passages) == text
    assert all(line in lines for p in passages for line in p.text.split("\n"))
    assert (passages[0].date_from, passages[0].date_to) == ("2022-04-01", "2022-04-02")
    assert passages[0].parties == ("taliban",)


def test_a_passage_names_the_page_on_which_it_starts():
    text = "word " * 20 + "ends here.\n\nNext page text."
    second = text.index("Next")
    document = Document("d", "T", text, pages=(Page(7, 0, second), Page(8, second, len(text))))
    assert [(p.page, p.text[-10:]) for p in chunk(document, words, target=24)] == [(7, "ends here."), (8, "page text.")]


def test_dates_of_a_plain_document_are_those_of_its_publication():
    assert day_range("2024") == ("2024-01-01", "2024-12-31")
    assert day_range("2024-02") == ("2024-02-01", "2024-02-29")
    assert day_range("2024-02-03") == ("2024-02-03", "2024-02-03")
    assert day_range(None) == (None, None)
    assert context("A", "") == "A."


SCRIPTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abc xyz.!?\n\n  "),
        st.sampled_from("طالبان پاکستان۔؟ \u200c"),
        st.sampled_from("Талибан Пакистан. "),
        st.sampled_from("😀🏔️é́"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=600,
)


@given(SCRIPTS, st.integers(18, 60))
@settings(max_examples=150)
def test_every_passage_is_a_slice_and_no_word_is_lost(text, target):
    document = Document("d", "T", text, language="ur")
    passages = chunk(document, words, target=target)
    assert all(text[p.start : p.end] == p.text for p in passages)
    covered = set()
    for passage in passages:
        covered.update(range(passage.start, passage.end))
    assert all(char.isspace() for position, char in enumerate(text) if position not in covered)
