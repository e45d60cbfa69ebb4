"""A home at work: its library, its index brought up to date when that is quick, and its model."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.console import Console
from bot.errors import SettingsError
from bot.settings import Settings
from index.errors import CorruptIndexError, IndexBusyError, StorageError
from sources.parties import shipped_parties

if TYPE_CHECKING:
    from bot.answering.answerer import Answerer
    from index.build.changes import Changes
    from index.build.update import Outcome
    from index.encoder import Encoder
    from index.postgres.connection import Database
    from index.search import Index
    from index.storage import Storage
    from sources.collection.library import Library
    from sources.collection.scan import Entry
    from sources.parties import Parties

PATIENCE = 15.0  # seconds that an update waits for another one, such as that of a question
QUICK = 12_000  # bytes of new or changed files that are indexed within about two seconds
QUICK_TO_READ = 5_000_000  # bytes of files that are read within that, to find that only their times are new


class Workspace:
    """What every command works on."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self.settings = settings
        self.console = console
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()

    @cached_property
    def library(self) -> Library:
        """The shipped documents and those of the home."""
        from sources.collection.library import Library

        return Library(self.settings.home)

    @cached_property
    def generations(self) -> Storage:
        """Where the index is kept: the database where one is configured, else the home."""
        if not self.settings.database_url:
            from index.files.generations import Generations

            return Generations(self.settings.home)
        from index.postgres.generations import DatabaseGenerations

        return DatabaseGenerations(self.database)

    @cached_property
    def database(self) -> Database:
        """The configured database; SettingsError when there is none, DatabaseError for a URL that is none."""
        if not self.settings.database_url:
            raise SettingsError("No database is configured: set TORKHAM_DATABASE_URL=postgresql+psycopg://….")
        from index.postgres.connection import Database

        return Database(
            self.settings.database_url,
            pool=self.settings.database_pool,
            timeout=self.settings.database_timeout_seconds,
        )

    @cached_property
    def parties(self) -> Parties:
        """The parties of the library."""
        return shipped_parties()

    def encoder(self) -> Encoder:
        """The configured model, prepared at the first use."""
        from index.model.prepare import open_encoder

        with self._lock:
            if self._encoder is None:
                self._encoder = open_encoder(self.settings.model, self.settings.home, report=self.console.note)
            return self._encoder

    def warm(self) -> None:
        """Begin to load what a question needs while other things are read; what fails is raised where it is needed.

        The model's engine is imported before this returns: in the thread it would only wait for the interpreter's lock
        in turn with everything else, and the model, which loads without that lock, would begin late.
        """
        from index.engines import import_model_engine

        import_model_engine()
        threading.Thread(target=self._load_ahead, daemon=True).start()

    def _load_ahead(self) -> None:
        try:
            from index.engines import import_other_engines
            from index.model.prepare import prepared

            if prepared(
                self.settings.model, self.settings.home / "model"
            ):  # else it is made where everybody waits for it
                self.encoder()
            import_other_engines()
        except Exception as error:  # the outermost border of this thread
            self.console.detail(f"The model did not load in the background: {error}")

    def update(self, *, full: bool = False, wait: float = PATIENCE) -> Outcome:
        """Bring the index up to date, with progress, and say what failed; another update is waited for."""
        from index.build.update import update

        encoder = self.encoder()
        with self.console.progress() as progress:
            outcome = update(self.library, self.generations, encoder, full=full, wait=wait, progress=progress)
        if outcome.damage:
            self.console.note(f"The index could not be used and has been built anew: {outcome.damage[0]}")
        for failure in outcome.failures:
            self.console.error(failure.reason)
        return outcome

    def open_index(self) -> Index:
        """The index to answer from: built when there is none or a damaged one, updated when that is quick, else as it is."""
        from index.search import Index

        if self.settings.database_url:  # several machines share it: only an explicit update follows one's library
            return Index.open(self.generations, self.encoder())
        try:
            if self.generations.current() is None:
                self.console.note(f"Building the index over {len(self.library.scan())} documents (once) …")
                self.update()
            else:
                self._catch_up()
            return Index.open(self.generations, self.encoder())
        except CorruptIndexError as error:
            self.console.note(f"{str(error).partition(': run ')[0]}: building the index anew from the library …")
            self.update(full=True)
            return Index.open(self.generations, self.encoder())

    def answerer(self) -> Answerer:
        """What answers from the index, with the gazetteer of the home where it has one."""
        return self.answerer_of(self.open_index())

    def answerer_of(self, index: Index) -> Answerer:
        """What answers from an index as the settings have it."""
        from bot.answering.answerer import Answerer
        from bot.answering.reading.reader import Reader
        from bot.nlp.names.gazetteer import Gazetteer

        reader = Reader.open(index.encoder, off=self.settings.reader == "off")
        answerer = Answerer(index, Gazetteer.load(self.settings.home), reader=reader, answering=self.settings.answering)
        answerer.look_ahead(self._cache)
        return answerer

    @property
    def _cache(self) -> Path:
        return self.settings.home / "index" / "cache"

    def read_ahead(self, answerer: Answerer, *, questions: bool = False) -> None:
        """Read the summaries once for every question to come, unless that was done; another process's work is waited for.

        `questions`: read those that were written for statements, too, which takes longer than the summaries and saves a third of an
        answer's processor time. It only saves time: where it cannot be kept, that is said and nothing fails.
        """
        from filelock import FileLock

        if not (answerer.lacks or (questions and answerer.lacks_questions)):
            return
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with FileLock(self._cache / "read-ahead.lock"):
                answerer.look_ahead(self._cache)
                if answerer.lacks:
                    self.console.note(
                        "Reading the summaries ahead, so that answers come quicker (about two minutes, once) …"
                    )
                    answerer.read_ahead(self._cache)
                if questions and answerer.lacks_questions:
                    answerer.read_questions_ahead(self._cache)
        except OSError as error:
            self.console.note(
                f"What was read ahead cannot be kept ({error.strerror or error}): answers only take longer."
            )

    def _catch_up(self) -> None:
        from index.build.changes import pending

        if self.generations.pinned():
            self.console.detail("The index was rolled back: `torkham index update` follows the library again.")
            return
        changes = pending(self.library, self.generations)
        if not changes:
            return
        if not self._is_quick(changes):
            self.console.note(f"Documents not in this answer yet: {changes}. Run `torkham index update`.")
            return
        try:
            self.update(wait=0)
        except (IndexBusyError, StorageError) as error:
            self.console.note(f"Documents not in this answer yet: {changes}. {error}")

    def _is_quick(self, changes: Changes) -> bool:
        """Whether an update takes about two seconds: files with nothing new but their times are only read."""
        from sources.collection.scan import is_touched

        wanted, indexed = {*changes.added, *changes.changed}, self.generations.stamps()
        new: list[Entry] = []
        touched: list[Entry] = []
        for entry in self.library.scan():
            if entry.document_id in wanted:
                before, _ = indexed.get(entry.document_id, ("", ""))
                (touched if is_touched(entry.stamp, before) else new).append(entry)
        return _bytes(new) <= QUICK and _bytes(touched) <= QUICK_TO_READ


def _bytes(entries: Iterable[Entry]) -> int:
    return sum(entry.path.stat().st_size for entry in entries)
