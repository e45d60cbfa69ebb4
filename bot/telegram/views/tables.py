"""A disputed answer as a rich message (Bot API 10.1): both sides next to each other in a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from bot.answering.answer import Answer, Claim
from bot.telegram.views.answer import answer_lines_shown, sources_block
from bot.telegram.views.html import Span, span_html
from bot.telegram.views.phrases import Phrases
from sources.parties import Parties

TABLE_COLUMNS = 2  # columns that fit on a phone
Cell = tuple[Span, ...]


@dataclass
class _Side:
    name: Cell
    said: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RichText:
    """The HTML of a rich message, and its direction."""

    html: str
    right_to_left: bool = False


def table_of_sides(answer: Answer, parties: Parties, say: Phrases) -> RichText | None:
    """A rich message with both sides in a table; None unless there are exactly two."""
    if not answer.disputed or answer.abstained:
        return None
    lines, claims = answer_lines_shown(answer, parties, say)
    before: list[Cell] = []
    sides: list[_Side] = []
    for line in lines:
        spans = tuple(Span(span.text, bold=span.bold, url=span.url) for span in line.spans)
        if line.kind == "party":
            sides.append(_Side(spans))
        elif sides:
            sides[-1].said.append(spans)
        else:
            before.append(spans)
    if len(sides) != TABLE_COLUMNS or not all(side.said for side in sides):
        return None
    rows = [_row("th", [side.name for side in sides])]
    rows += [_row("td", cells) for cells in zip_longest(*(side.said for side in sides), fillvalue=())]
    above = "".join(f"<p>{_html(cell)}</p>" for cell in before)
    return RichText(f"{above}<table>{''.join(rows)}</table>{_sources(answer, claims, say)}", say.right_to_left)


def _row(tag: str, cells: Sequence[Cell]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_html(cell)}</{tag}>' for cell in cells)}</tr>"


def _html(cell: Cell) -> str:
    return "".join(map(span_html, cell)).replace("\n", "<br>")


def _sources(answer: Answer, claims: Sequence[Claim], say: Phrases) -> str:
    """The publications, folded under their heading."""
    block = sources_block(answer, claims, say)
    if block is None:
        return ""
    heading, *rest = block.spans
    return f"<details><summary>{span_html(heading)}</summary><p>{_html(tuple(rest)).removeprefix('<br>')}</p></details>"
