from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sources.briefs.explainers import Asked, normalised, questions, statements_of
from sources.briefs.parser import is_brief, parse, read
from sources.checks.run import check
from sources.collection.library import LIBRARY_FOLDER, Library
from sources.document import Document, Explainer, Variant
from sources.parties import LANGUAGES

FRONT = (
    "---\ntitle: {}\nkind: explainer\nlanguage: en\ncovers: 2022-01/2026-10\nupdated: 2026-11-28\nsummary: S.\n---\n"
)
NOTE = "\n\n[^a]: “A”, *P*, 2022, <https://example.org/a>\n"
THREE = (
    "- **2022 · Agreed:** The line was drawn in 1893. [^a]\n"
    "- **2022 · Pakistan, Foreign Office:** Pakistan called it a border. [^a]\n"
    "- **2022 · Taliban, Mujahid:** A spokesman called it imaginary. [^a]\n"
)
LINE = "## What is the Durand Line?\n\n- **en:** durand line meaning · what's the durand line\n- **ru:** Что такое линия Дюранда?\n\n"


def problems(body: str) -> list[str]:
    return [str(problem) for problem in read(FRONT.format("x") + body, "t", file="t.md").problems]


def document(body: str = LINE + THREE + NOTE) -> Document:
    return parse(FRONT.format("x") + body, "lines", file="t.md")


