from __future__ import annotations

from pathlib import Path

import pytest
from support.made.text import WORDS

from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from sources.checks.run import check
from sources.collection.library import Library
from sources.collection.metadata import Metadata
from sources.errors import AlreadyThere, NotFound, SourceError
from sources.text.shingles import NEAR_DUPLICATE_RESEMBLANCE, resemblance, sketch
from sources.text.urls import link_to_words, same_page


def put(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_similarity_is_measured() -> None:
    assert resemblance(sketch(WORDS), sketch(WORDS.upper())) == 1
    one_word = WORDS.replace("Monday", "Tuesday")
    assert NEAR_DUPLICATE_RESEMBLANCE < resemblance(sketch(WORDS), sketch(one_word)) < 1
    assert resemblance(sketch(WORDS), sketch("Something else was said in Doha on that day by others.")) == 0
    assert resemblance(sketch("one two"), sketch("one two")) == 1
    # Two texts of which each shingle is known: {a b c, b c d} and {b c d, c d e} share one of three.
    assert resemblance(sketch("a b c d"), sketch("b c d e")) == pytest.approx(1 / 3)


@pytest.mark.whole
def test_near_copies_are_reported(library: Library, tmp_path: Path) -> None:
    library.add(put(tmp_path, "a.txt", WORDS))
    near = put(tmp_path, "b.txt", WORDS.replace("cement", "coal"))
    with pytest.raises(
        AlreadyThere, match=r"b\.txt has nearly the same text \(9\d%\) as a document of the library: “a”"
    ):
        library.add(near)
    assert library.add(near, anyway=True).document_id == "b"
    with pytest.raises(AlreadyThere, match="is in the library already, as “b”"):
        library.add(near, anyway=True)
    tomorrow = put(tmp_path, "c.txt", WORDS.replace("Monday", "Tuesday"))  # a bulletin in the same words is no copy
    assert library.add(tomorrow).document_id == "c"


@pytest.mark.whole
def test_the_same_text_in_another_format_is_reported(library: Library, tmp_path: Path) -> None:
    library.add(put(tmp_path, "a.txt", WORDS))
    with pytest.raises(AlreadyThere, match="has the same text as a document of the library: “a”"):
        library.add(put(tmp_path, "b.md", WORDS + "\n\n<!-- copied -->\n"))


def test_the_same_address_is_reported(library: Library, tmp_path: Path) -> None:
    library.add(put(tmp_path, "a.txt", WORDS), Metadata(url="https://www.example.org/a?utm_source=x&id=1#top"))
    with pytest.raises(AlreadyThere, match="stands at the same address as a document of the library: “a”"):
        library.add(put(tmp_path, "b.txt", "Quite other words."), Metadata(url="http://example.org/a/?id=1"))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.org/A/", "example.org/A"),
        ("http://example.org/a?id=1&utm_medium=m&fbclid=z#part", "example.org/a?id=1"),
        ("https://example.org/", None),
        ("http://[", None),
    ],
)
def test_same_page(url: str, key: str | None) -> None:
    assert same_page(url) == key


@pytest.mark.parametrize(
    ("url", "words", "link"),
    [
        ("https://a.org/x", "One two, three-four", "https://a.org/x#:~:text=One%20two%2C%20three%2Dfour"),
        ("https://a.org/x#part", "One", "https://a.org/x#part:~:text=One"),
        ("https://a.org/x.pdf", "One", "https://a.org/x.pdf"),
        (
            "https://a.org/x",
            "a b c d e f g h i j k l m",
            "https://a.org/x#:~:text=a%20b%20c%20d%20e%20f,h%20i%20j%20k%20l%20m",
        ),
        ("https://a.org/x", "طالبان", "https://a.org/x#:~:text=%D8%B7%D8%A7%D9%84%D8%A8%D8%A7%D9%86"),
    ],
)
def test_link_to_words(url: str, words: str, link: str) -> None:
    assert link_to_words(url, words) == link


def test_a_file_removed_by_hand_may_come_again(library: Library, tmp_path: Path) -> None:
    entry = library.add(put(tmp_path, "a.txt", WORDS))
    entry.path.unlink()
    assert library.add(put(tmp_path, "c.txt", WORDS)).document_id == "c"


