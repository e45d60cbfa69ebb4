from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.made_files import packed, pdf
from sources.errors import LoadError
from sources.expand import expand
from sources.files import read_bytes


def names(*paths: Path) -> list[tuple[str, bool]]:
    return [(item.name, item.error is None) for item in expand(paths)]


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
    found = list(expand([tmp_path / "z.zip"]))
    good = [item.name for item in found if item.error is None]
    assert good == ["a.txt", "b.pdf", "in\n\u202egnp.txt"]
    wrong = [str(item.error) for item in found if item.error]
    assert len(wrong) == 4
    assert sum("leads out of the archive: remove it from there" in reason for reason in wrong) == 3
    assert sum("is an archive in an archive: unpack" in reason for reason in wrong) == 1


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
    assert names(tmp_path / "a.pdf") == [("a.pdf", False)]
