from __future__ import annotations

from pathlib import Path

import pytest

from sources.checks.run import check
from sources.collection.library import Library

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


PRESENT = FRONT.replace("2022-12", "2025-12").format("x")
KNOWS = PRESENT.replace("summary: S.", "summary: S.\nlimits: Nothing of 2026.")
MISSING = "x.md:1: warning: it covers the present without `limits` in the front matter: say what it does not know"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (KNOWS + LINE + NOTE, []),
        (PRESENT + LINE + NOTE, [MISSING]),
        (PRESENT.replace("language: en", "language: ur") + LINE + NOTE, []),
        (
            KNOWS + "## How far it reaches\n\n" + LINE + NOTE,
            [
                "x.md:1: the section “How far it reaches” speaks of the brief itself: "
                "say it under `limits` in the front matter"
            ],
        ),
    ],
)
def test_a_brief_about_the_present_says_what_it_does_not_know(library: Library, text: str, problems: list[str]) -> None:
    assert found(library, x=text) == problems


def dated(head: str, *published: str) -> str:
    """A brief with one statement under that head, and a footnote for each date."""
    front = FRONT.replace("2022-01/2022-12", "2022-01/2026-12").replace("S.", "S.\nlimits: L.").format("x")
    marks = "".join(f"[^n{number}]" for number, _ in enumerate(published))
    notes = "\n".join(
        f"[^n{number}]: “A{number}”, *P*, {date}, <https://example.org/{number}>"
        for number, date in enumerate(published)
    )
    return f"{front}- **{head}:** The Taliban said this. {marks}\n\n{notes}\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (dated("2022-04-16 · Taliban", "2022-04-16"), [9]),
        (dated("2022-04-16 · Taliban", "2022-04-16", "2022-04"), [9]),
        (dated("2022-04-16 · Taliban", "2022-04-16", "2022-04-17"), []),
        (dated("2022-04-16 · Taliban", "2022-04-17"), []),
        (dated("2022-04-16 · Taliban · checked", "2022-04-16"), []),
        (dated("2022-04 · Taliban", "2022-04-16"), []),
        (dated("2022-04-16~ · Taliban", "2022-04-16"), []),
        (dated("2022-04-16 · Media, Dawn", "2022-04-16"), []),
    ],
)
def test_a_date_that_may_be_that_of_a_copy(library: Library, text: str, lines: list[int]) -> None:
    (library.shipped / "x.md").write_text(text)
    problems = check(library)
    assert [problem.line and problem.line - 1 for problem in problems] == lines
    assert {problem.severity for problem in problems} <= {"warning"}
    assert all("2022-04-16 is the day of its only dated source, too" in problem.message for problem in problems)


def test_no_statement_runs_beyond_the_day_of_its_brief(library: Library) -> None:
    assert found(library, x=dated("2026 · Taliban", "2026-04")) == [
        "x.md:10: 2026 runs beyond `updated` (2026-11-22): end it at the last day known"
    ]


def test_a_milestone_is_in_one_brief_only(library: Library) -> None:
    line = LINE.replace("2022 · Taliban", "2022-04-16 · Taliban · milestone · checked")
    assert found(library, one=line + NOTE, two=line + NOTE) == [
        f"two.md:9: warning: {library.shipped}/one.md has a milestone of 2022-04-16 and this party, too: mark one of them".replace(
            f"{library.shipped}/", ""
        )
    ]


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        (
            "[^a]: “A”, 2022, <https://example.org/a>",
            "x.md:11: [^a] names no publisher: add *Publisher* in front of the date",
        ),
        (
            "[^a]: “A”, *P*, 2022, <https://news.nowhere.pk/a>",
            "x.md:11: warning: the host news.nowhere.pk of [^a] is in no class: add it to sources/hosts.toml",
        ),
        (
            "[^a]: “A”, *P*, 2022, read at <https://defence.pk/a>",
            "x.md:11: [^a] is a weak source: add `, weak` at its end, or cite a stronger one",
        ),
        (
            "[^a]: “A”, *P*, 2022, <https://dawn.com/a>, read at <http://www.dawn.com/a/>",
            "x.md:11: footnote [^a]: the copy is the original, <https://dawn.com/a>: "
            "write “read at” only for another address",
        ),
    ],
)
def test_a_footnote_that_no_reader_can_check(library: Library, note: str, problem: str) -> None:
    assert found(library, x=f"{LINE}\n\n{note}\n")[-1] == problem


@pytest.mark.parametrize(
    "note",
    [
        "[^a]: “A”, *P*, 2022, <https://dawn.com/a>, read at <https://defence.pk/a>",
        "[^a]: “A”, *Penguin Press*, 2022, read at <https://defence.pk/a>",
        "[^a]: “A”, *P*, 2022",
    ],
)
def test_a_copy_of_a_known_original_is_not_weak(library: Library, note: str) -> None:
    assert found(library, x=f"{LINE}\n\n{note}\n") == []


def test_one_address_with_other_details(library: Library) -> None:
    other = NOTE.replace("*P*, 2022,", "*Q*, 2022-02,")
    assert found(library, one=LINE + NOTE, two=LINE + other) == [
        "two.md:11: warning: this address stands in one.md with another publisher and date: write them alike"
    ]


@pytest.mark.whole
def test_the_shipped_library_is_sound(tmp_path: Path) -> None:
    problems = check(Library(tmp_path))
    assert {problem.severity for problem in problems} <= {"warning"}
    known = ("only weak references: look for a stronger one", "is the day of its only dated source, too")
    assert [str(problem) for problem in problems if not any(words in problem.message for words in known)] == []


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
        "empty.txt:1: it is empty: add some text, or remove it from the library",
        "gone.txt.meta.json:1: its document is gone: delete this file, or restore the document",
    ]
