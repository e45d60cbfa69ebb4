"""BM25 over the postings of one generation in the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from index.lexical.bm25 import Analyser, inverse_frequency
from index.postgres.records import Rows, conditions
from index.types import Scope

BLOCK_KEYS = 4_096  # passage keys per block of postings
K1, B = 1.2, 0.75  # the constants of tantivy
READ_POSTINGS = 400_000  # postings read by one search before the most common words only re-rank what rarer ones found

_BLOCKS = (
    "SELECT b.block, q.weight, b.offsets, b.frequencies, b.lengths"
    " FROM unnest(CAST(:{terms} AS TEXT[]), CAST(:{weights} AS FLOAT8[])) AS q(term, weight)"
    " JOIN postings b ON b.term = q.term AND b.first <= :g AND b.until > :g"
)
_SCORED = (
    f"SELECT b.block::bigint * {BLOCK_KEYS} + u.o AS key,"
    " b.weight * u.f / (u.f + :flat + :sloped * u.l) AS score"
    " FROM ({blocks}) b, unnest(b.offsets, b.frequencies, b.lengths) AS u(o, f, l)"
)


class DatabaseLexical:
    """The words of a generation; the counts of its passages and words are given."""

    def __init__(self, rows: Rows, passages: int, tokens: int) -> None:
        self._rows = rows
        self._passages = passages
        self._average = tokens / passages if passages else 1.0
        self._frequencies: dict[str, int] = {}

    @cached_property
    def _analyser(self) -> Analyser:
        return Analyser()

    def terms(self, text: str) -> list[str]:
        """The analysed terms of a text, in order, with repeats."""
        return self._analyser.terms(text)

    def occurs(self, term: str) -> bool:
        """Whether an analysed term occurs in any passage."""
        return bool(self._having([term])[term])

    def rarity(self, term: str) -> float:
        """Inverse document frequency of an analysed term; never negative."""
        return inverse_frequency(self._passages, self._having([term])[term])

    def search(self, question: str, k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The `k` best (key, BM25 score) for the words of a question, best first.

        Robertson and Zaragoza (2009), with tantivy's constants. Beyond `READ_POSTINGS` postings, the most common words only
        re-rank what a rarer one found.
        """
        having = self._having(list(dict.fromkeys(self.terms(question))))
        terms = sorted((term for term, count in having.items() if count), key=lambda term: having[term])
        if not terms or k <= 0:
            return []
        leading, read = 1, having[terms[0]]
        while leading < len(terms) and (read := read + having[terms[leading]]) <= READ_POSTINGS:
            leading += 1
        clauses, values = conditions(scope or Scope())
        weights = [(K1 + 1) * inverse_frequency(self._passages, having[term]) for term in terms]
        rows = self._rows(
            _statement(clauses, common=leading < len(terms)),
            terms=terms[:leading],
            weights=weights[:leading],
            common=terms[leading:],
            common_weights=weights[leading:],
            flat=K1 * (1 - B),
            sloped=K1 * B / self._average,
            k=k,
            **values,
        )
        return [(int(key), float(score)) for key, score in rows]

    def _having(self, terms: Sequence[str]) -> dict[str, int]:
        """Document frequency of each term."""
        unknown = [term for term in terms if term not in self._frequencies]
        if unknown:
            found = dict.fromkeys(unknown, 0)
            for term, count in self._rows(
                "SELECT term, sum(passages) FROM postings WHERE term = ANY(:terms) AND first <= :g AND until > :g"
                " GROUP BY term",
                terms=[term.replace("\0", " ") for term in unknown],
            ):
                found[term] = int(count)
            self._frequencies.update(found)
        return {term: self._frequencies[term] for term in terms}


def _statement(clauses: str, *, common: bool) -> str:
    scored = _SCORED.format(blocks=_BLOCKS.format(terms="terms", weights="weights"))
    sums = f"SELECT key, sum(score) AS score FROM ({scored}) s GROUP BY key"
    if clauses:
        sums = f"SELECT t.* FROM ({sums}) t JOIN passages p ON p.key = t.key WHERE true{clauses}"
    if common:
        more = _SCORED.format(blocks=_BLOCKS.format(terms="common", weights="common_weights"))
        sums = (
            f"WITH found AS MATERIALIZED ({sums}) SELECT key, sum(score) AS score FROM (SELECT * FROM found"
            f" UNION ALL SELECT * FROM ({more}) m WHERE m.key IN (SELECT key FROM found)) a GROUP BY key"
        )
    return f"{sums} ORDER BY score DESC, key LIMIT :k"
