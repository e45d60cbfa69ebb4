"""Every flow survives a fault at each of its calls to SQLite and the file system: one sentence is reported, nothing is
lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import WordEncoder
from support.fakes.faults import FAULTS, Fault, Layer, Place, faults

from bot.composing.budget import Budget
from bot.composing.rejected import Deleted, DeletedSentences
from bot.console import Console
from bot.errors import BotError, ModelError
from bot.service.live_index import LiveIndex
from bot.settings import Settings
from bot.store.sqlite import Store
from bot.telegram.queue.journal import Journal as Updates
from bot.workspace import Workspace
from index.build.update import update
from index.errors import IndexingError
from index.files.generations import Generations
from index.search import Index
from sources.collection.library import Library
from sources.collection.metadata import Metadata
from sources.errors import SourceError
from sources.sandbox import child
from sources.sandbox.parent import Sandbox
from sources.web.fetch_log import Feed, Journal

ALLOWED = (BotError, IndexingError, SourceError)
TEXTS = {
    "fence": "Pakistan built a fence in 2017. The fence follows the border of 1893.",
    "refugees": "Many refugees crossed the border.\n\nLater refugees went home.",
    "truce": "A truce was agreed in Doha. The truce held for days.",
}
NEW = "A new strike hit the border trade, and water ran short in the north for days."


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read in this process, so that faults hit our own writes and not the pipes of a restarted child."""

    def run(_: Sandbox, task: str, data: bytes, file: str, **options: Any) -> Any:
        options.pop("seconds", None)
        options.pop("progress", None)
        return child.TASKS[task](data, {"file": file, "size": len(data), **options})

    monkeypatch.setattr(Sandbox, "run", run)


def library(home: Path) -> Library:
    return Library(home, shipped=home / "nothing shipped")


def bring(home: Path, **options: Any) -> None:
    update(library(home), Generations(home), WordEncoder(), **options)


def indexed(home: Path) -> object:
    """What the index answers from, and the contents of the library."""
    read = library(home)
    files = {entry.document_id: read.load(entry) for entry in read.scan()}
    if Generations(home).current() is None:
        return files, None
    assert Generations(home).verify() == []
    index = Index.open(home, WordEncoder())
    documents = {document.id: document.text for document in index.documents()}
    hits = {hit.passage.text for question in ("fence", "truce", "strike") for hit in index.search(question, 3)}
    index.close()
    return files, (documents, frozenset(hits))


def fresh(home: Path) -> None:
    (home / "library").mkdir(parents=True)
    for name, text in TEXTS.items():
        (home / "library" / f"{name}.txt").write_text(text)


def built(home: Path) -> None:
    fresh(home)
    bring(home)


def grown(home: Path) -> None:
    built(home)
    (home / "library" / "strike.txt").write_text(NEW)


def twice(home: Path) -> None:
    grown(home)
    bring(home)


def shrunk(home: Path) -> None:
    built(home)
    (home / "library" / "truce.txt").unlink()


def damaged(home: Path) -> None:
    built(home)
    path = Generations(home).path() / "sentences.npy"
    path.write_bytes(bytes(path.stat().st_size))


def to_add(home: Path) -> None:
    built(home)
    (home / "strike.txt").write_text(NEW)


def add(home: Path) -> None:
    with contextlib.suppress(SourceError) if "strike" in str(library(home).scan()) else contextlib.nullcontext():
        library(home).add(home / "strike.txt", Metadata(title="Strike", author="A. Writer"))
    bring(home)


def remove(home: Path) -> None:
    if any(entry.document_id == "truce" for entry in library(home).scan()):
        library(home).remove("truce")
    bring(home)


def edit(home: Path) -> None:
    library(home).edit("truce", Metadata(title="The truce of Doha"))
    bring(home)


def rewrite(home: Path) -> None:
    read = library(home)
    read.replace_bytes(read.get("truce"), NEW.encode(), Metadata(title="Other"))
    bring(home)


def back(home: Path) -> None:
    generations = Generations(home)
    with generations.writing():
        if generations.current() != "000001":
            generations.rollback()


def workspace(home: Path) -> Workspace:
    work = Workspace(Settings(home=home), Console(quiet=True))
    work._encoder = WordEncoder()
    work.library = library(home)
    return work


def ask(home: Path) -> None:
    work = workspace(home)
    index = work.open_index()
    assert {hit.passage.document_id for hit in index.search("the fence", 1)} == {"fence"}
    index.close()


def serve(home: Path) -> None:
    async def one() -> None:
        live = LiveIndex(home, WordEncoder())
        hits = await live.search("the fence", 1)
        assert [hit.passage.document_id for hit in hits] == ["fence"]
        await live.end()

    asyncio.run(one())


def stored(home: Path) -> None:
    Store(home / "bot").close()


def converse(home: Path) -> None:
    """An update arrives, is answered and rated."""
    store = Store(home / "bot")
    try:
        updates = Updates(store)
        updates.open()
        message = {"chat": {"id": 7}, "from": {"id": 7}, "text": "Why?"}
        updates.take([{"update_id": 1, "message": message}])
        for entry in updates.claim(1) + updates.claim(1, tried=True):
            updates.sending(entry.update_id, "a", 0)
            updates.sent(entry.update_id, "a", 1)
            updates.done(entry.update_id)
        updates.renew()
        store.sync()
    finally:
        store.close()


