"""Coverage of the library: counts by year, party, publisher, language and kind, including empty years. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sources.collection.catalogue_cache import Row
from sources.document import OURS

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The counts of the report; years and parties count statements (a document without statements counts as one)."""

    documents: int
    statements: int
    years: Counts
    parties: Counts
    grid: tuple[tuple[str, Counts], ...]  # party to year to count, for the most frequent parties
    publishers: Counts
    languages: Counts
    kinds: Counts
    undated: int
    failed: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, rows: Sequence[Row], years: Iterable[tuple[str, str, str, int]], names: Mapping[str, str]) -> Coverage:
        """Count; `years` come from the cache, `names` are the display names of parties."""
        good = [row for row in rows if not row.reason]
        by_year, by_party, cells = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
        for _, year, party, count in years:
            name = names.get(party, party) or "no party"
            by_year[year] += count
            by_party[name] += count
            cells[name, year] += count
        undated = by_year.pop("", 0)
        span = _span(by_year)
        top = [name for name, _ in by_party.most_common(12)]
        return cls(
            documents=len(good),
            statements=sum(by_year.values()),
            years=tuple((year, by_year[year]) for year in span),
            parties=tuple(by_party.most_common()),
            grid=tuple((name, tuple((year, cells[name, year]) for year in span)) for name in top),
            publishers=_counted(row.publisher or "unknown" for row in good if row.kind not in OURS),
            languages=_counted(row.language or "unknown" for row in good),
            kinds=_counted(row.kind or "other" for row in good),
            undated=undated,
            failed=tuple((row.id, row.reason) for row in rows if row.reason),
        )


def _span(by_year: Mapping[str, int]) -> list[str]:
    """Every year from the first to the last."""
    numbers = [int(year) for year in by_year if year.isdecimal()]
    return [f"{year:04d}" for year in range(min(numbers), max(numbers) + 1)] if numbers else []


def _counted(values: Iterable[str]) -> Counts:
    return tuple(Counter(values).most_common())
