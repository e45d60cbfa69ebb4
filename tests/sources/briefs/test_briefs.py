from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.briefs.parser import is_brief, parse, read
from sources.clean import clean, one_line
from sources.document import Document, Heading, Reference, Statement
from sources.errors import BriefError

DATA = Path(__file__).parents[2].joinpath("data")
FRONT = "---\ntitle: T\nkind: brief\nlanguage: en\ncovers: 2022-01/2022-12\nupdated: 2026-11-22\nsummary: S.\n---\n"
NOTE = "\n\n[^a]: “A”, *P*, 2022, <https://example.org/a>\n"


def problems(body: str, front: str = FRONT) -> list[str]:
    return [str(problem) for problem in read(front + body, "t", file="t.md").problems]


def sentences(document: Document) -> list[str]:
    return [document.text[statement.start : statement.end] for statement in document.statements]


@pytest.fixture(scope="module")
def document() -> Document:
    return parse((DATA / "brief.md").read_text(encoding="utf-8"), "strikes", file="brief.md")


def test_stored_text_has_one_line_for_each_heading_statement_and_paragraph(document: Document) -> None:
    assert document.text == (
        "Khost and Kunar, April 2022\n"
        "2022-04-16 · Taliban, Zabihullah Mujahid: Sentence one [sic] at 5:30.\n"
        "2022-04~ · United Nations, UNAMA: It counted 20.\n"
        "2022-04~ · United Nations, UNAMA: It named a place.\n"
        "A paragraph explains. And goes on.\n"
        "Later\n"
        "2022-04/2023-09 · agreed: The last sentence."
    )


def test_metadata(document: Document) -> None:
    assert (document.id, document.title, document.kind, document.language) == (
        "strikes",
        'Strikes, "2022"',
        "brief",
        "en",
    )
    assert (document.covers_from, document.covers_to) == ("2022-04-01", "2023-09-30")
    assert (document.published, document.summary) == ("2026-11-22", "A small brief.")


def test_statements_cover_just_their_sentences(document: Document) -> None:
    assert document.statements[0] == Statement(
        70, 97, "2022-04-16", "2022-04-16", "2022-04-16", "taliban", "Zabihullah Mujahid", ("dawn-2022-04-17",)
    )
    assert sentences(document) == [
        "Sentence one [sic] at 5:30.",
        "It counted 20.",
        "It named a place.",
        "A paragraph explains.",
        "And goes on.",
        "The last sentence.",
    ]
    heads = [(one.date_from, one.date_to, one.party, one.speaker, one.reference_ids) for one in document.statements[1:]]
    assert heads == [
        ("2022-04-01", "2022-04-30", "united-nations", "UNAMA", ("voa-2022", "dawn-2022-04-17")),
        ("2022-04-01", "2022-04-30", "united-nations", "UNAMA", ("voa-2022",)),
        (None, None, None, None, ("voa-2022",)),
        (None, None, None, None, ("book",)),
        ("2022-04-01", "2023-09-30", "agreed", None, ("book",)),
    ]


def test_headings(document: Document) -> None:
    assert document.headings == (
        Heading(0, 27, 2),
        Heading(document.text.index("Later"), document.text.index("Later") + 5, 2),
    )


def test_used_references_in_the_order_of_the_footnotes(document: Document) -> None:
    assert document.references == (
        Reference(
            "dawn-2022-04-17",
            "Title, with ‘commas’, and *stars*",
            "Dawn, Karachi",
            "A. Author, Jr.",
            "2022-04-17",
            "https://dawn.com/a,b",
        ),
        Reference("voa-2022", "Other", "VOA", None, "2022", "https://voanews.com/x", weak=True),
        Reference("book", "Book", None, "Georgi Asatryan"),
    )


