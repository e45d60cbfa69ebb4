from __future__ import annotations

import dataclasses
import hashlib

import pytest

from sources.document import Document, Heading, Page, Reference, Statement

DOCUMENT = Document(
    id="d",
    title="T",
    text="One page.\nTwo.",
    pages=(Page(1, 0, 10), Page(2, 10, 14)),
    headings=(Heading(0, 3, 1),),
    statements=(Statement(10, 14, "2022-01-01", "2022-12-31", "2022", "taliban", None, ("a",)),),
    references=(Reference("a", "A", weak=True),),
)


def test_the_digest_is_of_the_text_and_the_revision_of_everything() -> None:
    other = DOCUMENT.with_metadata(title="U")
    assert DOCUMENT.digest == other.digest == hashlib.sha256(b"One page.\nTwo.").hexdigest()
    assert DOCUMENT.revision != other.revision
    assert DOCUMENT.revision == other.with_metadata(title="T").revision


def test_json_gives_back_the_same_document() -> None:
    assert Document.from_json(DOCUMENT.to_json()) == DOCUMENT
    assert "\n" not in DOCUMENT.to_json()


def test_page_at() -> None:
    assert [DOCUMENT.page_at(offset) for offset in (0, 9, 10, 13, 14)] == [1, 1, 2, 2, None]


def test_reference() -> None:
    assert DOCUMENT.reference("a").title == "A"
    with pytest.raises(KeyError):
        DOCUMENT.reference("b")


def test_documents_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DOCUMENT.title = "x"  # type: ignore[misc]
