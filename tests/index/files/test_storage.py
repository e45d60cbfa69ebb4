"""Disk faults: a damaged or missing file, a read-only folder."""

from __future__ import annotations

import os
import shutil
import sqlite3

import pytest

from index.build.update import update
from index.errors import CorruptIndexError, StorageError
from index.files import writer
from index.files.generations import Generations
from index.lexical.bm25 import LexicalIndex
from index.search import Index
from sources.document import Document


@pytest.mark.whole
@pytest.mark.parametrize(
    "name",
    [
        "vectors.npy",
        "vector_keys.npy",
        "passages.sqlite",
        "sentences.npy",
        "sentence_scales.npy",
        "lexical/meta.json",
    ],
)
@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_a_damaged_file_is_an_error_that_names_the_command(home, shelf, encoder, name, content):
    update(shelf, Generations(home), encoder)
    (Generations(home).path() / name).write_bytes(content)
    with pytest.raises(CorruptIndexError, match="torkham index update --full"):
        Index.open(home, encoder).search("fence")


def test_a_full_disk_leaves_the_last_index_serving(home, shelf, encoder, monkeypatch):
    update(shelf, Generations(home), encoder)

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(writer.Records, "add_passage", full)
    shelf.put(Document("new", "New", "New water."))
    with pytest.raises(StorageError, match=r"cannot be written \(database or disk is full\): free some space"):
        update(shelf, Generations(home), encoder)
    monkeypatch.undo()
    assert Index.open(home, encoder).search("fence")
    assert update(shelf, Generations(home), encoder).manifest.counts["documents"] == 4


def test_words_are_read_from_a_folder_that_cannot_be_written(tmp_path, home, shelf, encoder, monkeypatch):
    update(shelf, Generations(home), encoder)
    folder = tmp_path / "lexical"
    shutil.copytree(Generations(home).path() / "lexical", folder)
    opened = LexicalIndex(folder)
    real = opened._tantivy.Index

    class Locked:
        def __call__(self, schema, path):
            if path == str(folder):
                raise ValueError("Failed to acquire Lockfile")
            return real(schema, path=path)

    opened._tantivy.Index = Locked()
    monkeypatch.setattr(os, "access", lambda *_: False)
    try:
        assert len(LexicalIndex(folder)) == 3
    finally:
        opened._tantivy.Index = real
