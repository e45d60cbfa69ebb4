"""Generations: switched atomically, verified, rolled back, collected."""

from __future__ import annotations

import gc
import re
from dataclasses import replace

import pytest

from index.build.changes import pending
from index.build.update import update
from index.errors import CorruptIndexError, IndexingError, NoIndexError
from index.files.generations import Generations
from index.files.records import RECORDS_FILE, Records
from index.search import Index
from index.vectors.faiss import VECTORS
from index.vectors.flat import KEYS_FILE, ROWS_FILE
from sources.document import Document
from sources.files import sha256


@pytest.fixture
def generations(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    return Generations(home)


def grow(shelf, generations, encoder, number):
    shelf.put(Document(f"d{number}", f"Document {number}", f"Water number {number}."))
    update(shelf, generations, encoder)


def test_without_an_index_the_error_says_what_to_run(tmp_path):
    assert Generations(tmp_path).current() is None
    with pytest.raises(NoIndexError, match="torkham index update"):
        Generations(tmp_path).path()


def test_three_generations_are_kept(generations, shelf, encoder):
    for number in range(4):
        grow(shelf, generations, encoder, number)
    assert generations.names() == ["000003", "000004", "000005"]
    assert generations.current() == "000005"


def test_a_reader_keeps_its_generation(generations, shelf, encoder, home):
    reader = Index.open(home, encoder)
    for number in range(4):
        grow(shelf, generations, encoder, number)
    assert reader.search("the fence")[0].passage.document_id == "fence"


def test_verify_finds_a_changed_and_a_missing_file(generations):
    assert generations.verify() == []
    (generations.path() / "sentences.npy").write_bytes(b"x")
    (generations.path() / "vectors.npy").unlink()
    assert [problem.rsplit("/", 1)[1] for problem in generations.verify()] == [
        "sentences.npy differs from its checksum.",
        "vectors.npy is missing.",
    ]


def as_earlier(generations):
    """The serving generation as an earlier version would have written it: its exact vectors in a file of FAISS."""
    folder, manifest = generations.path(), generations.manifest()
    (folder / KEYS_FILE).unlink()
    (folder / ROWS_FILE).rename(folder / VECTORS)
    files = {name: digest for name, digest in manifest.files.items() if name not in {ROWS_FILE, KEYS_FILE}}
    manifest = replace(manifest, files={**files, VECTORS: sha256(folder / VECTORS)})
    (folder / "manifest.json").write_text(manifest.to_json())


def test_a_generation_of_an_earlier_version_is_rebuilt_and_nothing_is_embedded(generations, shelf, encoder, home):
    index = Index.open(home, encoder)
    before = index.search("the fence")
    as_earlier(generations)
    said = f"{generations.path()} was written by an earlier version"
    with pytest.raises(CorruptIndexError, match=f"^{re.escape(said)}: run `torkham index update --full`.$"):
        Index.open(home, encoder)
    encoder.embedded.clear()
    outcome = update(shelf, generations, encoder)
    assert outcome.written
    assert outcome.damage == (f"{said}.",)
    assert encoder.embedded == []
    assert generations.verify() == []
    assert Index.open(home, encoder).search("the fence") == before


def test_rollback_skips_generations_of_an_earlier_version(generations, shelf, encoder):
    as_earlier(generations)
    grow(shelf, generations, encoder, 1)
    with pytest.raises(IndexingError, match="no earlier generation"):
        generations.rollback()


def test_rollback_stays_until_the_next_update(generations, shelf, encoder):
    grow(shelf, generations, encoder, 1)
    assert generations.rollback() == "000001"
    assert generations.current() == "000001"
    assert generations.pinned()
    assert pending(shelf, generations).added == ("d1",)
    update(shelf, generations, encoder)
    assert generations.current() == "000003"
    assert not generations.pinned()


def test_rollback_without_an_earlier_one(generations):
    with pytest.raises(IndexingError, match="no earlier generation"):
        generations.rollback()


@pytest.mark.whole
@pytest.mark.parametrize("content", [b"", b"999\n", b"../..\n", b"\xff\xfe"])
def test_a_damaged_current_is_an_error_that_names_the_command(generations, content, shelf, encoder, home):
    (generations.root / "CURRENT").write_bytes(content)
    with pytest.raises(CorruptIndexError, match="torkham index update --full"):
        generations.current()
    update(shelf, generations, encoder, full=True)
    assert Index.open(home, encoder).search("fence")


def test_a_damaged_manifest_is_an_error_that_names_the_command(generations):
    (generations.path() / "manifest.json").write_text("{}")
    with pytest.raises(CorruptIndexError, match="torkham index update --full"):
        generations.manifest()


def test_leftovers_of_a_killed_update_are_removed(generations, shelf, encoder):
    leftover = generations.root / "generations" / "000009.unfinished"
    leftover.mkdir()
    grow(shelf, generations, encoder, 1)
    assert not leftover.exists()


@pytest.mark.whole
def test_an_abandoned_query_outlives_its_generation_silently(generations, monkeypatch):
    records, said = Records(generations.path() / RECORDS_FILE), []
    reading = records.documents()
    assert next(reading)
    records.close()
    monkeypatch.setattr("sys.unraisablehook", said.append)
    del reading
    gc.collect()
    assert said == []
