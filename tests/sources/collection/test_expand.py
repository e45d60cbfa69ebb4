from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import pytest

from evals.fuzz.made_files import packed, pdf
from sources.clean import one_line
from sources.collection.expand import Item, expand
from sources.errors import LoadError, SourceError
from sources.files import read_bytes


def errors(*paths: Path) -> list[tuple[str, str]]:
    """(name, why it cannot be read or “”) of each document."""
    return [(item.name, error_of(item)) for item in expand(paths)]


def error_of(item: Item) -> str:
    try:
        return str(item.error or "") if item.error or item.data is not None else "nothing"
    except SourceError as error:
        return str(error)


def test_folders(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.md", ".hidden", ".git/x.txt", "b.txt.meta.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"title": "T"}' if name.endswith("json") else "x")
    items = list(expand([tmp_path]))
    assert [(item.name, item.metadata.title) for item in items] == [("b.txt", "T"), ("c.md", None)]
    (tmp_path / "empty").mkdir()
    with pytest.raises(LoadError, match="is an empty folder"):
        list(expand([tmp_path / "empty"]))


def test_a_zip_of_documents(tmp_path: Path) -> None:
    parts = {
        "a.txt": "x", "in/b.pdf": pdf(), "__MACOSX/a.txt": "x", "../../etc/passwd": "x", "/abs.txt": "x",
        "C:\\x.txt": "x", "inner.zip": packed({"a": "b"}), "in\n\u202egnp.txt": "x",
    }  # fmt: skip
    (tmp_path / "z.zip").write_bytes(packed(parts))
    found = errors(tmp_path / "z.zip")
    assert [name for name, error in found if not error] == ["a.txt", "b.pdf", "in\n\u202egnp.txt"]
    wrong = [error for _, error in found if error]
    assert len(wrong) == 4
    assert all(
        one_line(item.file) == item.file for item in expand([tmp_path / "z.zip"])
    )  # no name reaches a terminal raw
    assert sum("leads out of the archive: remove it from there" in reason for reason in wrong) == 3
    assert sum("is an archive in an archive: unpack" in reason for reason in wrong) == 1


@pytest.mark.whole
def test_broken_locked_and_huge_archives(tmp_path: Path) -> None:
    (tmp_path / "z.zip").write_bytes(packed({"a.txt": "x"})[:-10])
    (item,) = expand([tmp_path / "z.zip"])
    assert "is a broken archive" in str(item.error)
    (tmp_path / "z.zip").write_bytes(packed({f"{n}.txt": "" for n in range(20_001)}))
    (item,) = expand([tmp_path / "z.zip"])
    assert "holds more than 20,000 files" in str(item.error)
    locked = bytearray(packed({"a.txt": "x"}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "z.zip").write_bytes(bytes(locked))
    (item,) = expand([tmp_path / "z.zip"])
    assert "is protected by a password: unpack it and add the files" in str(item.error)
    (tmp_path / "z.zip").write_bytes(packed({"a.txt": b"\0" * 210 * 2**20}))
    (item,) = expand([tmp_path / "z.zip"])
    assert "unpacks to far more than it should (a zip bomb)" in str(item.error)


def test_json_lines_become_a_document_each(tmp_path: Path) -> None:
    lines = [{"_id": f"d{n}", "title": f"T{n}", "text": f"Text {n}."} for n in range(2)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, lines)))
    items = list(expand([tmp_path / "corpus.jsonl"]))
    assert [item.name for item in items] == ["corpus d0.jsonl", "corpus d1.jsonl"]
    assert json.loads(items[1].data or b"") == lines[1]


def test_a_file_of_ten_gigabytes(tmp_path: Path) -> None:
    with open(tmp_path / "a.pdf", "wb") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(LoadError, match=r"a\.pdf is larger than 50 MB: split it into smaller files"):
        read_bytes(tmp_path / "a.pdf")
    ((name, error),) = errors(tmp_path / "a.pdf")
    assert (name, "is larger than 50 MB" in error) == ("a.pdf", True)


@pytest.mark.whole
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_that_cannot_be_unpacked_within_bounds(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w", method) as archive:
        archive.writestr("a.txt", b"x" * 10_000_000)
    (item,) = expand([tmp_path / "z.zip"])
    assert "is packed by a method that cannot be unpacked within bounds (bzip2, LZMA): pack it as" in str(item.error)


@pytest.mark.whole
def test_a_directory_of_nine_hundred_thousand_names_is_not_read(tmp_path: Path) -> None:
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 1, 0, 0) + bytes(12) + b"a"
    directory = entry * 900_000
    end = b"PK\x05\x06" + bytes(4) + struct.pack("<HHIIH", 0xFFFF, 0xFFFF, len(directory), 0, 0)
    (tmp_path / "z.zip").write_bytes(b"PK\x03\x04" + directory + end)
    (item,) = expand([tmp_path / "z.zip"])
    assert "holds more than 20,000 files: split it" in str(item.error)


def test_a_folder_is_not_read_before_it_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("x")
    (item,) = expand([tmp_path / "in"])
    (tmp_path / "in" / "a.txt").write_text("later")
    assert (item.data, item.by_hand) == (b"later", False)
    (named,) = expand([tmp_path / "in" / "a.txt"])
    assert named.by_hand
