from __future__ import annotations

import time
from pathlib import Path

import pytest

from sources.check import check
from sources.library import Library

FRONT = "---\ntitle: {}\nkind: brief\nlanguage: en\ncovers: 2022-01/2022-12\nupdated: 2026-11-22\nsummary: S.\n---\n"
NOTE = "\n\n[^a]: “A”, *P*, 2022, <https://example.org/a>\n"
LINE = "- **2022 · Taliban:** The Taliban said this. [^a]"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "shipped").mkdir()
    return Library(tmp_path / "home", shipped=tmp_path / "shipped")


def found(library: Library, **briefs: str) -> list[str]:
    """The problems of briefs with those bodies, each titled by its name, folders left off."""
    for name, text in briefs.items():
        (library.shipped / f"{name}.md").write_text(text if text.startswith("---") else FRONT.format(name) + text)
    return [
        str(problem).replace(f"{library.shipped}/", "").replace(f"{library.folder}/", "") for problem in check(library)
    ]


def test_a_sound_library(library: Library) -> None:
    assert found(library, one=LINE + NOTE, two=LINE + NOTE) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            "- **2023 · Taliban:** S. [^a]" + NOTE,
            "x.md:9: 2023 lies outside `covers` (2022-01/2022-12): widen covers or mend the date",
        ),
        (LINE + NOTE + "[^b]: “B”, n.d.", "x.md:12: footnote [^b] is defined but not used: use it or remove it"),
        (
            f"- **2022 · Taliban:** {'word ' * 60}end. [^a]" + NOTE,
            "x.md:9: the sentence has 61 words: split it, 60 are the most",
        ),
        (LINE + "\n" + LINE + NOTE, "x.md:10: nearly the same sentence as in line 9: keep one of them"),
        ("- **2022 · Analysts:** S. [^a]" + NOTE, "x.md:9: Analysts need a name: write DATE · Analysts, WHO"),
        (
            LINE + NOTE.replace("example.org", "www.newsorga.com"),
            "x.md:11: [^a] is a weak source: add `, weak` at its end, or cite a stronger one",
        ),
        (LINE + NOTE.replace("/a>", "/a>, weak"), "x.md:9: warning: only weak references: look for a stronger one"),
        (
            "- **2022 · British India:** S. [^a]" + NOTE,
            "x.md:9: warning: 2022 lies outside 1858–1947, the years of British India",
        ),
        ("- **2022 · Nobody:** S. [^a]" + NOTE, "x.md:9: “Nobody” is no known party: use one of"),
    ],
)
def test_problems_of_one_brief(library: Library, body: str, problem: str) -> None:
    (only,) = found(library, x=body)
    assert only.startswith(problem)


REACH = "## How far this brief reaches\n\n" + LINE
PRESENT = FRONT.replace("2022-12", "2025-12").format("x")
MISSING = (
    "x.md:1: warning: it covers the present but does not end with “## How far this brief reaches”: "
    "say up to which date its sources go"
)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (PRESENT + REACH + NOTE, []),
        (PRESENT + LINE + NOTE, [MISSING]),
        (PRESENT.replace("language: en", "language: ur") + LINE + NOTE, []),
        (
            PRESENT + REACH + "\n\n## Later\n\n" + LINE.replace("this", "something else") + NOTE,
            ["x.md:1: “How far this brief reaches” is not the last section: move it to the end"],
        ),
        (
            PRESENT + REACH.replace("this brief", "it") + NOTE,
            [
                "x.md:1: the heading “How far it reaches” is written “How far this brief reaches” in every brief: use that",
                MISSING,
            ],
        ),
    ],
)
def test_a_brief_about_the_present_says_how_far_it_reaches(library: Library, text: str, problems: list[str]) -> None:
    assert found(library, x=text) == problems


def test_one_address_with_other_details(library: Library) -> None:
    other = NOTE.replace("*P*, 2022,", "*Q*, 2022-02,")
    assert found(library, one=LINE + NOTE, two=LINE + other) == [
        "two.md:11: warning: this address stands in one.md with another publisher and date: write them alike"
    ]


def test_the_shipped_library_is_sound_and_quickly_checked(tmp_path: Path) -> None:
    start = time.process_time()
    problems = check(Library(tmp_path))
    assert time.process_time() - start < 3
    assert {problem.message for problem in problems} <= {"only weak references: look for a stronger one"}


def test_other_numbers_make_another_sentence(library: Library) -> None:
    words = (
        "The Taliban said that in fighting at the border near Spin Boldak Pakistan's troops killed {} civilians. [^a]"
    )
    body = "\n".join(f"- **2022 · Taliban:** {words.format(number)}" for number in (12, 15))
    assert found(library, x=body + NOTE) == []


def test_one_address_under_two_titles(library: Library) -> None:
    other = NOTE.replace("“A”", "“B”").replace("https://example.org/a", "http://www.example.org/a/")
    assert found(library, one=LINE + NOTE, two=LINE + other) == [
        "two.md:11: this address stands in one.md under the title “A”: use one title"
    ]


def test_titles_are_unique_over_briefs_and_documents(library: Library) -> None:
    library.folder.mkdir(parents=True)
    (library.folder / "doc.txt").write_text("One\n\nText.")
    assert found(library, one=LINE + NOTE, two=FRONT.format("ONE") + LINE + NOTE) == [
        "doc.txt:1: the title is that of one.md, too: give one of them another title",
        "two.md:1: the title is that of one.md, too: give one of them another title",
    ]


def test_documents_that_cannot_be_loaded_and_lost_side_files(library: Library) -> None:
    library.folder.mkdir(parents=True)
    (library.folder / "doc.xyz").write_text("x")
    (library.folder / "gone.txt.meta.json").write_text("{}")
    (library.folder / "empty.txt").write_text("")
    unknown, *others = found(library)
    assert unknown.startswith("doc.xyz:1: no loader for “.xyz” files: use one of ")
    assert others == [
        "empty.txt:1: it holds no text: fill it or remove it from the library",
        "gone.txt.meta.json:1: its document is gone: delete this file, or restore the document",
    ]
