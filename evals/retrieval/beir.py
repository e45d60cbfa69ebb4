"""Retrieval figures over a data set in BEIR's shape, through the same index that answers questions."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.build.update import update
from index.encoder import Encoder
from index.files.generations import Generations
from index.progress import Progress
from index.search import LIST_DEPTH, Index
from index.storage import Storage
from sources.document import Document
from sources.errors import LoadError

if TYPE_CHECKING:
    from index.postgres.connection import Database

CUTS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of corpus.jsonl as an entry of a library."""

    document_id: str
    path: Path
    stamp: str
    document: Document


class Shelf:
    """Documents in memory as the index's library; `path` is the file that they come from."""

    def __init__(self, documents: Iterable[Document], path: Path = Path()) -> None:
        self._rows = [Row(document.id, path, document.revision, document) for document in documents]

    def scan(self) -> Sequence[Row]:
        """Every row."""
        return self._rows

    def load(self, entry: Row) -> Document:
        """The document of a row."""
        return entry.document


class Corpus(Shelf):
    """A corpus as the index's library."""

    def __init__(self, path: Path, language: str | None = None) -> None:
        documents = []
        for number, raw in enumerate(read_lines(path), 1):
            if language and raw.get("lang", language) != language:
                continue
            try:
                document = Document(str(raw["id"]), raw.get("title", ""), raw["text"], language=raw.get("lang", "en"))
            except KeyError as error:
                raise LoadError(f"{path}:{number}: the field {error} is missing.") from error
            documents.append(document)
        super().__init__(documents, path)


def evaluate_retrieval(
    folder: Path,
    encoder: Encoder,
    *,
    home: Path,
    database: Database | None = None,
    sample: int | None = None,
    qrels: Path | None = None,
    corpus_language: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """nDCG@10, MRR@10 and recall of the hybrid, and of each half under `vector` and `lexical`.

    The index of the corpus is kept for the next run: below `home`, or in a schema of its own of `database`.
    """
    corpus = Corpus(folder / "corpus.jsonl", corpus_language)
    storage = _storage(home, database, index_name(folder, corpus_language))
    update(corpus, storage, encoder, progress=progress)
    index = Index.open(storage, encoder)
    relevant = read_qrels(qrels or folder / "qrels.tsv")
    questions = [(str(q["id"]), q["text"]) for q in read_lines(folder / "queries.jsonl") if str(q["id"]) in relevant]
    if sample and sample < len(questions):
        questions = random.Random(0).sample(questions, sample)
    sums: dict[str, dict[str, float]] = {"hybrid": {}, "vector": {}, "lexical": {}}
    for done, (identifier, text) in enumerate(questions, 1):
        for column, ranking in rankings(index, text).items():
            for metric, value in measure(ranking, relevant[identifier]).items():
                sums[column][metric] = sums[column].get(metric, 0.0) + value
        if progress:
            progress("asking", done, len(questions))
    means = {
        column: {metric: total / len(questions) for metric, total in metrics.items()}
        for column, metrics in sums.items()
    }
    return {"queries": len(questions), **means["hybrid"], "vector": means["vector"], "lexical": means["lexical"]}


def _storage(home: Path, database: Database | None, name: str) -> Storage:
    if database is None:
        return Generations(home / name)
    # Imports SQLAlchemy and psycopg, which a process without a database does not load.
    from index.postgres.generations import DatabaseGenerations
    from index.postgres.setup import beside

    return DatabaseGenerations(beside(database, f"torkham_eval_{name}"))


def index_name(folder: Path, language: str | None) -> str:
    """Where the index of a corpus is kept."""
    return hashlib.sha256(f"{folder.resolve()} {language}".encode()).hexdigest()[:16]


def rankings(index: Index, question: str) -> dict[str, list[str]]:
    """Document ids, best first, by both kinds of evidence and by each alone."""
    ranked = index.rank(question, LIST_DEPTH)
    documents = index.document_ids([key for key, *_ in ranked])
    by_vector = sorted((row for row in ranked if row[2] is not None), key=lambda row: -(row[2] or 0.0))
    by_words = sorted((row for row in ranked if row[3] is not None), key=lambda row: -(row[3] or 0.0))
    columns = {"hybrid": ranked, "vector": by_vector, "lexical": by_words}
    return {name: list(dict.fromkeys(documents[key] for key, *_ in rows)) for name, rows in columns.items()}


def measure(ranking: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """nDCG@10 (Järvelin and Kekäläinen, 2002), MRR@10 and recall@k of one ranking."""
    gains = [relevant.get(identifier, 0) for identifier in ranking[:10]]
    ideal = sorted(relevant.values(), reverse=True)[:10]
    best = _dcg(ideal)
    first = next((rank for rank, gain in enumerate(gains, 1) if gain > 0), None)
    wanted = {identifier for identifier, gain in relevant.items() if gain > 0}
    figures = {"ndcg@10": _dcg(gains) / best if best else 0.0, "mrr@10": 1 / first if first else 0.0}
    for cut in CUTS:
        figures[f"recall@{cut}"] = len(wanted & set(ranking[:cut])) / len(wanted) if wanted else 0.0
    return figures


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Question id -> {document id: grade} from a tab-separated file with a header line."""
    relevant: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in list(csv.reader(file, delimiter="\t"))[1:]:
                question, document, grade = row
                relevant.setdefault(question, {})[document] = int(grade)
    except (OSError, ValueError) as error:
        raise LoadError(f"{path} cannot be read as qrels (question, document, grade): {error}.") from error
    return relevant


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file; LoadError where it is none."""
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield json.loads(line)
    except (OSError, ValueError) as error:
        raise LoadError(f"{path} cannot be read as JSON lines: {error}.") from error
