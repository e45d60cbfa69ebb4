"""Damages every file of an index in every way: it is reported or harmless, and nothing is built upon it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import Bookshelf, WordEncoder

from index.build.update import update
from index.errors import CorruptIndexError, IndexingError, NoIndexError
from index.files import integrity
from index.files.generations import Generations
from index.search import Index
from index.types import Hit, Scope
from index.vectors import writer
from sources.document import Document

QUESTIONS = ("the fence on the border", "refugees", "truce in Doha", "water 1893", "who crossed")
FORMS = {"exact": 20_000, "lists": 2}  # passages from which the vectors are in inverted lists


def flip(place: float) -> Callable[[Path, Path], None]:
    def damage(path: Path, other: Path) -> None:
        data = bytearray(path.read_bytes())
        if data:
            data[min(len(data) - 1, int(place * len(data)))] ^= 1
        path.write_bytes(data)

    return damage


def truncate(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def delete(path: Path, other: Path) -> None:
    path.unlink()


def zeros(path: Path, other: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def swap(path: Path, other: Path) -> None:
    """The file of another generation with the same name, or of the same kind."""
    twins = [p for p in [other, *sorted(other.parent.glob(f"*{path.suffix}"))] if p.is_file() and p != path]
    path.write_bytes(twins[0].read_bytes() if twins else b"")


DAMAGES = {
    **{f"flip at {place}": flip(place) for place in (0.0, 0.02, 0.3, 0.5, 0.77, 0.93, 1.0)},
    "truncate": truncate,
    "delete": delete,
    "zeros": zeros,
    "swap": swap,
}


def library() -> Bookshelf:
    texts = {
        "fence": "Pakistan built a fence in 2017. The fence follows the border of 1893.",
        "refugees": "Many refugees crossed the border.\n\nLater refugees went home.",
        "truce": "A truce was agreed in Doha. The truce held for days.",
        "water": "The water treaty names the river. No water was shared in 1893.",
    }
    return Bookshelf({name: Document(name, name.title(), text, published="2020-01-02") for name, text in texts.items()})


def found(index: Index) -> list[object]:
    """Everything an answer is made from: passages, scores, sentences and their cosines, documents."""
    told: list[object] = []
    for question in QUESTIONS:
        for hit in index.search(question, 4):
            lines = index.sentences(hit.passage)
            told.append((hit, lines, index.cosines(question, lines).tolist()))
        told.append([hit.passage.id for hit in index.search(question, 4, Scope(since="2019-01-01"))])
        told.append([passage.text for passage in index.nearest_sentences(question, 3)])
    return [*told, index.documents(), index.languages(), index.reach(), index.knows("doha"), index.rarity("fence")]


def passages(told: list[object]) -> dict[str, str]:
    """Passage id to text of all results."""
    hits = [item[0] for item in told if isinstance(item, tuple) and isinstance(item[0], Hit)]
    return {hit.passage.id: hit.passage.text for hit in hits}


def asked(home: Path) -> list[object] | None:
    """The results, or None if the damage was reported."""
    try:
        index = Index.open(home, WordEncoder())
    except (CorruptIndexError, NoIndexError):
        return None
    try:
        return found(index)
    except CorruptIndexError:
        return None
    finally:
        index.close()


@pytest.fixture(scope="module", params=FORMS)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A home with two generations, its search results, and those after another document is added."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "APPROXIMATE", FORMS[request.param])
        home = tmp_path_factory.mktemp("whole") / "home"
        shelf = library()
        last = shelf.documents.pop("water")
        update(shelf, Generations(home), WordEncoder())
        shelf.put(last)  # type: ignore[arg-type]
        update(shelf, Generations(home), WordEncoder())
        grown = tmp_path_factory.mktemp("grown") / "home"
        shelf.put(Document("new", "New", "A new strike hit the border trade."))
        update(shelf, Generations(grown), WordEncoder())
        yield home, asked(home), passages(asked(grown) or [])


def files(home: Path) -> list[Path]:
    folder = Generations(home).path()
    below = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock"]
    return [home / "index" / "CURRENT", *below]


def damaged(home: Path, tmp_path: Path):
    """(description of the damage, a damaged copy of the home), one after the other."""
    for path in files(home):
        relative = path.relative_to(home)
        for name, damage in DAMAGES.items():
            copy = tmp_path / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(home, copy)
            other = copy / str(relative).replace("000002", "000001")
            damage(copy / relative, other)
            yield f"{relative} {name}", copy


@pytest.mark.slow
def test_no_damage_is_answered_from(whole, tmp_path):
    home, right, _ = whole
    told, unharmed, wrong = [], [], []
    for what, copy in damaged(home, tmp_path):
        answer = asked(copy)
        (told if answer is None else unharmed if answer == right else wrong).append(what)
    assert [what for what in wrong if "CURRENT" not in what] == []  # CURRENT can only name an earlier whole generation
    assert len(told) > 10 * len(DAMAGES) - 30
    assert len(told) + len(unharmed) >= 100


@pytest.mark.slow
def test_no_damage_is_built_upon(whole, tmp_path):
    home, _, grown = whole
    for what, copy in damaged(home, tmp_path):
        shelf = library()
        shelf.put(Document("new", "New", "A new strike hit the border trade."))
        generations = Generations(copy)
        update(shelf, generations, WordEncoder())
        assert generations.verify() == [], what
        after = asked(copy)
        assert after is not None, what
        assert passages(after) == grown, what


@pytest.mark.slow
def test_a_row_that_changes_under_an_open_index_is_never_answered_from(whole, tmp_path, monkeypatch):
    """A large generation is not read in full when opened: each row is verified when read."""
    home, right, _ = whole
    monkeypatch.setattr(integrity, "changed", lambda *_: [])
    path = Generations(home).path() / "passages.sqlite"
    size, wrong = path.stat().st_size, []
    for place in np.linspace(0, size - 1, 200, dtype=int).tolist():
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
        flip((place + 0.5) / size)(copy / path.relative_to(home), path)
        answer = asked(copy)
        if answer is not None and not passages(answer).items() <= passages(right).items():
            wrong.append(place)
    assert wrong == []


def test_a_large_generation_is_read_again_where_a_file_has_changed(home, shelf, encoder, monkeypatch):
    monkeypatch.setattr(integrity, "WHOLE_BYTES", 0)
    update(shelf, Generations(home), encoder)
    path = Generations(home).path() / "sentence_scales.npy"
    read: list[str] = []
    monkeypatch.setattr(
        integrity, "sha256", lambda file, real=integrity.sha256: (read.append(file.name), real(file))[1]
    )
    Index.open(home, encoder).close()
    assert read == []
    flip(0.9)(path, path)
    with pytest.raises(CorruptIndexError, match=r"sentence_scales.npy differs from its checksum: run `torkham index"):
        Index.open(home, encoder)
    flip(0.9)(path, path)
    Index.open(home, encoder).close()
    assert read == ["sentence_scales.npy"] * 2
    Index.open(home, encoder).close()
    assert len(read) == 2


def test_an_update_without_changes_repairs_a_damaged_index(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    flip(0.5)(Generations(home).path() / "sentences.npy", home)
    encoder.embedded.clear()
    outcome = update(shelf, Generations(home), encoder)
    assert [line.rsplit("/", 1)[1] for line in outcome.damage] == ["sentences.npy differs from its checksum."]
    assert outcome.written
    assert encoder.embedded == []
    assert Generations(home).verify() == []


def test_rollback_skips_unreadable_generations(home, shelf, encoder):
    for number in range(3):
        shelf.put(Document(f"d{number}", "Water", f"Water number {number}."))
        update(shelf, Generations(home), encoder)
    generations = Generations(home)
    (generations.path("000002") / "passages.sqlite").write_bytes(b"")
    assert generations.rollback(encoder.fingerprint) == "000001"
    with pytest.raises(IndexingError, match="no earlier generation that could serve"):
        generations.rollback(encoder.fingerprint)
    generations.release()


def test_rollback_skips_generations_of_another_encoder(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    shelf.put(Document("d", "Water", "Water."))
    update(shelf, Generations(home), encoder)
    with pytest.raises(IndexingError, match="no earlier generation that could serve"):
        Generations(home).rollback("another")


@pytest.mark.whole
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_vector_cache_is_recomputed(home, shelf, encoder, damage):
    update(shelf, Generations(home), encoder)
    right = asked(home)
    cache = home / "index" / "cache" / "vectors.sqlite"
    DAMAGES[damage](cache, home / "nowhere")
    update(shelf, Generations(home), encoder, full=True)
    assert asked(home) == right


def test_a_damaged_row_of_the_cache_is_recomputed(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    right = asked(home)
    path = home / "index" / "cache" / "vectors.sqlite"
    with Generations(home).cache()._connection as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = connection.execute("SELECT vector FROM vectors").fetchall()
    data = path.read_bytes()
    for (vector,) in rows:
        place = data.index(vector)
        data = data[: place + 3] + bytes([data[place + 3] ^ 16]) + data[place + 4 :]
    path.write_bytes(data)
    encoder.embedded.clear()
    update(shelf, Generations(home), encoder, full=True)
    assert len(encoder.embedded) == len(rows)
    assert asked(home) == right
