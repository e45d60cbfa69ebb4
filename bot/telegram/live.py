"""The serving index while it runs: model work off the event loop, a rebuilt index picked up between two answers."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.answers import Answer, Answerer, Claim
from bot.composing import ComposingAnswerer
from bot.gazetteer import Gazetteer
from bot.telegram.answer_processes import AnswerProcesses
from bot.telegram.repeated import RepeatedAnswers, key_of
from index.encoder import Encoder
from index.errors import IndexingError
from index.passages import Hit, Scope
from index.places import storage_of
from index.search import Index
from index.storage import Storage
from sources.document import Document

THREADS = 4  # that compute, or wait for a process that does
COMPOSERS = 16  # answers that may wait for a language model at the same time, each within its deadline
LOOK_SECONDS = 0.5  # between two looks for a newer generation
LISTEN_SECONDS = 15.0  # how long to listen for one at a time
T = TypeVar("T")
log = logging.getLogger("torkham.index")


@dataclass(slots=True)
class Serving:
    """An open generation, what answers from it, its documents, and how many are using it."""

    index: Index
    answerer: Answerer
    documents: dict[str, Document] = field(default_factory=dict)
    users: int = 0


class LiveIndex:
    """Questions go to the newest generation; an older one is closed after its last user."""

    def __init__(
        self,
        where: Path | Storage,
        encoder: Encoder,
        *,
        gazetteer: Gazetteer | None = None,
        composing: ComposingAnswerer | None = None,
        processes: AnswerProcesses | None = None,
    ) -> None:
        """`where` is a home or a storage.

        With `composing`, answers are composed by a language model, in threads of their own: it is slow to speak. With
        `processes`, other answers are made there.
        """
        self._gazetteer = gazetteer
        self._encoder = encoder
        self._generations = storage_of(where)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="answers")
        self._composing = composing
        self._processes = processes
        self._repeated = RepeatedAnswers()
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
        """Every document of the serving generation by id."""
        return self._serving.documents

    async def answer(
        self,
        question: str,
        history: Sequence[str],
        language: str | None,
        started: Callable[[], None] = lambda: None,
        shown: Callable[[Claim], None] = lambda claim: None,
    ) -> Answer:
        """The answer to a question; `started` is called when its turn has come, `shown` for each composed sentence."""

        if self._composing is not None:
            return await self.call(
                self._composed(self._composing, question, history, language, started, shown), self._composers
            )

        def extracted(serving: Serving) -> Answer:
            started()
            if self._processes is not None and self._processes.ready:
                return self._processes.answer(serving.index.manifest.generation, question, history, language)
            return serving.answerer.answer(question, history=history, language=language)

        self.look()
        key = key_of(self.generation, question, history, language)
        return await self._repeated.answer(key, lambda: self.call(extracted), started)

    @staticmethod
    def _composed(
        composing: ComposingAnswerer,
        question: str,
        history: Sequence[str],
        language: str | None,
        started: Callable[[], None],
        shown: Callable[[Claim], None],
    ) -> Callable[[Serving], Answer]:
        def work(serving: Serving) -> Answer:
            started()
            composed = composing.answer(serving.answerer, question, history=history, language=language, shown=shown)
            return composed.trace.answer

        return work

    async def search(self, query: str, k: int) -> list[Hit]:
        """The passages nearest to a query."""
        return await self.call(lambda serving: serving.index.search(query, k))

    async def within(self, query: str, document_id: str, k: int) -> list[Hit]:
        """The passages of one document, nearest to a query first."""
        scope = Scope(documents=(document_id,))
        return await self.call(lambda serving: serving.index.search(query, k, scope))

    async def call(self, work: Callable[[Serving], T], pool: ThreadPoolExecutor | None = None) -> T:
        """Run work on the serving generation in a thread."""
        self.look()
        serving = self._serving
        serving.users += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool or self._pool, work, serving)
        finally:
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
        finally:
            self._loading = None

    def _load(self) -> Serving:
        index = Index.open(self._generations, self._encoder)
        return Serving(
            index, Answerer(index, self._gazetteer), {document.id: document for document in index.documents()}
        )

    def _retire(self, serving: Serving) -> None:
        if serving is not self._serving and not serving.users:
            serving.index.close()

    def close(self) -> None:
        """Stop the threads and close the index."""
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._composers.shutdown(wait=False, cancel_futures=True)
        if self._processes is not None:
            self._processes.close()
        if not self._serving.users:
            self._serving.index.close()
