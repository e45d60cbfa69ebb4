"""Postings in blocks of passage keys: built from passages, merged into those of the previous generation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from index.lexical.bm25 import Analyser, body
from index.postgres.bm25 import BLOCK_KEYS
from index.postgres.connection import Transaction
from index.postgres.schema import FOREVER
from index.types import Passage

_SMALLINT_MAX = 32_767  # the range of SMALLINT
Posting = tuple[int, int, int]  # offset in the block, frequency, passage length in words

_TEMPORARY = (
    'CREATE TEMPORARY TABLE fresh(term TEXT COLLATE "C", block INTEGER, offsets SMALLINT[], frequencies SMALLINT[],'
    " lengths SMALLINT[]) ON COMMIT DROP",
    "CREATE TEMPORARY TABLE gone(block INTEGER, place SMALLINT) ON COMMIT DROP",
    'CREATE TEMPORARY TABLE touched(term TEXT COLLATE "C", block INTEGER, PRIMARY KEY (term, block)) ON COMMIT DROP',
)
_TOUCHED = f"""
    INSERT INTO touched SELECT term, block FROM fresh UNION
    SELECT p.term, p.block FROM postings p JOIN (SELECT block, array_agg(place) AS places FROM gone GROUP BY block) g
    ON g.block = p.block AND p.until = {FOREVER} AND p.offsets && g.places
"""
_MERGED = f"""
    CREATE TEMPORARY TABLE merged ON COMMIT DROP AS
    SELECT term, block, count(*)::integer AS passages, array_agg(o ORDER BY o) AS offsets,
           array_agg(f ORDER BY o) AS frequencies, array_agg(l ORDER BY o) AS lengths
    FROM (
        SELECT n.term, n.block, u.o, u.f, u.l FROM fresh n, unnest(n.offsets, n.frequencies, n.lengths) AS u(o, f, l)
        UNION ALL
        SELECT p.term, p.block, u.o, u.f, u.l FROM touched t
        JOIN postings p ON p.term = t.term AND p.block = t.block AND p.until = {FOREVER},
        unnest(p.offsets, p.frequencies, p.lengths) AS u(o, f, l)
        WHERE NOT EXISTS (SELECT 1 FROM gone g WHERE g.block = p.block AND g.place = u.o)
    ) a GROUP BY term, block
"""
_END = f"""
    UPDATE postings p SET until = :g FROM touched t
    WHERE p.term = t.term AND p.block = t.block AND p.until = {FOREVER}
"""
_BEGIN = f"""
    INSERT INTO postings(term, block, first, until, passages, offsets, frequencies, lengths)
    SELECT term, block, :g, {FOREVER}, passages, offsets, frequencies, lengths FROM merged
"""


def blocks(passages: Iterable[tuple[int, Sequence[str]]]) -> dict[tuple[str, int], list[Posting]]:
    """(term, block) to postings in key order, from (passage key, its terms). Pure."""
    found: dict[tuple[str, int], list[Posting]] = defaultdict(list)
    for key, terms in passages:
        block, offset = divmod(key, BLOCK_KEYS)
        length = min(len(terms), _SMALLINT_MAX)
        for term, count in Counter(terms).items():
            found[term, block].append((offset, min(count, _SMALLINT_MAX), length))
    return found


def merge(
    transaction: Transaction, generation: int, removed: Sequence[int], added: Iterable[tuple[int, Passage]]
) -> tuple[int, int]:
    """Remove passages from the postings and add others; returns the number of words removed and added.

    Changed blocks end with this generation and are rewritten; all others stay.
    """
    analyser = Analyser()
    terms = [(key, [term for term in analyser.terms(body(passage)) if "\0" not in term]) for key, passage in added]
    for table in _TEMPORARY:
        transaction.run(table)
    transaction.copy("fresh", ("term", "block", "offsets", "frequencies", "lengths"), _lines(blocks(terms)))
    transaction.copy("gone", ("block", "place"), (divmod(key, BLOCK_KEYS) for key in removed))
    out = transaction.value(
        "SELECT coalesce(sum(f), 0) FROM (SELECT unnest(p.offsets) AS o, unnest(p.frequencies) AS f, p.block"
        f" FROM postings p WHERE p.until = {FOREVER} AND p.block IN (SELECT block FROM gone)) u"
        " JOIN gone g ON g.block = u.block AND g.place = u.o"
    )
    transaction.run(_TOUCHED)
    transaction.run("ANALYZE touched")
    transaction.run(_MERGED)
    transaction.run(_END, g=generation)
    transaction.run(_BEGIN, g=generation)
    transaction.run("DROP TABLE fresh, gone, touched, merged")
    return int(out), sum(len(words) for _, words in terms)


def _lines(found: dict[tuple[str, int], list[Posting]]) -> Iterator[tuple[str, int, list[int], list[int], list[int]]]:
    for (term, block), postings in found.items():
        yield term, block, [o for o, _, _ in postings], [f for _, f, _ in postings], [n for _, _, n in postings]
