"""BM25 over normalised words; the only importer of tantivy."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.errors import CorruptIndexError, StorageError
from index.lexical.irregular_verbs import regular
from index.normalise import normalise
from index.types import Passage, Scope

LEXICAL_FOLDER = "lexical"  # the folder in that of a generation
LARGE_PASSAGES = 50_000  # passages from which terms found in more than COMMON_SHARE of them are ignored
COMMON_SHARE = 0.1
KEPT_TEXTS = 16_384  # texts whose terms are kept
_ANALYSER = "torkham"
_UNDATED_FROM, _UNDATED_TO = 1, 0  # an empty range: overlaps nothing


class Analyser:
    """Text to terms: normalised words, irregular English verbs unified, stemmed in English and Russian."""

    def __init__(self) -> None:
        self.engine = _analyser()

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order, with repeats."""
        return [str(term) for term in self.engine.analyze(regular(normalise(text)))]


def body(passage: Passage) -> str:
    """The searched text of a passage."""
    return f"{passage.title} {passage.heading} {passage.text}"


def inverse_frequency(passages: int, having: int) -> float:
    """Inverse document frequency (BM25's form) of a term that `having` of the passages contain; never negative."""
    return math.log(1 + (passages - having + 0.5) / (having + 0.5))


def _analyser() -> Any:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for stage in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.stemmer("english"),
        tantivy.Filter.stemmer("russian"),
    ):
        builder = builder.filter(stage)
    return builder.build()


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_unsigned_field("key", stored=False, indexed=True, fast=True)
    builder.add_integer_field("first_day", stored=False, indexed=True, fast=True)
    builder.add_integer_field("last_day", stored=False, indexed=True, fast=True)
    for name in ("document", "language", "party"):
        builder.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    return builder.build()


class LexicalIndex:
    """The word index of passages, in a folder."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        """Open the index in that folder, or create it; with `create` false a missing one is a CorruptIndexError."""
        import tantivy

        self._tantivy = tantivy
        if not create and not (folder / "meta.json").exists():
            raise CorruptIndexError(f"{folder / 'meta.json'} is missing: run `torkham index update --full`.")
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = self._open(folder)
        self._analyser = Analyser()
        self._index.register_tokenizer(_ANALYSER, self._analyser.engine)
        self._searcher = self._index.searcher()
        self._terms = lru_cache(maxsize=KEPT_TEXTS)(
            self._analysed
        )  # answers look up the same sentences again and again

    def _open(self, folder: Path) -> Any:
        """Open the index in that folder; a read-only folder is copied first, since opening takes a lock file."""
        try:
            return self._tantivy.Index(self._schema, path=str(folder))
        except ValueError as error:
            if not (folder / "meta.json").exists() or os.access(folder, os.W_OK):
                raise CorruptIndexError(
                    f"The words in {folder} cannot be read: run `torkham index update --full`."
                ) from error
        self._copy = tempfile.TemporaryDirectory(prefix="torkham-")
        shutil.copytree(folder, self._copy.name, dirs_exist_ok=True)
        return self._tantivy.Index(self._schema, path=self._copy.name)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def write(self, added: Iterable[tuple[int, Passage]], removed_documents: Iterable[str] = ()) -> None:
        """Add passages under their keys and delete all passages of the removed documents, in one commit."""
        try:
            writer = self._index.writer(heap_size=64_000_000, num_threads=1)
            for document_id in removed_documents:
                writer.delete_documents_by_term("document", document_id)
            for key, passage in added:
                writer.add_document(self._entry(key, passage))
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, SystemError) as error:
            raise StorageError(
                f"The word index cannot be written ({error}): free some disk space and try again."
            ) from error
        self._index.reload()
        self._searcher = self._index.searcher()

    def _entry(self, key: int, passage: Passage) -> Any:
        entry = self._tantivy.Document()
        entry.add_unsigned("key", key)
        entry.add_text("body", regular(normalise(body(passage))))
        entry.add_integer("first_day", _day(passage.date_from, _UNDATED_FROM))
        entry.add_integer("last_day", _day(passage.date_to, _UNDATED_TO))
        entry.add_text("document", passage.document_id)
        entry.add_text("language", passage.language)
        for party in passage.parties:
            entry.add_text("party", party)
        return entry

    def terms(self, text: str) -> list[str]:
        """The analysed terms of a text, in order, with repeats."""
        return list(self._terms(text))

    def _analysed(self, text: str) -> tuple[str, ...]:
        return tuple(self._analyser.terms(text))

    def occurs(self, term: str) -> bool:
        """Whether an analysed term occurs in any passage."""
        return bool(self._searcher.doc_freq("body", term))

    def rarity(self, term: str) -> float:
        """Inverse document frequency of an analysed term (BM25's form); never negative."""
        return inverse_frequency(len(self), self._searcher.doc_freq("body", term))

    def search(self, question: str, k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The `k` best (key, BM25 score) for the words of a question, best first."""
        terms = list(dict.fromkeys(self.terms(question)))
        if not terms or k <= 0 or not len(self):
            return []
        words = [(self._tantivy.Occur.Should, self._term("body", term)) for term in self._telling(terms)]
        query = self._tantivy.Query.boolean_query(words)
        filters = self._filters(scope or Scope())
        if filters:
            query = self._tantivy.Query.boolean_query([(self._tantivy.Occur.Must, query), *filters])
        # Counting all matches would keep tantivy from skipping blocks that cannot reach the best `k`.
        hits = self._searcher.search(query, k, count=False).hits
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        return [(int(key), float(score)) for (score, _), key in zip(hits, keys, strict=True)]

    def _telling(self, terms: list[str]) -> list[str]:
        """Keep only the discriminating terms in a large index: each of the others costs a walk through a tenth of it."""
        if len(self) < LARGE_PASSAGES:
            return terms
        rare = [term for term in terms if self._searcher.doc_freq("body", term) <= COMMON_SHARE * len(self)]
        return rare or terms

    def _term(self, field: str, value: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, field, value, "freq" if field == "body" else "basic")

    def _filters(self, scope: Scope) -> list[tuple[Any, Any]]:
        """Clauses that include or exclude a passage without changing its score."""
        clauses: list[Any] = []
        if scope.until:
            clauses.append(self._days("first_day", None, _day(scope.until, 0)))
            clauses.append(self._days("last_day", _UNDATED_FROM, None))
        if scope.since:
            clauses.append(self._days("last_day", _day(scope.since, 0), None))
        for field, values in (
            ("party", scope.parties),
            ("language", scope.languages),
            ("document", scope.documents),
        ):
            if values:
                clauses.append(self._tantivy.Query.term_set_query(self._schema, field, list(values)))
        zero = self._tantivy.Query.const_score_query
        return [(self._tantivy.Occur.Must, zero(clause, 0.0)) for clause in clauses]

    def _days(self, field: str, low: int | None, high: int | None) -> Any:
        kind = self._tantivy.FieldType.Integer
        return self._tantivy.Query.range_query(self._schema, field, kind, low, high)


def _day(iso: str | None, otherwise: int) -> int:
    return date.fromisoformat(iso).toordinal() if iso else otherwise


def load() -> None:
    """Import the engine ahead of time."""
    import tantivy  # noqa: F401
