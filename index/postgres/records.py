"""The documents, passages and sentences of one generation in the database: read, filtered by a scope, summed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from index.postgres.schema import FOREVER
from index.storage import KEPT_DOCUMENTS
from index.types import Passage, Scope, Sentence
from sources.document import Document

Rows = Callable[..., list[Any]]
_LIVE = "first <= :g AND until > :g"
_BATCH_ROWS = 200
_SUMMED = {
    "documents": "id || ' ' || revision || ' ' || digest || ' ' || json",
    "passages": "key || ' ' || document || ' ' || id || ' ' || document_id || ' ' || start || ' ' || language || ' '"
    " || array_to_string(parties, ',') || ' ' || coalesce(date_from, '') || ' ' || coalesce(date_to, '') || ' ' || json",
    "passage_vectors": "key || ' ' || encode(vector, 'hex') || ' ' || encode(halfvec_send(embedding), 'hex')",
    "sentences": "number || ' ' || passage || ' ' || start || ' ' || stop || ' ' || encode(vector, 'hex') || ' '"
    " || encode(halfvec_send(embedding), 'hex')",
    "postings": "term || ' ' || block || ' ' || offsets::text || frequencies::text || lengths::text",
}
# 60 bits of SHA-256 as a number: their sum does not depend on the order of rows.
_HASH = "('x' || substr(encode(sha256(convert_to({row}, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint"


def passage_json(passage: Passage) -> str:
    """A passage as text; every character survives, including NUL, which PostgreSQL rejects."""
    return json.dumps(asdict(passage), ensure_ascii=False)


def passage_of(line: str) -> Passage:
    """The passage serialised by `passage_json`."""
    raw = json.loads(line)
    return Passage(**{**raw, "parties": tuple(raw["parties"])})


class DatabaseRecords:
    """`rows` runs a statement with the parameter `g`, the generation."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.document = lru_cache(maxsize=KEPT_DOCUMENTS)(self._document)

    def _document(self, identifier: str) -> Document | None:
        rows = self._rows(f"SELECT json FROM documents WHERE id = :id AND {_LIVE}", id=identifier)
        return Document.from_json(rows[0][0]) if rows else None

    def stamps(self) -> dict[str, tuple[str, str]]:
        """Document id -> (stamp, revision)."""
        rows = self._rows(f"SELECT id, stamp, revision FROM documents WHERE {_LIVE}")
        return {identifier: (stamp, revision) for identifier, stamp, revision in rows}

    def documents(self) -> Iterator[Document]:
        """Every document, by id."""
        last = ""
        while rows := self._rows(
            f"SELECT id, json FROM documents WHERE id > :last AND {_LIVE} ORDER BY id LIMIT {_BATCH_ROWS}", last=last
        ):
            yield from (Document.from_json(line) for _, line in rows)
            last = rows[-1][0]

    def documents_of_kind(self, kind: str) -> Iterator[Document]:
        """The documents of a kind, by id."""
        rows = self._rows(
            f"SELECT json FROM documents WHERE json LIKE :kind AND {_LIVE} ORDER BY id", kind=f'%"kind": "{kind}"%'
        )
        found = (Document.from_json(line) for (line,) in rows)
        yield from (document for document in found if document.kind == kind)

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """The passages with those keys."""
        if not keys:
            return {}
        rows = self._rows(f"SELECT key, json FROM passages WHERE key = ANY(:keys) AND {_LIVE}", keys=list(keys))
        return {key: passage_of(line) for key, line in rows}

    def keys_of_rows(self, rows: Sequence[int]) -> list[int]:
        """The passage keys of sentence rows, in order, without repeats."""
        if not rows:
            return []
        found = self._rows(
            f"SELECT number, passage FROM sentences WHERE number = ANY(:rows) AND {_LIVE}", rows=list(rows)
        )
        passages: dict[int, int] = dict(found)
        return list(dict.fromkeys(passages[row] for row in rows if row in passages))

    def rows_of_passages(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """The sentence rows of those passages, by passage key."""
        if not keys:
            return {}
        rows = self._rows(
            "SELECT passage, array_agg(number ORDER BY number) FROM sentences WHERE passage = ANY(:keys) GROUP BY passage",
            keys=list(keys),
        )
        return dict(rows)

    def sentences(self, passage: Passage) -> list[Sentence]:
        """The sentences of a passage in order."""
        rows = self._rows(
            "SELECT s.start, s.stop, s.number FROM passages p JOIN sentences s ON s.passage = p.key"
            " WHERE p.id = :id AND p.first <= :g AND p.until > :g ORDER BY s.start",
            id=passage.id,
        )
        return [Sentence(*row) for row in rows]

    def allowed(self, scope: Scope) -> list[int]:
        """The keys of the passages within a scope."""
        clauses, values = conditions(scope)
        rows = self._rows(f"SELECT key FROM passages p WHERE {_LIVE}{clauses} ORDER BY key", **values)
        return [key for (key,) in rows]

    def undated(self) -> int:
        """How many passages have no date."""
        return int(self._rows(f"SELECT count(*) FROM passages WHERE date_from IS NULL AND {_LIVE}")[0][0])

    def languages(self) -> tuple[str, ...]:
        """The languages of the passages, the commonest first."""
        rows = self._rows(
            f"SELECT language FROM passages WHERE {_LIVE} GROUP BY language ORDER BY count(*) DESC, language"
        )
        return tuple(language for (language,) in rows)

    def latest(self, most: int) -> list[tuple[str, str]]:
        """(document id, last day of its passages) of the latest documents, at most `most`."""
        rows = self._rows(
            f"SELECT document_id, max(date_to) AS day FROM passages WHERE date_to IS NOT NULL AND {_LIVE}"
            " GROUP BY 1 ORDER BY 2 DESC LIMIT :most",
            most=most,
        )
        return [(identifier, str(day)) for identifier, day in rows]


def conditions(scope: Scope) -> tuple[str, dict[str, Any]]:
    """SQL that begins with AND for passages aliased `p`, with its parameters; a range of days excludes undated ones."""
    clauses: list[str] = []
    values: dict[str, Any] = {}
    for name, value, clause in (
        ("since", scope.since, "p.date_to >= :since"),
        ("until_day", scope.until, "p.date_from <= :until_day"),
        ("languages", list(scope.languages), "p.language = ANY(:languages)"),
        ("documents", list(scope.documents), "p.document_id = ANY(:documents)"),
        ("parties", list(scope.parties), "p.parties && CAST(:parties AS TEXT[])"),
    ):
        if value:
            clauses.append(f" AND {clause}")
            values[name] = value
    return "".join(clauses), values


def checksums(rows: Rows, generation: int) -> dict[str, str]:
    """The checksum of each table over the rows of a generation: `count:sum`."""
    return {table: _text(*_sum(rows, table, "first <= :g AND until > :g", generation)) for table in _SUMMED}


def changed_checksums(rows: Rows, generation: int, base: dict[str, str] | None) -> dict[str, str]:
    """The same for a new generation, from that of its base and the rows added and removed."""
    sums = {}
    for table in _SUMMED:
        count, total = map(int, base[table].split(":")) if base else (0, 0)
        came = _sum(rows, table, f"first = :g AND until = {FOREVER}", generation)
        went = _sum(rows, table, "until = :g", generation) if base else (0, 0)
        sums[table] = _text(count + came[0] - went[0], total + came[1] - went[1])
    return sums


def _sum(rows: Rows, table: str, condition: str, generation: int) -> tuple[int, int]:
    digest = _HASH.format(row=_SUMMED[table])
    [(count, total)] = rows(f"SELECT count(*), coalesce(sum({digest}), 0) FROM {table} WHERE {condition}", g=generation)
    return int(count), int(total)


def _text(count: int, total: int) -> str:
    return f"{count}:{total}"