def conversed(home: Path) -> object:
    """The states an update may be left in: never lost once accepted, never half done."""
    store = Store(home / "bot")
    rows = store.rows("SELECT update_id, state, body FROM journal")
    store.close()
    assert all((row["state"] == "done") == (row["body"] is None) for row in rows)
    return "done" if [row["state"] for row in rows] == ["done"] else "waiting"


def follow(home: Path) -> None:
    journal = Journal(home)
    journal.follow(Feed("https://example.org/feed", "A feed"))
    journal.fail("https://example.org/x", "was not found")
    journal.mend("https://example.org/x")


def followed(home: Path) -> object:
    return [feed.url for feed in Journal(home).feeds()], len(Journal(home).failures())


def spend(home: Path) -> None:
    settings = Settings(home=home, llm_base_url="http://x/v1", llm_model="m")
    budget = Budget(home / "llm", settings)
    if budget.spent().tokens < 100:
        budget.spend(100, 0)
    with contextlib.suppress(OSError):  # the composer says so in its log
        DeletedSentences(home / "llm", 30).add([Deleted("A.", "no marker")], "m")


def spent(home: Path) -> object:
    settings = Settings(home=home, llm_base_url="http://x/v1", llm_model="m")
    DeletedSentences(home / "llm", 30).counts()
    return Budget(home / "llm", settings).spent().tokens


def nothing(home: Path) -> None:
    home.mkdir(parents=True)


@dataclass(frozen=True)
class Flow:
    prepare: Callable[[Path], None]
    run: Callable[[Path], None]
    state: Callable[[Path], object]
    # The states allowed besides before and after: a document is stored before it is indexed.
    steps: bool = False
    again: Callable[[Path], None] | None = None  # completes it; by default the flow itself


FLOWS = {
    "first index": Flow(fresh, bring, indexed),
    "index a new document": Flow(grown, bring, indexed),
    "index without a document": Flow(shrunk, bring, indexed),
    "index in full": Flow(built, lambda home: bring(home, full=True), indexed),
    "mend a damaged index": Flow(damaged, bring, lambda home: None),
    "go back": Flow(twice, back, indexed),
    "add a source": Flow(to_add, add, indexed, steps=True),
    "remove a source": Flow(built, remove, indexed, steps=True),
    "edit a source": Flow(built, edit, indexed, steps=True),
    "rewrite a source": Flow(built, rewrite, indexed, steps=True),
    "ask, catching up": Flow(grown, ask, indexed, again=bring),
    "serve": Flow(built, serve, indexed),
    "open the store": Flow(nothing, stored, lambda home: (stored(home), None)[1]),
    "converse": Flow(stored, converse, conversed, steps=True),
    "follow a feed": Flow(nothing, follow, followed, steps=True),
    "spend on a model": Flow(nothing, spend, spent),
}


def skipped(home: Path) -> bool:
    """Whether a file could not be read, which is recorded: the others are indexed without it."""
    generations = Generations(home)
    return generations.current() is not None and bool(generations.manifest().failures)


def outcome(flow: Flow, prepared: Path, copy: Path, place: Place, fault: Fault, ends: list[object]) -> str:
    """The outcome of a flow with one fault: unharmed, reported; or what is wrong."""
    shutil.rmtree(copy)
    shutil.copytree(prepared, copy)
    result = "unharmed"
    with faults(Layer(place, fault)) as layer:
        try:
            flow.run(copy)
        except ALLOWED as error:
            message = str(error)
            result = "said" if "\n" not in message and len(message) < 600 else f"WRONG: a long message: {message}"
        except Exception as error:
            return f"WRONG: {type(error).__name__}: {error}"
    if not layer.hits:
        return "not reached"
    try:
        left = flow.state(copy)
        if left not in ends and not flow.steps and not skipped(copy):
            return "WRONG: left neither as before nor as after"
        (flow.again or flow.run)(copy)
        if flow.state(copy) != ends[1]:
            return "WRONG: another result when it is run again"
    except Exception as error:
        return f"WRONG: afterwards {type(error).__name__}: {error}"
    return result


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_survives_a_fault_at_every_call(name, tmp_path):
    flow, prepared, copy = FLOWS[name], tmp_path / "prepared", tmp_path / "home"
    flow.prepare(prepared)
    shutil.copytree(prepared, copy)
    before = flow.state(copy) if flow.run is not stored else None
    with faults(Layer()) as layer:
        flow.run(copy)
    ends = [before, flow.state(copy)]
    results = {
        f"{place} with a {fault.name}": outcome(flow, prepared, copy, place, fault, ends)
        for place in layer.places
        for fault in FAULTS
    }
    wrong = {what: result for what, result in results.items() if result.startswith("WRONG")}
    reached = sum(result != "not reached" for result in results.values())
    sys.stderr.write(f"{name}: {len(layer.places)} places, {reached} faults, {reached - len(wrong)} survived\n")
    assert wrong == {}
    assert len(layer.places) >= 3


def test_a_fault_occurs_once_and_only_at_its_call(tmp_path):
    with faults(Layer()) as layer:
        follow(tmp_path)
    place = next(place for place in layer.places if place.call == "sqlite commit")
    with faults(Layer(place, FAULTS[0])) as failing, pytest.raises(SourceError, match="database or disk is full"):
        follow(tmp_path)
    assert failing.hits == 1
    with pytest.raises(ModelError), faults(Layer(*_first("file open to write", tmp_path))):
        spend(tmp_path)


def _first(call: str, home: Path) -> tuple[Place, Fault]:
    other = home / "other"
    with faults(Layer()) as layer:
        spend(other)
    return next(place for place in layer.places if place.call == call), FAULTS[0]
