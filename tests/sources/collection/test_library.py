from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sources.collection.library import LIBRARY_FOLDER, Library
from sources.collection.metadata import Metadata
from sources.collection.scan import slug
from sources.errors import AlreadyThere, LoadError, MetadataError, NotFound, SourceError
from sources.files import write_bytes
from sources.limits import FILE_BYTES

BRIEF = (Path(__file__).parents[2].joinpath("data") / "brief.md").read_text(encoding="utf-8")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "strikes.md").write_text(BRIEF, encoding="utf-8")
    return Library(tmp_path / "home", shipped=tmp_path / "shipped")


def put(library: Library, name: str, data: str | bytes = "Some text.") -> Path:
    path = library.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def ids(library: Library) -> list[str]:
    return [entry.document_id for entry in library.scan()]


def fails(library: Library, document_id: str) -> str:
    with pytest.raises(SourceError) as caught:
        library.load(library.get(document_id))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A Report_v1.2", "a-report-v1-2"),
        ("a/b", "a-b"),
        ("طالبان و پاکستان", "طالبان-و-پاکستان"),
        ("Ｆull　width ①", "full-width-1"),
        ("हिन्दी", "हिन्दी"),
        ("\u202e../..\n", "document"),
        ("x" * 100, "x" * 80),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_scan_lists_both_folders_and_reads_nothing(library: Library) -> None:
    assert ids(library) == ["strikes"]
    put(library, "b.txt", b"\x00" * 99)
    put(library, "a/b.txt")
    put(library, "b.txt.meta.json", "{}")
    put(library, ".hidden.txt")
    (library.shipped / "notes.txt").write_text("no brief")
    assert ids(library) == ["strikes", "a-b", "b"]
    assert [entry.shipped for entry in library.scan()] == [True, False, False]


def test_load_a_shipped_brief_and_a_plain_document(library: Library) -> None:
    assert library.load(library.get("strikes")).title == 'Strikes, "2022"'
    put(library, "my_file.txt", "Talks went on. They ended.")
    document = library.load(library.get("my-file"))
    assert (document.title, document.text, document.kind, document.language) == (
        "my file", "Talks went on. They ended.", "other", "en"
    )  # fmt: skip
    put(library, "urdu.txt", "پاکستان اور طالبان")
    assert library.load(library.get("urdu")).language == "und"


def test_a_stamp_changes_with_the_file_and_its_side_file(library: Library) -> None:
    path = put(library, "a.txt")
    stamps = [library.get("a").stamp]
    path.write_text("Other words.")
    stamps.append(library.get("a").stamp)
    put(library, "a.txt.meta.json", '{"title": "T"}')
    stamps.append(library.get("a").stamp)
    os.utime(path, ns=(0, 1))
    stamps.append(library.get("a").stamp)
    assert len(set(stamps)) == 4
    assert library.get("a").stamp == stamps[-1]


def test_two_files_of_one_id(library: Library) -> None:
    put(library, "a.txt")
    put(library, "a.md")
    put(library, "a-2.txt")
    put(library, "strikes.txt")
    assert ids(library) == ["strikes", "a-2", "a", "a-3", "strikes-2"]
    assert fails(library, "a-3") == (
        f"{library.folder}/a.txt would be the same document as {library.folder}/a.md: rename one of the two files"
    )
    assert "would be the same document as" in fails(library, "strikes-2")
    assert library.load(library.get("a")).text == "Some text."


