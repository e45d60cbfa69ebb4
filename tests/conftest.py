"""What all tests share: a model that can be computed by hand, no network, and small libraries."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from support.fakes.web import Site, serving

from index.build.update import update
from index.encoder import Progress, Vectors
from index.files.generations import Generations
from index.search import Index
from index.storage import Storage
from sources.collection.library import Library
from sources.document import Document
from sources.errors import LoadError, SourceError

if TYPE_CHECKING:
    from support.fakes.bot_api import FakeBotApi

# A busy machine fails no property: neither an example nor the making of examples has a time limit.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

AXES = ("fence", "border", "refugees", "ttp", "strike", "truce", "trade", "water")


class WordEncoder:
    """A vector has one axis for each of eight words (their counts) and a ninth that is always 1; tokens are words."""

    name = "words"
    fingerprint = "words-1"
    dimension = len(AXES) + 1
    window = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.embedded += texts
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = re.findall(r"\w+", text.lower())
            row[:-1] = [words.count(axis) for axis in AXES]
            row[-1] = 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@dataclass(frozen=True)
class Shelf:
    """An entry of a Bookshelf."""

    document_id: str
    path: Path
    stamp: str


@dataclass
class Bookshelf:
    """A library in memory; a document that is an error is raised when loaded."""

    documents: dict[str, Document | SourceError] = field(default_factory=dict)

    def put(self, document: Document) -> None:
        self.documents[document.id] = document

    def scan(self) -> list[Shelf]:
        return [
            Shelf(name, Path(f"/shelf/{name}"), _stamp(document)) for name, document in sorted(self.documents.items())
        ]

    def load(self, entry: Any) -> Document:
        document = self.documents[entry.document_id]
        if isinstance(document, SourceError):
            raise document
        return document


def _stamp(document: Document | SourceError) -> str:
    return document.revision if isinstance(document, Document) else str(document)


def broken(name: str) -> LoadError:
    return LoadError(f"/shelf/{name}: is broken: mend it.")


# What `make fast` leaves out, beside the tests that say so themselves: folders of tests/, and whatever uses these fixtures.
WHOLE_FOLDERS = {"cli", "doors", "service", "telegram"}
WHOLE_FIXTURES = {"api", "postgres", "site"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Of folders that are `whole` nothing is even imported where such tests are left out."""
    left_out = "not whole" in str(config.option.markexpr) and collection_path.parent == Path(__file__).parent
    return True if left_out and collection_path.name in WHOLE_FOLDERS else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what starts processes, a server or a database as `whole`."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    uses = WHOLE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    if folder in WHOLE_FOLDERS or uses or "postgres" in item.name:
        item.add_marker("whole")


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def shelf() -> Bookshelf:
    """Three small documents: on the fence, on refugees, on a truce."""
    documents = [
        Document("fence", "The fence", "Pakistan built a fence. The fence follows the border.", published="2017-03"),
        Document(
            "refugees", "Refugees", "Many refugees crossed the border.\n\nLater refugees went home.", published="2023"
        ),
        Document("truce", "A truce", "A truce was agreed in Doha. The truce held for days.", published="2025-10-19"),
    ]
    return Bookshelf({document.id: document for document in documents})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL with pgvector, started once."""
    from support.running.postgres import server

    with server() as url:
        yield url


@pytest.fixture(params=["embedded", "postgres"])
def storage(request: pytest.FixtureRequest, home: Path) -> Iterator[Storage]:
    """Where the index is kept: files in a home, and a database."""
    if request.param == "embedded":
        yield Generations(home)
        return
    from support.running.postgres import ready

    from index.postgres.generations import DatabaseGenerations

    database = ready(request.getfixturevalue("postgres"))
    yield DatabaseGenerations(database)
    database.close()


@pytest.fixture
def index(storage: Storage, shelf: Bookshelf, encoder: WordEncoder) -> Iterator[Index]:
    """The three documents, indexed."""
    update(shelf, storage, encoder)
    opened = Index.open(storage, encoder)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection beyond this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBotApi]:
    """A Bot API on this machine, for the tests of the Telegram side; what a bot in this process answers hangs on no weights."""
    from support.fakes import word_reader
    from support.fakes.bot_api import FakeBotApi

    word_reader.use(monkeypatch)

    fake = await FakeBotApi().start()
    yield fake
    await fake.stop()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home", shipped=tmp_path / "none")
