"""Renders the coverage of the library as one self-contained web page. Pure.

Plots are hand-written SVG and tables: a plotting library would not shape Urdu and Pashto names, browsers do.
"""

from __future__ import annotations

from html import escape

from sources.collection.coverage import Counts, Coverage

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b2a33;background:#fff}
h2{margin-top:2.5rem;font-size:1.15rem}svg{width:100%;height:auto;display:block}rect{fill:#2f6f8f}text{font-size:9px;fill:#445}
table{border-collapse:collapse}td,th{padding:.15rem .5rem;text-align:left;font-weight:400}td.n{text-align:right}
.bar{background:#2f6f8f;height:.8em;display:inline-block}.grid td{width:.9rem;padding:0;height:1.1rem}.none{color:#a33}
@media(prefers-color-scheme:dark){body{background:#14191d;color:#dde}text{fill:#aab}}
"""
_TABLE_ROWS = 25  # rows per table


def page(coverage: Coverage) -> str:
    """The page; all text from documents is escaped."""
    empty = [year for year, count in coverage.years if not count]
    parts = [
        f"<p>{coverage.documents} documents; {coverage.statements:,} dated statements or documents, "
        f"{coverage.undated:,} without a date.</p>",
        _section("By year", _years(coverage.years) + _holes(empty)),
        _section("By party and year", _grid(coverage)),
        _section("By party", _table(coverage.parties)),
        _section("By publisher (briefs left out)", _table(coverage.publishers)),
        _section("By language of the text", _table(coverage.languages)),
        _section("By kind", _table(coverage.kinds)),
    ]
    if coverage.failed:
        rows = "".join(f"<tr><td>{escape(name)}<td>{escape(reason)}" for name, reason in coverage.failed)
        parts.append(_section("Not readable", f"<table>{rows}</table>"))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>What the library covers</title><style>{_STYLE}</style><h1>What the library covers</h1>{''.join(parts)}"
        "</html>\n"
    )


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>{body or '<p>Nothing.</p>'}"


def _holes(years: list[str]) -> str:
    return f'<p class="none">Nothing for {", ".join(years)}.</p>' if years else ""


def _years(years: Counts) -> str:
    """A column per year, its count as a tooltip; heights follow the square root, so that low counts remain visible."""
    if not years:
        return ""
    most = max(count for _, count in years) or 1
    columns = []
    for at, (year, count) in enumerate(years):
        height = 100 * (count / most) ** 0.5
        columns.append(
            f'<rect x="{at * 10 + 1}" y="{100 - height:.1f}" width="8" height="{height:.1f}">'
            f"<title>{year}: {count}</title></rect>"
        )
        if int(year) % 10 == 0 or len(years) < 15:
            columns.append(f'<text x="{at * 10 + 5}" y="112" text-anchor="middle">{year}</text>')
    return (
        f'<svg viewBox="0 0 {max(300, len(years) * 10)} 116" role="img" aria-label="By year">{"".join(columns)}</svg>'
    )


def _grid(coverage: Coverage) -> str:
    """Party by decade or year: the darker the more, white is a gap."""
    if not coverage.grid:
        return ""
    most = max((count for _, counts in coverage.grid for _, count in counts), default=1) or 1
    rows = []
    for name, counts in coverage.grid:
        cells = "".join(
            f'<td title="{year}: {count}" style="background:rgba(47,111,143,{(count / most) ** 0.4:.2f})">'
            for year, count in counts
        )
        rows.append(f"<tr><th>{escape(name)}{cells}")
    first, last = coverage.years[0][0], coverage.years[-1][0]
    return f'<p>{first} to {last}, a cell for each year.</p><table class="grid">{"".join(rows)}</table>'


def _table(counts: Counts) -> str:
    most = max((count for _, count in counts), default=1)
    rows = [
        f'<tr><th dir="auto">{escape(name)}<td class="n">{count}'
        f'<td><span class="bar" style="width:{12 * count / most:.2f}rem"></span>'
        for name, count in counts[:_TABLE_ROWS]
    ]
    if len(counts) > _TABLE_ROWS:
        rest = sum(count for _, count in counts[_TABLE_ROWS:])
        rows.append(f'<tr><th>{len(counts) - _TABLE_ROWS} more<td class="n">{rest}<td>')
    return f"<table>{''.join(rows)}</table>" if rows else ""
