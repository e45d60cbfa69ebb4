"""The serving index while it runs: model work off the event loop, a rebuilt index picked up between two answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.answering.answerer import Answer, Answerer, Claim
from bot.answering.choose import MOST
from bot.composing.answerer import ComposingAnswerer
from bot.service.answer_cache import Key, Shared, key_of
from bot.service.answer_processes import AnswerProcesses, drop_caches, lower_priority
from bot.service.answering import Ask, answered, can_skip
from bot.service.worker_pool import Overdue
from index.encoder import Encoder
from index.errors import IndexingError
from index.open import open_storage
from index.search import Index
from index.storage import Storage
from index.types import Hit, Scope
from sources.document import Document

THREADS = 4  # that read the library, and as many that make answers where no process does
CLOSING_SECONDS = 3.0  # that whoever still reads the index is given at the end
COMPOSERS = 16  # answers that may wait for a language model at the same time, each within its deadline
LOOK_SECONDS = 0.5  # between two looks for a newer generation
LISTEN_SECONDS = 15.0  # how long to listen for one at a time
_SHARED = ("kind", "language", "publisher", "author", "published", "party")  # fields with few different values
T = TypeVar("T")
log = logging.getLogger("torkham.index")


@dataclass(slots=True)
class Serving:
    """An open generation, what answers from it, its documents with the digests of their texts, and how many use it.

    Of the documents only those with statements have their text, see `outline`.
    """

    index: Index
    answerer: Answerer
    documents: dict[str, Document] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    users: int = 0


def outline(document: Document) -> Document:
    """What lists of documents need: the whole of one that has statements, of another everything but the text.

    A large library consists of articles; their texts together are larger than everything else that the bot holds.
    """
    if document.statements:
        return document
    about: dict[str, Any] = {
        name: sys.intern(value) for name in _SHARED if (value := getattr(document, name)) is not None
    }
    return replace(document, text="", summary=None, pages=(), headings=(), references=(), **about)


class LiveIndex:
    """Questions go to the newest generation; an older one is closed after its last user."""

    def __init__(
        self,
        where: Path | Storage,
        encoder: Encoder,
        *,
        answerer: Callable[[Index], Answerer] = Answerer,
        composing: ComposingAnswerer | None = None,
        processes: AnswerProcesses | None = None,
        seconds: float = 30.0,
        waits: Callable[[], None] = lambda: None,
    ) -> None:
        """`where` is a home or a storage; an answer is given up after so many `seconds`.

        With `composing`, answers are composed by a language model, in threads of their own: it is slow to speak. With
        `processes`, other answers are made there. `answerer` makes what answers from an index. `waits` is called in the
        caller's task where what follows is mostly waiting for a server.
        """
        self._answerer = answerer
        self._encoder = encoder
        self._generations = open_storage(where)
        self._seconds = seconds
        self._waits = waits
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="library")
        # Apart from what buttons and commands read: those must not wait behind questions.
        self._answers = ThreadPoolExecutor(processes.count if processes else THREADS, thread_name_prefix="answers")
        self._composing = composing
        self._processes = processes
        self._repeated: Shared[Key, Answer] = Shared()
        self.switched: Callable[[], None] = lambda: None
        self._composers = ThreadPoolExecutor(COMPOSERS, thread_name_prefix="composing") if composing else self._pool
        self._serving = self._load()
        self._looked = time.monotonic()
        self._loading: asyncio.Task[None] | None = None
        self._heard: str | None = None
        self._over = threading.Event()
        # Storage that can be listened to is not asked over and over.
        self._wait: Callable[[str | None, float], str | None] | None = getattr(self._generations, "wait", None)
        if self._wait is not None:
            threading.Thread(target=self._listen, args=(self._wait,), name="generations", daemon=True).start()

    @property
    def generation(self) -> str:
        """The generation that serves."""
        return self._serving.index.manifest.generation

    @property
    def documents(self) -> dict[str, Document]:
        """Every document of the serving generation by id, see `outline`; `document` gives a whole one."""
        return self._serving.documents

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each document's text by id."""
        return self._serving.digests

    async def document(self, identifier: str) -> Document | None:
        """A document of the serving generation with its whole text, read off the event loop."""
        return await self.call(lambda serving: serving.index.document(identifier))

    @property
    def composes(self) -> bool:
        """Whether a language model composes the answers."""
        return self._composing is not None

    @property
    def can_skip(self) -> bool:
        """Whether “more” can be asked for beyond what an answer holds."""
        return self._composing is None and can_skip(self._serving.answerer)

    def names_something(self, text: str) -> bool:
        """Whether a text names anything that the library could be asked about: a name, a number."""
        gazetteer = self._serving.answerer.gazetteer
        return any(char.isdigit() for char in text) or bool(gazetteer.find(text))

    @property
    def processes(self) -> tuple[int, int] | None:
        """How many answer processes live, and how many there should be; None where the bot answers by itself."""
        return (self._processes.living, self._processes.count) if self._processes else None

    async def answer(
        self,
        question: str,
        history: Sequence[str],
        language: str | None,
        started: Callable[[], None] = lambda: None,
        shown: Callable[[Claim], None] = lambda claim: None,
        *,
        skip: int = 0,
        scope: Scope | None = None,
        k: int = MOST,
        composed: bool = True,
    ) -> Answer:
        """The answer to a question; `started` is called when its turn has come, `shown` for each composed sentence.

        `skip` leaves out as many claims as were shown; `scope` and `k` as an Answerer takes them; without `composed` no
        language model is asked. Overdue where it takes too long, WorkerDied where it ended two processes.
        """
        asked = Ask(question, tuple(history), language, skip, scope or Scope(), k)
        if self._composing is not None and composed and not skip:
            self._waits()
            return await self.call(self._composed(self._composing, asked, started, shown), self._composers)

        def extracted(serving: Serving) -> Answer:
            started()
            return self._extracted(serving, asked)

        self.look()
        return await self._repeated.get(
            key_of(self.generation, asked), lambda: self._in_time(extracted, self._limit), started
        )

    async def prove(self, question: str) -> Answer:
        """An extractive answer made for this call, whatever is remembered; Overdue, WorkerDied."""
        return await self._in_time(lambda serving: self._extracted(serving, Ask(question)), self._limit)

    def _extracted(self, serving: Serving, asked: Ask) -> Answer:
        if self._processes is not None and self._processes.living:
            return self._processes.answer(serving.index.manifest.generation, asked)
        return answered(serving.answerer, asked)

    async def compute(self, work: Callable[..., T], *arguments: Any) -> T:
        """`work(answerer, *arguments)`, which takes as long as an answer, where answers are made; Overdue, WorkerDied.

        It must be importable by name: an answer process does it where there is one.
        """

        def computed(serving: Serving) -> T:
            if self._processes is not None and self._processes.living:
                return self._processes.compute(serving.index.manifest.generation, work, *arguments)
            return work(serving.answerer, *arguments)

        return await self._in_time(computed, self._limit)

    @property
    def _limit(self) -> float | None:
        """The seconds of an answer; the processes have their own clock."""
        return self._seconds if self._processes is None else None

    async def _in_time(self, work: Callable[[Serving], T], limit: float | None) -> T:
        """What is made in this process cannot be broken off: its thread is left to itself, and health says so."""
        begun = threading.Event()

        def watched(serving: Serving) -> T:
            begun.set()
            return work(serving)

        making = asyncio.ensure_future(self.call(watched, self._answers))
        while not begun.is_set() and not making.done():  # waiting for a thread is not counted
            await asyncio.wait({making}, timeout=0.5)
        done, _ = await asyncio.wait({making}, timeout=limit)
        if not done:
            making.add_done_callback(lambda late: late.cancelled() or late.exception())
            log.error("an answer took longer than %.0f seconds and was given up", self._seconds)
            raise Overdue(f"it took longer than {self._seconds:.0f} seconds")
        return making.result()

    async def forget(self) -> None:
        """Let go of every question and answer that is remembered, here and in the answer processes."""
        self._repeated.forget()
        await asyncio.to_thread(drop_caches)
        if self._processes is not None:
            await asyncio.to_thread(self._processes.forget)

    @staticmethod
    def _composed(
        composing: ComposingAnswerer, asked: Ask, started: Callable[[], None], shown: Callable[[Claim], None]
    ) -> Callable[[Serving], Answer]:
        def work(serving: Serving) -> Answer:
            started()
            composed = composing.answer(
                serving.answerer,
                asked.question,
                scope=asked.scope,
                history=asked.history,
                k=asked.k,
                language=asked.language,
                shown=shown,
            )
            return composed.trace.answer

        return work

    async def search(self, query: str, k: int, scope: Scope | None = None) -> list[Hit]:
        """The passages nearest to a query."""
        return await self.call(lambda serving: serving.index.search(query, k, scope or Scope()))

    async def within(self, query: str, document_id: str, k: int) -> list[Hit]:
        """The passages of one document, nearest to a query first."""
        scope = Scope(documents=(document_id,))
        return await self.call(lambda serving: serving.index.search(query, k, scope))

    async def call(self, work: Callable[[Serving], T], pool: ThreadPoolExecutor | None = None) -> T:
        """Run work on the serving generation in a thread."""
        self.look()
        serving, loop = self._serving, asyncio.get_running_loop()
        serving.users += 1
        future = (pool or self._pool).submit(work, serving)
        # Not when the caller goes away: the thread may read on.
        future.add_done_callback(lambda _: _soon(loop, self._left, serving))
        return await asyncio.wrap_future(future)

    def _left(self, serving: Serving) -> None:
        serving.users -= 1
        self._retire(serving)

    def look(self) -> None:
        """Begin to load a newer generation, if there is one; the present one serves until it is ready."""
        if time.monotonic() - self._looked < LOOK_SECONDS or self._loading is not None:
            return
        self._looked = time.monotonic()
        newest = self._heard if self._wait is not None else self._newest()
        if newest is not None and newest != self.generation:
            self._loading = asyncio.create_task(self._switch())

    def _newest(self) -> str | None:
        try:
            return self._generations.current()
        except IndexingError as error:
            log.warning("the new index cannot be read: %s", error)
            return None

    def _listen(self, wait: Callable[[str | None, float], str | None]) -> None:
        """In a thread of its own: hear of the next generation."""
        known: str | None = self.generation
        while not self._over.is_set():
            try:
                self._heard = known = wait(known, LISTEN_SECONDS)
            except IndexingError as error:
                log.warning("%s", error)
                self._over.wait(1.0)

    async def read_ahead(self, read: Callable[[Answerer], None]) -> None:
        """Let the serving generation be read ahead, behind whatever is asked; it stays open meanwhile."""

        def work(serving: Serving) -> None:
            lower_priority()
            try:
                read(serving.answerer)
            except Exception as error:  # what is missing is read when it is asked for
                log.info("reading ahead ended early (%s)", type(error).__name__)

        pool = ThreadPoolExecutor(1, thread_name_prefix="warm")
        await self.call(work, pool)
        pool.shutdown(wait=False)

    async def settled(self) -> None:
        """Wait until the newest generation serves."""
        self._looked = 0.0
        self._heard = self._newest()
        self.look()
        if self._loading is not None:
            await self._loading

    async def _switch(self) -> None:
        try:
            fresh = await asyncio.to_thread(self._load)
        except IndexingError as error:
            log.warning("the new index cannot be opened, the old one serves: %s", error)
        else:
            old, self._serving = self._serving, fresh
            self._repeated.forget()
            self._retire(old)
            log.info("generation %s serves", self.generation)
            self.switched()
        finally:
            self._loading = None

    def _load(self) -> Serving:
        index = Index.open(self._generations, self._encoder)
        documents, digests = dict[str, Document](), dict[str, str]()
        for document in index.each_document():
            documents[document.id], digests[document.id] = outline(document), document.digest
        return Serving(index, self._answerer(index), documents, digests)

    def _retire(self, serving: Serving) -> None:
        if serving is not self._serving and not serving.users:
            serving.index.close()

    async def end(self) -> bool:
        """Stop the threads, and close the index once nobody reads it; False where somebody still does."""
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._answers.shutdown(wait=False, cancel_futures=True)
        self._composers.shutdown(wait=False, cancel_futures=True)
        if self._processes is not None:
            await asyncio.to_thread(self._processes.close)
        until = time.monotonic() + CLOSING_SECONDS
        while self._serving.users and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if self._serving.users:
            return False
        self._serving.index.close()
        return True


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[Serving], None], serving: Serving) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended, and the process with it
        loop.call_soon_threadsafe(call, serving)
