"""Checksums of a generation: the sum of a hash of every row, so that an update only needs the changed rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from index.postgres.schema import FOREVER

Rows = Callable[..., list[Any]]
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


def whole(rows: Rows, generation: int) -> dict[str, str]:
    """The checksum of each table over the rows of a generation: `count:sum`."""
    return {table: _text(*_sum(rows, table, "first <= :g AND until > :g", generation)) for table in _SUMMED}


def changed(rows: Rows, generation: int, base: dict[str, str] | None) -> dict[str, str]:
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
