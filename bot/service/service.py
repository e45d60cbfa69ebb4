"""The service behind every front end, in domain types; front ends only read requests and write results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.answering.answer import Answer, Claim
from bot.answering.answerer import Answerer
from bot.answering.quotes.check import QuoteCheck, check_quote
from bot.composing.answerer import ComposingAnswerer
from bot.question.input import read_question
from bot.question.scope import Wanted, about, days, no_document, scope_of
from bot.rendering.events import events_answer, events_json
from bot.service.answer_processes import AnswerProcesses
from bot.service.live_index import LiveIndex
from bot.service.places import Place, place_of
from bot.service.requests import (
    AskRequest,
    QuoteRequest,
    SearchRequest,
    SourceRequest,
    SourcesRequest,
    TimelineRequest,
)
from bot.workspace import Workspace
from index.normalise import normalise
from index.types import Hit, Scope
from sources.document import Document
from sources.errors import NotFound
from sources.parties import Parties

LISTED = "the list of sources"  # where a door tells of what there is


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the matching documents, and how many match."""

    total: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The matching events, oldest first: their number, and those from `first` to `last` as a list and as JSON."""

    count: int
    first: int
    last: int
    answer: Answer
    value: dict[str, Any]


class Service:
    """Answers, searches and shows from the serving index. Belongs to one event loop; stores nothing about a question."""

    def __init__(self, live: LiveIndex, parties: Parties, *, composes: bool = False) -> None:
        """`composes`: a language model writes the answers, so that they grow sentence by sentence."""
        self.live = live
        self.parties = parties
        self.composes = composes
        self._reach: tuple[str, str | None] | None = None

    async def ask(self, asked: AskRequest, shown: Callable[[Claim], None] = lambda claim: None) -> Answer:
        """The answer; `shown` is called for each composed sentence, from another thread.

        QuestionError and MetadataError for invalid input; Overdue, WorkerDied.
        """
        read_question(asked.question)
        return await self.live.answer(
            asked.question, asked.history, asked.language, shown=shown, scope=self._scope(asked), k=asked.k
        )

    async def search(self, wanted: SearchRequest) -> list[Hit]:
        """The passages nearest to a query; QuestionError and MetadataError for invalid input."""
        return await self.live.search(read_question(wanted.query), wanted.k, self._scope(wanted))

    async def check_quote(self, wanted: QuoteRequest) -> QuoteCheck:
        """Whether the library holds that somebody said these words; QuestionError if they are too few or not text."""
        return await self.live.compute(check_quote, self.parties, wanted.words, wanted.speaker)

    async def timeline(self, wanted: TimelineRequest) -> Timeline:
        """The matching events; QuestionError and MetadataError for invalid input."""
        words = read_question(wanted.words) if wanted.words.strip() else ""
        days(wanted.since, wanted.until, names=("from", "to"))
        asked = Wanted(wanted.since, wanted.until, wanted.party)
        scope = scope_of(asked, self.parties, self._documents, listed=LISTED)
        return await self.live.compute(_timeline, self.parties, words, wanted.type, scope, wanted.offset, wanted.limit)

    async def sources(self, wanted: SourcesRequest) -> Listed:
        """The matching documents, by id."""
        sought = normalise(wanted.words)
        fitting = [
            document
            for document in self._documents()
            if wanted.kind in {None, document.kind} and (not sought or _names(document, sought))
        ]
        return Listed(len(fitting), tuple(fitting[wanted.offset : wanted.offset + wanted.limit]))

    async def source(self, wanted: SourceRequest) -> Place:
        """A place in a document; NotFound for an unknown document, QuestionError for offsets outside it."""
        return place_of(await self.document(wanted.document_id), wanted.start, wanted.end, wanted.around)

    async def document(self, identifier: str) -> Document:
        """A complete document; NotFound."""
        document = await self.live.document(identifier)
        if document is None:
            raise NotFound(no_document(identifier, self.live.documents, LISTED))
        return document

    async def reach(self) -> str | None:
        """The latest ISO day in the library; looked up once per generation."""
        generation = self.live.generation
        if self._reach is None or self._reach[0] != generation:
            self._reach = generation, await self.live.call(lambda serving: serving.index.reach())
        return self._reach[1]

    async def read_ahead(self, work: Workspace) -> None:
        """Read ahead, unless an answering process does; takes minutes the first time, at low priority."""
        if self.live.processes is None:
            await self.live.read_ahead(partial(work.read_ahead, questions=True))

    async def close(self) -> bool:
        """End threads and processes; False if one is still reading."""
        return await self.live.end()

    def _documents(self) -> Iterable[Document]:
        return (document for _, document in sorted(self.live.documents.items()))

    def _scope(self, asked: AskRequest | SearchRequest) -> Scope:
        wanted = Wanted(asked.since, asked.until, asked.party, asked.document, asked.source)
        return scope_of(wanted, self.parties, self._documents, listed=LISTED)


def _names(document: Document, sought: str) -> bool:
    return any(sought in normalise(value) for value in about(document))


def _timeline(
    answerer: Answerer, parties: Parties, words: str, of_type: str | None, scope: Scope, offset: int, limit: int
) -> Timeline:
    """Computed where the index is, and without documents: those of a long timeline are large, and are sent between processes."""
    events = answerer.lists.timeline(words, of_type, scope)
    last = min(len(events), offset + limit)
    shown = events[offset:last]
    listed = events_answer(shown, words, "en", scope)
    left_out = (0,) * (len(events) - len(shown))  # events that are counted and not shown
    counted = replace(listed, events=(*listed.events, *left_out))
    return Timeline(len(events), offset, last, counted, {**events_json(shown, parties), "count": len(events)})


def open_service(work: Workspace, processes: int = 0) -> Service:
    """The service of a home, with `processes` answering processes; blocks while the index is opened, or built the first
    time.
    """
    settings = work.settings
    work.open_index().close()
    extract = processes and not settings.composes
    beside = AnswerProcesses(settings, processes, settings.http_answer_seconds) if extract else None
    live = LiveIndex(
        work.generations,
        work.encoder(),
        answerer=work.answerer_of,
        composing=ComposingAnswerer(settings, work.parties) if settings.composes else None,
        processes=beside,
        seconds=settings.http_answer_seconds,
    )
    return Service(live, work.parties, composes=settings.composes)