def found(tmp_path: Path, **files: str) -> list[str]:
    """The problems `sources check` reports for explainer files with those bodies, titled by name, without folders."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name, body in files.items():
        (shipped / f"{name}.md").write_text(FRONT.format(name) + body, encoding="utf-8")
    library = Library(tmp_path / "home", shipped=shipped)
    return [str(problem).replace(f"{shipped}/", "") for problem in check(library)]


def test_an_explainer_holds_its_question_variants_and_statements() -> None:
    lines = document()
    (explainer,) = lines.explainers
    assert (lines.kind, lines.ours) == ("explainer", True)
    assert explainer.question == "What is the Durand Line?"
    assert explainer.variants == (
        Variant("en", "durand line meaning"),
        Variant("en", "what's the durand line"),
        Variant("ru", "Что такое линия Дюранда?"),
    )
    assert lines.text[explainer.start : explainer.end] == lines.text
    assert [lines.text[s.start : s.end] for s in statements_of(lines, explainer)] == [
        "The line was drawn in 1893.",
        "Pakistan called it a border.",
        "A spokesman called it imaginary.",
    ]


def test_each_explainer_ends_with_its_own_last_statement() -> None:
    two = document(LINE + THREE + "\n## Where is Torkham?\n\n" + THREE + NOTE)
    first, second = two.explainers
    assert two.text[first.end : second.start] == "\n"
    assert two.text[second.start :].startswith("Where is Torkham?\n2022 · Agreed")
    assert [len(statements_of(two, explainer)) for explainer in two.explainers] == [3, 3]
    assert second.variants == ()


def test_variants_are_no_part_of_the_stored_text() -> None:
    assert "durand line meaning" not in document().text


def test_json_gives_back_the_explainers() -> None:
    lines = document()
    assert Document.from_json(lines.to_json()) == lines


def test_a_document_stored_before_there_were_explainers_has_none() -> None:
    line = document("- **2022 · Agreed:** S. [^a]" + NOTE).to_json().replace('"explainers": [], ', "")
    assert '"explainers"' not in line
    assert Document.from_json(line).explainers == ()


def test_an_operators_explainer_is_recognised_by_its_front_matter() -> None:
    assert is_brief(FRONT.format("x"))
    assert not is_brief(FRONT.format("x").replace("explainer", "tale"))


def test_questions_name_the_explainer_that_answers_each() -> None:
    assert list(questions([document()])) == [
        Asked("What is the Durand Line?", "en", "lines", 0),
        Asked("durand line meaning", "en", "lines", 0),
        Asked("what's the durand line", "en", "lines", 0),
        Asked("Что такое линия Дюранда?", "ru", "lines", 0),
    ]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            "## Q?\n\n- **de:** Was? \n\n" + THREE + NOTE,
            "t.md:11: “de” is no language of a variant: use one of en, ur, ps, fa, ru",
        ),
        ("- **en:** what\n" + THREE + NOTE, "t.md:9: these variants come before any question: write `## Question?`"),
        ("## Q?\n- **en:** · \n" + THREE + NOTE, "t.md:10: there is no variant here: write `- **LANGUAGE:** wording"),
        (
            "## Q?\n\nPakistan called it a border. [^a]\n\n" + THREE + NOTE,
            "t.md:11: an explainer holds dated statements only: write `- **DATE · PARTY[, Speaker]:** Sentence. [^id]`",
        ),
        (
            "## Q?\n- **Pakistan, Khan:** Pakistan said so. [^a]" + NOTE,
            "t.md:10: “Pakistan, Khan” has no ` · ` between",
        ),
        ("## Q?\n- ** · Pakistan, Khan:** Pakistan said so. [^a]" + NOTE, "t.md:10: the date is missing"),
        ("## Q?\n- **2022 · Pakistan:** Pakistan said so." + NOTE, "t.md:10: “Pakistan said so.” has no footnote"),
    ],
)
def test_problems_are_reported_with_their_line(body: str, problem: str) -> None:
    assert problems(body)[0].startswith(problem)


def test_a_sound_library_of_explainers(tmp_path: Path) -> None:
    assert found(tmp_path, one=LINE + THREE + NOTE, two="## Where is Torkham?\n\n" + THREE + NOTE) == []


def test_a_repeated_heading_is_reported(tmp_path: Path) -> None:
    assert found(tmp_path, one=LINE + THREE + NOTE, two="## what is the Dúrand line??\n\n" + THREE + NOTE) == [
        "two.md:9: “what is the Dúrand line??” is asked in one.md:9 already: keep it in one place"
    ]


def test_a_variant_that_another_question_has_is_named(tmp_path: Path) -> None:
    other = "## Where is Torkham?\n\n- **en:** torkham · what's the Durand Line?\n\n" + THREE
    assert found(tmp_path, one=LINE + THREE + other + NOTE) == [
        "one.md:19: “what's the Durand Line?” is asked in line 11 already: keep it in one place"
    ]


@pytest.mark.parametrize(
    ("language", "said"), [("ur", ["one.md:12: “ملا عمر” is asked in line 11 already"]), ("fa", [])]
)
def test_a_name_spelt_alike_in_two_languages_is_no_repeat(tmp_path: Path, language: str, said: list[str]) -> None:
    variants = f"- **ur:** ملا عمر\n- **{language}:** ملا عمر\n\n"
    problems = found(tmp_path, one="## Who was Mullah Omar?\n\n" + variants + THREE + NOTE)
    assert problems == [f"{sentence}: keep it in one place" for sentence in said]


@pytest.mark.parametrize(("count", "said"), [(2, ["2 statements"]), (3, []), (8, []), (9, ["9 statements"])])
def test_an_explainer_has_three_to_eight_statements(tmp_path: Path, count: int, said: list[str]) -> None:
    lines = "".join(f"- **2022 · Agreed:** Sentence of number {number} stands here. [^a]\n" for number in range(count))
    expected = [f"one.md:9: this explainer has {words}: 3 to 8 read as one text" for words in said]
    assert found(tmp_path, one="## Q?\n\n" + lines + NOTE) == expected


def test_a_heading_without_a_question_is_reported(tmp_path: Path) -> None:
    assert found(tmp_path, one="## The Durand Line\n\n" + THREE + NOTE) == [
        "one.md:9: the heading of an explainer is a question: end it with “?”"
    ]


def test_a_sentence_may_stand_in_two_explainers_but_not_twice_in_one(tmp_path: Path) -> None:
    twice = THREE + "- **2022 · Agreed:** The line was drawn in 1893. [^a]\n"
    assert found(tmp_path, one=LINE + twice + "## Where is Torkham?\n\n" + THREE + NOTE) == [
        "one.md:17: nearly the same sentence as in line 14: keep one of them"
    ]


def test_normalised_leaves_letters_and_digits() -> None:
    assert normalised("  What’s “APTTA”  (2010)? ") == "what s aptta 2010"
    assert normalised("Что такое ТТП?") == normalised("что такое ттп")


@pytest.fixture(scope="module")
def shipped() -> list[Document]:
    files = sorted((LIBRARY_FOLDER / "explainers").glob("*.md"))
    return [parse(file.read_text(encoding="utf-8"), file.stem, file=str(file)) for file in files]


@pytest.mark.whole
def test_the_shipped_explainers_are_asked_in_five_languages(shipped: list[Document]) -> None:
    explainers: list[Explainer] = [explainer for document in shipped for explainer in document.explainers]
    for explainer in explainers:
        counts = Counter(variant.language for variant in explainer.variants)
        assert set(counts) == set(LANGUAGES), explainer.question
        assert counts["en"] >= 4, explainer.question


@pytest.mark.whole
def test_the_first_sentence_of_a_shipped_explainer_is_short(shipped: list[Document]) -> None:
    for document in shipped:
        for explainer in document.explainers:
            first = statements_of(document, explainer)[0]
            words = document.text[first.start : first.end].split()
            assert len(words) <= 45, " ".join(words)


@pytest.mark.whole
def test_no_two_shipped_explainers_answer_one_question(shipped: list[Document]) -> None:
    homes: dict[str, set[tuple[str, int]]] = {}
    for one in questions(shipped):
        homes.setdefault(normalised(one.text), set()).add((one.document_id, one.index))
    assert [text for text, places in homes.items() if len(places) > 1] == []
    assert sum(len(document.explainers) for document in shipped) >= 120