def test_the_document_survives_json(document: Document) -> None:
    assert Document.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- **2022-13-45 · Taliban:** S. [^a]", "t.md:9: “2022-13-45” is not a date: there is no month 13"),
        ("- **2022 · Talibann:** S. [^a]", "t.md:9: “Talibann” is no known party: did you mean Taliban?"),
        (
            "- **2022 · Taliban,:** S. [^a]",
            "t.md:9: the speaker behind the comma is missing: add it or remove the comma",
        ),
        (
            "- **2022, Taliban:** S. [^a]",
            "t.md:9: “2022, Taliban” has no ` · ` between date and party: write DATE · PARTY[, Speaker]",
        ),
        (
            "- **2022 · Taliban**: S. [^a]",
            "t.md:9: this line has no head that ends with `:**`: put the colon inside the bold: `:**`",
        ),
        ("- **2022 · Taliban:** S.", "t.md:9: “S.” has no footnote: add [^id] behind its full stop"),
        ("- **2022 · Taliban:** S [^a].", "t.md:9: “S” does not end with a full stop: put it before the footnotes"),
        ("- **2022 · Taliban:** S. [^b]", "t.md:9: footnote [^b] is not defined: add `[^b]: “Title”, …`"),
        ("- **2022 · Taliban:**", "t.md:9: no sentence follows this head: write one, with its footnote"),
        ("# Title", "t.md:9: `#` is the title, which belongs in the front matter: use `##` for headings"),
        ("##", "t.md:9: this heading is empty: write `## ` and its words"),
        ("> quoted", "t.md:9: a brief holds headings, statements, paragraphs and footnotes only: rewrite this line"),
        (
            "- **2022 · Taliban:** S. [^a]\nrun on. [^a]",
            "t.md:10: this line runs on from the statement above: put an empty line between them",
        ),
        ("[^a]: “B”, n.d.", "t.md:11: footnote [^a] is defined twice: give one of them another id"),
        ("[^c]: “C”, 2022-02-30", "t.md:9: footnote [^c]: “2022-02-30” is not a date: 2022-02 has no day 30"),
        (
            "[^c]: “C”, n.d., <ftp://x.y>",
            "t.md:9: footnote [^c]: <ftp://x.y> is no web address: write it in full, with https://",
        ),
    ],
)
def test_each_problem_names_its_line(body: str, expected: str) -> None:
    assert expected in problems(body + NOTE)


def test_a_footnote_without_a_title_shows_the_form() -> None:
    (first, *_) = problems("\n[^c]: Title, 2022\n")
    assert first.startswith("t.md:10: footnote [^c] has no title in “ ”: write `[^id]: “Title”, Author, *Publisher*")


def test_all_problems_are_collected() -> None:
    found = problems("- **2022-13 · Nobody:** S [^x]\n" + NOTE, FRONT.replace("updated: 2026-11-22\n", "date: no\n"))
    assert [line.split(" ")[0] for line in found] == ["t.md:1:", "t.md:6:"] + ["t.md:9:"] * 4


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("---\ntitle: A: b\n---\n", "t.md:2: broken front matter (mapping values are not allowed here): put values"),
        ("---\ntitle: A\n", "t.md:1: the front matter is not closed: put a line --- after it"),
        ("", "t.md:1: the front matter is missing: write title, kind"),
        ("---\n- x\n---\n", "t.md:1: the front matter holds no `key: value` lines"),
        ("---\ntitle: [[a]]\n---\n", "t.md:2: `title` is not one value: write it on one line"),
        ("---\ntitle: a\ntitle: b\n---\n", "t.md:3: `title` occurs twice in the front matter: keep one"),
        (f"---\n{'[' * 9000}\n---\n", "t.md:"),
        (FRONT.replace("2022-01/2022-12", "2022/2023"), "t.md:5: “2022/2023” is not a span of months"),
        (FRONT.replace("2026-11-22", "2026-11"), "t.md:6: updated “2026-11” is no full date: write 2026-11-22"),
        (FRONT.replace("language: en", "language: English"), "t.md:4: “English” is no language code"),
    ],
)
def test_front_matter_problems(front: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems("", front))