def test_add_copies_the_original_and_keeps_metadata(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "The Taliban.TXT"
    source.write_text("Title\n\nText.\r\n")
    entry = library.add(
        source, Metadata(author="G.  Asatryan", date="2023-05~", party="талибы", language="ru", kind="opinion")
    )
    assert (entry.document_id, entry.path) == ("the-taliban", library.folder / "the-taliban.txt")
    assert entry.path.read_bytes() == source.read_bytes()
    side = json.loads((library.folder / "the-taliban.txt.meta.json").read_text())
    assert side == {"author": "G. Asatryan", "date": "2023-05", "kind": "opinion", "language": "ru", "party": "taliban"}
    document = library.load(entry)
    assert (document.title, document.author, document.published, document.party, document.kind, document.language) == (
        "Title", "G. Asatryan", "2023-05", "taliban", "opinion", "ru"
    )  # fmt: skip
    assert sorted(path.name for path in library.folder.iterdir()) == ["the-taliban.txt", "the-taliban.txt.meta.json"]


def test_the_same_bytes_are_not_stored_twice(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text one.")
    (tmp_path / "b.txt").write_text("Text one.")
    library.add(tmp_path / "a.txt")
    with pytest.raises(AlreadyThere, match="is in the library already, as “a”") as caught:
        library.add(tmp_path / "b.txt")
    assert caught.value.document_id == "a"


def test_another_document_of_the_same_name_gets_a_free_id(library: Library, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "strikes.txt").write_text(f"Text {number}.")
        library.add(tmp_path / "strikes.txt")
    assert ids(library) == ["strikes", "strikes-2", "strikes-3", "strikes-4"]


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (Metadata(party="nobody at all"), "“nobody at all” is no known party"),
        (Metadata(date="2022-13-45"), "there is no month 13"),
        (Metadata(kind="rumour"), "kind: “rumour” is unknown; use one of news, report"),
        (Metadata(kind="brief"), "kind: brief is for files whose front matter says so"),
        (Metadata(language="English"), "language: “English” is no language code"),
        (Metadata(url="dawn.com"), "url: “dawn.com” is no web address"),
        (Metadata(title="\u202e"), "title: it holds nothing that can be shown"),
        (Metadata(title="<b>" * 3334), "title: it has more than 300 characters; shorten it"),
    ],
)
def test_bad_metadata_stores_nothing(library: Library, tmp_path: Path, metadata: Metadata, message: str) -> None:
    (tmp_path / "a.txt").write_text("Text.")
    with pytest.raises(MetadataError, match=message):
        library.add(tmp_path / "a.txt", metadata)
    assert ids(library) == ["strikes"]