def test_edit(library: Library, tmp_path: Path) -> None:
    entry = library.add(put(tmp_path, "a.txt", WORDS), Metadata(author="A"))
    changed = library.edit("a", Metadata(title="T", party="Taliban", date="2024-03"))
    assert changed.stamp != entry.stamp
    document = library.load(library.get("a"))
    assert (document.title, document.party, document.published, document.author) == ("T", "taliban", "2024-03", "A")
    library.edit("a", Metadata(author="", party=""))
    assert library.metadata(library.get("a")) == Metadata(title="T", date="2024-03")
    with pytest.raises(NotFound):
        library.edit("b", Metadata(title="T"))


def test_the_catalogue_cache_can_be_rebuilt(library: Library, tmp_path: Path) -> None:
    library.add(put(tmp_path, "a.txt", WORDS))
    cache = tmp_path / "home" / "cache" / "library.sqlite"
    cache.write_bytes(b"no database at all" * 100)
    assert [row.id for row in library.rows()] == ["a"]
    cache.unlink()
    with pytest.raises(AlreadyThere):
        library.add(put(tmp_path, "b.txt", WORDS))


@pytest.mark.whole
def test_a_damaged_cache_is_reported_once_and_rebuilt(library: Library, tmp_path: Path) -> None:
    for number in range(40):
        library.add(put(tmp_path, f"n{number}.txt", f"Paper {number} of {number * 7}: {WORDS}"), anyway=True)
    cache = tmp_path / "home" / "cache" / "library.sqlite"
    said = set[str]()
    sound, expected = cache.read_bytes(), sorted(f"n{number}" for number in range(40))
    for place in range(4096, len(sound), 4096):
        cache.write_bytes(sound[:place] + b"\xa5" * 600 + sound[place + 600 :])
        try:
            rows = library.rows()
        except SourceError as error:
            said.add(str(error))
            rows = library.rows()
        assert sorted(row.id for row in rows) == expected
        assert all(row.reason is None for row in rows)
    assert said == {f"{cache} was damaged and has been removed: run the command again"}
    with pytest.raises(AlreadyThere):
        library.add(put(tmp_path, "other.txt", f"Paper 3 of 21: {WORDS}"))


def test_check_reports_copies_added_by_hand(library: Library) -> None:
    library.folder.mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (library.folder / name).write_text(WORDS)
    told = [str(problem) for problem in check(library)]
    assert f"{library.folder}/b.txt:1: warning: its text is that of “a”: remove one of the two" in told


def test_files_that_cannot_be_read_are_rows_with_a_reason(library: Library) -> None:
    library.folder.mkdir(parents=True)
    (library.folder / "a.pdf").write_bytes(b"%PDF-1.7 broken")
    (row,) = library.rows()
    assert row.reason is not None
    assert "is no PDF or a damaged one" in row.reason


@pytest.mark.whole
def test_edited_renamed_deleted_and_repaired_files(library: Library, home: Path, encoder, tmp_path: Path) -> None:
    """Whatever happens to files between two updates, the index then matches the library."""
    generations = Generations(home)

    def found(words: str) -> set[str]:
        update(library, generations, encoder)
        opened = Index.open(home, encoder)
        hits = opened.search(words, 10)
        opened.close()
        return {hit.passage.document_id for hit in hits}

    library = Library(home, shipped=tmp_path / "none")
    library.folder.mkdir(parents=True)
    (library.folder / "a.txt").write_text("The fence follows the border.")
    (library.folder / "b.pdf").write_bytes(b"broken")
    assert found("fence") == {"a"}
    (library.folder / "a.txt").write_text("The truce held for days.")
    assert found("truce") == {"a"}
    (library.folder / "a.txt").rename(library.folder / "c.txt")
    assert found("truce") == {"c"}
    (library.folder / "b.pdf").rename(library.folder / "b.txt")
    (library.folder / "b.txt").write_text("Refugees went home.")
    assert found("refugees") == {"b", "c"}
    library.remove("c")
    assert found("truce") == {"b"}
    serving, beside = generations.path().rglob("*"), (home / "cache").rglob("*")
    left = b"".join(path.read_bytes() for path in (*serving, *beside, *library.folder.rglob("*")) if path.is_file())
    assert b"Refugees went" in left
    assert b"truce held" not in left