def test_scalars_stay_strings() -> None:
    document = parse(FRONT.replace("title: T", "title: 1893").replace("S.", "no") + "P. [^a]" + NOTE, "t", file="t.md")
    assert (document.title, document.summary) == ("1893", "no")


def test_parse_raises_with_every_problem() -> None:
    with pytest.raises(
        BriefError, match=r"^t\.md:9: “Nobody” is no known party.*\(1 more; run `torkham sources check`\)$"
    ) as caught:
        parse(FRONT + "- **2022 · Nobody:** S. [^b]\n", "t", file="t.md")
    assert [problem.line for problem in caught.value.problems] == [9, 9]


def test_a_brief_in_urdu() -> None:
    body = "## سرحد\n\n- **2022-04-16 · طالبان، ترجمان:** یہ ایک جملہ ہے۔ [^a]" + NOTE
    assert "is no known party" in problems(body)[0]
    document = parse(FRONT + body.replace("،", ","), "t", file="t.md")
    assert document.text == "سرحد\n2022-04-16 · طالبان, ترجمان: یہ ایک جملہ ہے۔"
    assert (document.statements[0].party, sentences(document)) == ("taliban", ["یہ ایک جملہ ہے۔"])


@pytest.mark.whole
def test_hostile_briefs_are_read_quickly() -> None:
    for unit in ("**a", "<!--", "[^a] ", " ", "[a](", "*a ", "_a ", "[^", "#", "“", "\\"):
        for text in (unit * 200_000, f"- **2022 · Taliban:** {unit * 3_000}", f"[^b]: “{unit * 3_000}"):
            assert problems(text)


def test_is_brief() -> None:
    assert is_brief(FRONT)
    assert is_brief("\ufeff---\r\nkind: 'brief'\r\n")
    assert not is_brief("---\nkind: news\n---\n")
    assert not is_brief("kind: brief")


def test_the_command_prints_problems_and_ends_1(tmp_path: Path) -> None:
    (tmp_path / "t.md").write_text(FRONT + "- **2022 · Taliban:** S. [^b]" + NOTE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sources.checks.run", str(tmp_path / "t.md"), str(tmp_path / "none.md")],
        capture_output=True, text=True, cwd=DATA.parents[1], check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{tmp_path}/none.md:1: it was not found: restore it, or run the command again without it",
        f"{tmp_path}/t.md:9: footnote [^b] is not defined: add `[^b]: “Title”, …`",
        f"{tmp_path}/t.md:11: footnote [^a] is defined but not used: use it or remove it",
    ]


LETTERS = st.characters(categories=("L", "N", "M", "So"), include_characters=" ,;:()[]“”·-\u200c\u200f\x00")
SENTENCE = st.text(LETTERS, min_size=1).map(lambda text: f"X{text.replace('](', '')}.")


@pytest.mark.whole
@given(
    st.lists(st.tuples(SENTENCE, st.sampled_from(["", "2022 · Taliban", "2022-04~ · Media, Dawn: daily"])), min_size=1)
)
def test_offsets_give_back_every_sentence(rows: list[tuple[str, str]]) -> None:
    lines = [f"- **{head}:** {sentence} [^a]" if head else f"\n{sentence} [^a]\n" for sentence, head in rows]
    document = parse(FRONT + "\n".join(lines) + NOTE, "t", file="t.md")
    expected = [one_line(sentence) for sentence, _ in rows]
    assert sentences(document) == expected
    heads = [head for _, head in rows]
    assert document.text == "\n".join(f"{h}: {s}" if h else s for h, s in zip(heads, expected, strict=True))


@given(st.text(st.sampled_from("ab.#*-[^]: “”<>,\n·~2\x00\u202e"), max_size=200))
def test_any_text_is_read_without_a_crash(body: str) -> None:
    brief = read(FRONT + body, "t", file="t.md")
    assert clean(brief.document.text) == brief.document.text
    assert all(sentence == sentence.strip() != "" for sentence in sentences(brief.document))
