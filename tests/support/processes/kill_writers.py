"""Run by test_kills.py: SIGKILL at random moments of everything that writes, and a look at what is left each time.

python kill_writers.py HOME KILLS [SEED]: writers and checks are processes forked from this one, which has no threads.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import WordEncoder

from bot.composing.budget import Budget
from bot.composing.rejected import Deleted, DeletedSentences
from bot.settings import Settings
from bot.store.sqlite import Store
from bot.telegram.queue.journal import Journal as Updates
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from sources.collection.library import Library
from sources.collection.metadata import Metadata
from sources.errors import SourceError
from sources.sandbox import child
from sources.sandbox.parent import Sandbox
from sources.web.fetch_log import Feed, Journal

FENCE = "Pakistan built a fence in 2017. The fence follows the border of 1893.\n"


def library(home: Path) -> Library:
    return Library(home, shipped=home / "nothing shipped")


def settings(home: Path) -> Settings:
    return Settings(home=home, llm_base_url="http://x/v1", llm_model="m")


def told(home: Path, line: str) -> None:
    """What a writer has been promised: it must be there after the kill."""
    with (home / "promised").open("a") as file:
        file.write(f"{line}\n")
        file.flush()


def index(home: Path) -> None:
    while True:
        for name in ("strike", "trade"):
            path = home / "library" / f"{name}.txt"
            path.unlink() if path.exists() else path.write_text(f"A new {name} hit the border for days.\n" * 20)
            update(library(home), Generations(home), WordEncoder())


def sources(home: Path) -> None:
    read = library(home)
    for number in range(10**6):
        name = f"n{os.getpid()}x{number}"
        path = home / f"{name}.txt"
        path.write_text(f"The paper number {name} tells how water ran short in the north, {number} days long.\n")
        entry = read.add(path, Metadata(title=f"Paper {name}"), anyway=True)
        told(home, f"source {entry.document_id}")
        read.edit(entry.document_id, Metadata(title=f"Other {name}"))
        if number % 3 == 0:
            told(home, f"gone {entry.document_id}")
            read.remove(entry.document_id)


def journal(home: Path) -> None:
    store = Store(home / "bot")
    updates = Updates(store)
    updates.open()
    first = int(time.time() * 1000) * 1000
    for number in range(first, first + 10**6):
        message = {"chat": {"id": number % 5}, "from": {"id": number % 5}, "text": "Why?"}
        updates.take([{"update_id": number, "message": message}])
        store.sync()
        told(home, f"update {number}")
        for entry in updates.claim(1):
            updates.sending(entry.update_id, "a", 0)
            updates.sent(entry.update_id, "a", 1)
            updates.done(entry.update_id)


def feeds(home: Path) -> None:
    log = Journal(home)
    for number in range(10**6):
        url = f"https://example.org/{os.getpid()}/{number}"
        log.follow(Feed(url, "A feed"))
        told(home, f"feed {url}")
        log.fail(url, "was not found")
        log.mend(url)


def money(home: Path) -> None:
    budget, deleted = Budget(home / "llm", settings(home)), DeletedSentences(home / "llm", 30)
    while True:
        budget.spend(1, 0)
        told(home, "token")
        deleted.add([Deleted("A.", "no marker")], "m")


WRITERS: tuple[Callable[[Path], None], ...] = (index, sources, journal, feeds, money)


def check(home: Path) -> None:
    """Everything can be read, nothing is half, and what was promised is there."""
    generations = Generations(home)
    assert generations.verify() == [], "the index is damaged"
    opened = Index.open(home, WordEncoder())
    assert opened.search("the fence")[0].passage.document_id == "fence"
    opened.close()
    read = library(home)
    there = {entry.document_id: read.load(entry).text for entry in read.scan()}
    assert all(len(text) > 20 for text in there.values()), "half a document"
    promised = [line.split(" ", 1) for line in (home / "promised").read_text().splitlines()]
    gone = {rest[0] for kind, *rest in promised if kind == "gone"}
    lost = {rest[0] for kind, *rest in promised if kind == "source"} - gone - set(there)
    assert not lost, f"lost sources {sorted(lost)[:3]}"
    if (home / "bot").exists():
        store = Store(home / "bot")
        rows: Any = store.rows("SELECT update_id, state, body FROM journal")
        store.close()
        assert all((row["state"] == "done") == (row["body"] is None) for row in rows), "half an update"
        lost = {rest[0] for kind, *rest in promised if kind == "update"} - {str(row["update_id"]) for row in rows}
        assert not lost, f"lost updates {sorted(lost)[:3]}"
    followed = {feed.url for feed in Journal(home).feeds()}
    assert {rest[0] for kind, *rest in promised if kind == "feed"} <= followed, "lost feeds"
    if (home / "llm").exists():
        assert Budget(home / "llm", settings(home)).spent().tokens >= sum(kind == "token" for kind, *_ in promised)
        DeletedSentences(home / "llm", 30).counts()


def forked(work: Callable[[Path], None], home: Path) -> int:
    process = os.fork()
    if process:
        return process
    try:
        work(home)
    except SourceError as error:  # a writer that another of them has left behind is no damage
        sys.stderr.write(f"{work.__name__}: {error}\n")
        os._exit(2)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def done(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(home: Path, kills: int, seed: int) -> int:
    """Print how many writers were killed at work, and how many had ended by themselves; 0 when nothing was lost."""
    Sandbox.run = _read_here  # type: ignore[method-assign,assignment]
    dice = random.Random(seed)
    (home / "library").mkdir(parents=True)
    (home / "library" / "fence.txt").write_text(FENCE)
    (home / "promised").touch()
    update(library(home), Generations(home), WordEncoder())
    killed, wrong = 0, 0
    for number in range(kills):
        writer = WRITERS[number % len(WRITERS)]
        process = forked(writer, home)
        time.sleep(dice.uniform(0.02, 0.6))
        os.kill(process, signal.SIGKILL)
        status = done(process)
        killed += status == -signal.SIGKILL
        if status != -signal.SIGKILL or done(forked(check, home)):
            wrong += 1
            sys.stdout.write(f"after kill {number} of {writer.__name__}: status {status}\n")
    sys.stdout.write(f"{killed} killed, {wrong} wrong\n")
    return int(bool(wrong))


def _read_here(_: Sandbox, task: str, data: bytes, file: str, **options: Any) -> Any:
    options.pop("seconds", None)
    options.pop("progress", None)
    return child.TASKS[task](data, {"file": file, "size": len(data), **options})


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0))