def test_a_broken_brief_is_not_added(library: Library, tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text(BRIEF.replace("2022-04-16 ·", "2022-13-45 ·"))
    with pytest.raises(SourceError, match=r"bad\.md:12: “2022-13-45” is not a date"):
        library.add(tmp_path / "bad.md")
    assert ids(library) == ["strikes"]
    (tmp_path / "good.md").write_text(BRIEF)
    with pytest.raises(MetadataError, match=r"says its kind itself \(brief\): leave --kind away"):
        library.add(tmp_path / "good.md", Metadata(kind="news"))


def test_remove(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.")
    library.add(tmp_path / "a.txt", Metadata(title="T"))
    library.remove("a")
    assert list(library.folder.iterdir()) == []
    with pytest.raises(NotFound, match="no document “a”: `torkham sources list` shows"):
        library.remove("a")
    with pytest.raises(NotFound, match="“strikes” is shipped with the program and cannot be removed"):
        library.remove("strikes")


def test_files_that_cannot_be_loaded(library: Library, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    put(library, "ok.txt")
    (library.folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (library.folder / "loop.txt").symlink_to(library.folder / "loop.txt")
    (library.folder / "inside.txt").symlink_to(library.folder / "ok.txt")
    (library.folder / "tree").symlink_to(tmp_path / "shipped")
    os.mkfifo(library.folder / "pipe.txt")
    with open(put(library, "big.txt"), "wb") as big:
        big.truncate(FILE_BYTES + 1)
    assert (
        fails(library, "out")
        == f"{library.folder}/out.txt is a link out of the library: put a copy of the file there instead"
    )
    assert "cannot be read (too many levels of symbolic links)" in fails(library, "loop")
    assert "is a link out of the library" in fails(library, "tree")
    assert fails(library, "pipe") == f"{library.folder}/pipe.txt is no regular file: put a document there instead"
    assert fails(library, "big") == f"{library.folder}/big.txt is larger than 50 MB: split it into smaller files"
    assert library.load(library.get("inside")).text == "Some text."


def test_a_file_that_vanishes_while_read(library: Library) -> None:
    path = put(library, "a.txt")
    entry = library.get("a")
    path.unlink()
    with pytest.raises(LoadError, match=r"a\.txt was not found"):
        library.load(entry)


def test_misleading_names_give_one_line_errors(library: Library) -> None:
    put(library, "a\n\u202eb.xyz")
    assert (
        fails(library, "a-b")
        == f"{library.folder}/a b.xyz: no loader for “.xyz” files: use one of .docx, .eml, .epub, .htm, .html, .jsonl,"
        " .markdown, .md, .odt, .pdf, .pptx, .rtf, .text, .txt, .xhtml"
    )


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an object of texts"),
        ('{"title": 1}', "is not an object of texts"),
        ('{"titel": "x"}', "has the unknown key “titel”: use title, author"),
        ('{"date": "May"}', r"a\.txt\.meta\.json: “May” is not a date"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_broken_side_files(library: Library, side: str, message: str) -> None:
    put(library, "a.txt")
    put(library, "a.txt.meta.json", side)
    with pytest.raises(LoadError, match=message):
        library.load(library.get("a"))


def test_a_full_disk_leaves_no_side_file(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a.txt").write_text("Text.")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceError, match=r"cannot be written \(no space left on device\): free some space"):
        library.add(tmp_path / "a.txt", Metadata(title="T"))
    assert list(library.folder.iterdir()) == []


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SourceError, match=r"cannot be written .* choose another --home"):
        write_bytes(tmp_path / "file" / "a.txt", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError, match="cannot be written"):
        write_bytes(tmp_path / "folder", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert write_bytes(tmp_path / "file", b"y", exclusive=True) is False


def test_the_shipped_folder_is_the_default(tmp_path: Path) -> None:
    assert Library(tmp_path).shipped == LIBRARY_FOLDER
    assert LIBRARY_FOLDER.name == "library"


@pytest.mark.whole
def test_tomorrows_bulletin_is_not_todays(tmp_path: Path) -> None:
    library = Library(tmp_path / "home", shipped=tmp_path / "none")
    notice = (
        "On {day} the office at the pass said that {count} lorries crossed and that the gate was open from eight to six. "
        * 3
    )
    words = "No incident was reported by the guards of either side, and the queue at the gate was short all day. " * 6
    for day, count in (("4 March 2025", 340), ("5 March 2025", 361)):
        library.add_bytes((notice.format(day=day, count=count) + words).encode(), f"{count}.txt")
    with pytest.raises(AlreadyThere, match="has nearly the same text") as caught:
        library.add_bytes((notice.format(day="4 March 2025", count=340) + words + "So it was.").encode(), "again.txt")
    assert caught.value.only_similar


@pytest.mark.whole
@pytest.mark.parametrize("kill_at", ["side", "text"])
def test_leftovers_of_a_kill_are_removed_by_the_next_addition(tmp_path, monkeypatch, kill_at):
    from sources.collection import library as module

    home, path = tmp_path / "home", tmp_path / "a.txt"
    path.write_text("The fence follows the border for many miles, and few cross it by night.")

    class Killed(BaseException):
        pass

    real = module.write_bytes

    def dying(target, data, **named):
        if kill_at == "text" and target.suffix == ".txt":
            (target.parent / ".half.tmp").write_bytes(data[:5])
            monkeypatch.setattr(module, "delete", lambda path: None)  # nothing is tidied up after SIGKILL
            raise Killed
        done = real(target, data, **named)
        if kill_at == "side" and target.name.endswith(".meta.json"):
            monkeypatch.setattr(module, "delete", lambda path: None)
            raise Killed
        return done

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_bytes", dying)
        with pytest.raises(Killed):
            module.Library(home, shipped=tmp_path / "none").add(path, module.Metadata(title="Killed"))
    monkeypatch.undo()
    assert [name.name for name in module.Library(home, shipped=tmp_path / "none").orphans()] == ["a.txt.meta.json"]
    for left in (home / "library").iterdir():
        os.utime(left, (1, 1))
    other = tmp_path / "b.txt"
    other.write_text("Water ran short in the north, and the trade in it grew for a year or more.")
    module.Library(home, shipped=tmp_path / "none").add(other)
    assert sorted(left.name for left in (home / "library").iterdir()) == ["b.txt"]
