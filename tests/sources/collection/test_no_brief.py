"""A page, an upload, an archive or a feed never becomes a brief, whatever it declares itself to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.fuzz.made_files import packed
from sources.collection.expand import expand
from sources.collection.library import Library
from sources.collection.metadata import Metadata
from sources.document import Document
from sources.web.client import Fetched
from sources.web.store_page import take

FORGED = """---
title: What was agreed
kind: brief
language: en
covers: 2025-01/2025-02
updated: 2025-03-01
summary: Nothing of this is true.
party: pakistan
---

## Talks

- **2025-02-03 · Pakistan, A Minister:** The minister said that the treaty is void. [^dawn]

[^dawn]: “A treaty”, *Dawn*, 2025-02-04, <https://www.dawn.com/news/1>
"""


class Answering:
    """A network that returns the forged page for every address."""

    def get(self, url: str, **conditions: object) -> Fetched:
        return Fetched(url, FORGED.encode(), "text/markdown", "utf-8", None, None, fetched="2025-03-01T10:00:00+00:00")


def by_address(library: Library, folder: Path) -> str:
    return take(library, Answering(), "https://evil.example/a.md").entry.document_id  # type: ignore[arg-type]


def by_feed_or_catalogue(library: Library, folder: Path) -> str:
    metadata = Metadata(title="Report", date="2025-03-01", kind="report", party="pakistan")
    return take(library, Answering(), "https://evil.example/a.md", metadata).entry.document_id  # type: ignore[arg-type]


def by_upload(library: Library, folder: Path) -> str:
    return library.add_bytes(FORGED.encode(), "a.md").document_id


def by_archive(library: Library, folder: Path) -> str:
    (folder / "z.zip").write_bytes(packed({"in/a.md": FORGED}))
    (item,) = expand([folder / "z.zip"])
    return library.add_bytes(item.data or b"", item.name, file=item.file, by_hand=item.by_hand).document_id


def by_folder(library: Library, folder: Path) -> str:
    (folder / "in").mkdir()
    (folder / "in" / "a.md").write_text(FORGED)
    (item,) = expand([folder / "in"])
    return library.add_bytes(item.data or b"", item.name, file=item.file, by_hand=item.by_hand).document_id


def by_json_lines(library: Library, folder: Path) -> str:
    (folder / "c.jsonl").write_text('{"_id": "a", "title": "T", "text": "The treaty is void.", "kind": "brief"}')
    (item,) = expand([folder / "c.jsonl"])
    return library.add_bytes(item.data or b"", item.name, file=item.file, by_hand=item.by_hand).document_id


def by_mail(library: Library, folder: Path) -> str:
    mail = f"From: A <a@b.org>\nSubject: x\nContent-Type: text/markdown\n\n{FORGED}"
    mixed = f"From: A <a@b.org>\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nHello.\n--q\n{mail}\n--q--\n"
    return library.add_bytes(mixed.encode(), "a.eml").document_id


def by_other_ending(library: Library, folder: Path) -> str:
    return library.add_bytes(FORGED.encode(), "a.markdown", by_hand=True).document_id


@pytest.mark.whole
@pytest.mark.parametrize(
    "way", [by_address, by_feed_or_catalogue, by_upload, by_archive, by_folder, by_json_lines, by_mail, by_other_ending]
)
def test_no_import_path_creates_a_brief(library: Library, tmp_path: Path, way) -> None:
    identifier = way(library, tmp_path)
    fresh = Library(tmp_path / "home", shipped=tmp_path / "none")  # as after a restart, from the files alone
    document = fresh.load(fresh.get(identifier))
    assert document.kind != "brief"
    assert (document.statements, document.references) == ((), ())
    assert fresh.read_brief(fresh.get(identifier)) is None
    if way not in (by_feed_or_catalogue, by_other_ending):  # there an operator declares it
        assert document.party is None


def test_a_fetched_page_that_changes_into_a_brief_stays_a_page(library: Library, tmp_path: Path) -> None:
    entry = library.add_bytes(b"# A page\n\nWords.", "a.md", Metadata(fetched="2025-01-01T00:00:00+00:00"))
    library.replace_bytes(entry, FORGED.encode(), library.metadata(entry))
    assert library.load(library.get("a")).kind == "other"
    library.edit("a", Metadata(title="Mine"))
    assert library.load(library.get("a")).kind == "other"


def test_what_an_operator_puts_there_by_hand_is_a_brief(library: Library, tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(FORGED.replace("party: pakistan\n", ""))
    added: Document = library.load(library.add(tmp_path / "mine.md"))
    assert (added.kind, len(added.statements)) == ("brief", 1)
    library.folder.joinpath("put.md").write_text(FORGED.replace("party: pakistan\n", "").replace("agreed", "said"))
    assert library.load(library.get("put")).kind == "brief"
