"""Pictures: a timeline of events, and the questions of the last days. The only user of matplotlib.

Since 3.11 matplotlib shapes and orders Arabic script itself (libraqm): shaping it before would reverse it.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.telegram.readers.feedback import Day

DOTS_PER_INCH = 100
WIDTH_PIXELS = 1280  # of a timeline
LETTER_PIXELS = 28  # font size of a timeline: it is read on a phone
SMALL_LETTER_PIXELS = 24
ROW_PIXELS = 132  # height of an event with two lines
LINE_PIXELS = 38  # line height
AXIS_PIXELS = 300  # for the axis and its margins
AXIS_TOP_PIXELS = 204  # position of the axis, with up to three numbers stacked above it
LEVEL_PIXELS = 38  # vertical distance between stacked numbers
NUMBER_GAP_PIXELS = 38  # horizontal distance between numbers
TITLE_LINE_PIXELS = 44  # line height of the title
TITLE_LETTERS, NOTE_LETTERS = 52, 86  # per line of the title, and of the note below it
MARGIN_PIXELS = 40
LEGEND_ROW_PIXELS = 46
FONT_FAMILIES = ["DejaVu Sans", "Amiri"]  # the second font has the letters of Urdu and Pashto that the first lacks
# A fixed colour per party: the most frequent speakers have theirs here, the others one by their id.
PARTY_COLOURS = {
    "pakistan": "#0a7d3c", "taliban": "#1f1f1f", "agreed": "#8a8f98", "ttp": "#c62828", "united-states": "#1f5fa8",
    "united-nations": "#2a9fd6", "india": "#e07b00", "afghan-republic": "#6a4fa3", "china": "#b8860b", "qatar": "#7b1e45",
    "turkiye": "#d1495b", "iran": "#3c8d78", "russia": "#4d6fb3", "saudi-arabia": "#5c8a2f", "iskp": "#5d4037",
    "media": "#00838f", "analysts": "#9e5ba6", "rights-groups": "#ad8a00", "mujahideen": "#7a6a4f",
}  # fmt: skip
SPARE_COLOURS = ["#546e7a", "#8d6e63", "#558b2f", "#6d4c9f", "#00796b", "#a0522d", "#37608c", "#9c3d54"]


@dataclass(frozen=True, slots=True)
class Mark:
    """An event to draw: its day, the formatted day, its party's id and name, the lines of its text."""

    day: date
    shown: str
    party: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """`marks` have text, `days` are all events; `ticks` label the axis; `mirrored` for a right-to-left reader.

    `note` is shown below the title: how many of the events have text.
    """

    title: str
    marks: tuple[Mark, ...]
    days: tuple[tuple[date, str], ...]
    ticks: tuple[tuple[date, str], ...]
    mirrored: bool = False
    note: str = ""


def colour_of(party: str) -> str:
    """The colour of a party, the same in every picture."""
    return PARTY_COLOURS.get(party) or SPARE_COLOURS[sum(party.encode()) % len(SPARE_COLOURS)]


def draw_timeline(timeline: Timeline) -> bytes:
    """An axis with a tick per event and a number for those with text below; PNG bytes."""
    pyplot = _matplotlib()
    names = list(dict.fromkeys((mark.party, mark.name) for mark in timeline.marks))
    legend = LEGEND_ROW_PIXELS * ((len(names) + 2) // 3)
    title = [words for line in timeline.title.splitlines() for words in textwrap.wrap(line, TITLE_LETTERS)]
    heading = [*title, *textwrap.wrap(timeline.note, NOTE_LETTERS)]
    levels = levels_of(timeline)
    above = TITLE_LINE_PIXELS * (len(heading) - 1) + LEVEL_PIXELS * max(
        0, max(levels, default=0) - 2
    )  # what the axis has to give way to
    height = AXIS_PIXELS + above + legend + ROW_PIXELS * len(timeline.marks) + MARGIN_PIXELS
    figure = pyplot.figure(figsize=(WIDTH_PIXELS / DOTS_PER_INCH, height / DOTS_PER_INCH), dpi=DOTS_PER_INCH)
    page = figure.add_axes((0, 0, 1, 1))
    page.set_xlim(0, WIDTH_PIXELS)
    page.set_ylim(height, 0)
    page.axis("off")
    side, left = ("right", WIDTH_PIXELS - MARGIN_PIXELS) if timeline.mirrored else ("left", MARGIN_PIXELS)
    for row, words in enumerate(heading):
        size, weight = (LETTER_PIXELS + 6, "bold") if row < len(title) else (SMALL_LETTER_PIXELS, "normal")
        page.text(
            left, 48 + TITLE_LINE_PIXELS * row, words, fontsize=_points(size), weight=weight, ha=side, va="center"
        )
    _axis(page, timeline, _along(timeline), levels, AXIS_TOP_PIXELS + above)
    _legend(page, names, AXIS_PIXELS + above, timeline.mirrored)
    for number, mark in enumerate(timeline.marks):
        _told(
            page,
            number + 1,
            mark,
            AXIS_PIXELS + above + legend + ROW_PIXELS * number + ROW_PIXELS / 2,
            timeline.mirrored,
        )
    return _png(pyplot, figure, tight=False)


def _along(timeline: Timeline) -> Callable[[date], float]:
    """Where on the axis a day stands."""
    days = [day.toordinal() for day, _ in (*timeline.days, *timeline.ticks)]
    first, span, wide = min(days), max(max(days) - min(days), 1), WIDTH_PIXELS - 2 * MARGIN_PIXELS - 40

    def x(day: date) -> float:
        along = (day.toordinal() - first) / span * wide
        return float(WIDTH_PIXELS - MARGIN_PIXELS - 20 - along if timeline.mirrored else MARGIN_PIXELS + 20 + along)

    return x


def levels_of(timeline: Timeline) -> list[int]:
    """How high each number stands above the axis, so that none covers another."""
    x = _along(timeline)
    edges: list[float] = []  # where the last number of each level stands
    levels = [0] * len(timeline.marks)
    for place, mark in sorted(enumerate(timeline.marks), key=lambda one: x(one[1].day)):
        at = x(mark.day)
        level = next((level for level, edge in enumerate(edges) if at - edge >= NUMBER_GAP_PIXELS), len(edges))
        edges[level : level + 1] = [at]
        levels[place] = level
    return levels


def _axis(page: Any, timeline: Timeline, x: Callable[[date], float], levels: Sequence[int], line: float) -> None:
    page.plot([MARGIN_PIXELS, WIDTH_PIXELS - MARGIN_PIXELS], [line, line], color="#444", linewidth=2)
    for day, party in timeline.days:
        page.plot([x(day)] * 2, [line - 14, line + 14], color=colour_of(party), linewidth=2, alpha=0.35)
    before = None
    for day, name in timeline.ticks:
        at = min(max(x(day), MARGIN_PIXELS + 70), WIDTH_PIXELS - MARGIN_PIXELS - 70)
        if before is None or abs(at - before) > 120:
            page.text(
                at, line + 44, name, fontsize=_points(SMALL_LETTER_PIXELS), ha="center", va="center", color="#444"
            )
            before = at
    for number, (mark, level) in enumerate(zip(timeline.marks, levels, strict=True), 1):
        _number(page, number, x(mark.day), line - 34 - LEVEL_PIXELS * level, mark.party)


def _legend(page: Any, names: Sequence[tuple[str, str]], top: float, mirrored: bool) -> None:
    wide = (WIDTH_PIXELS - 2 * MARGIN_PIXELS) / 3
    for place, (party, name) in enumerate(names):
        row, column = divmod(place, 3)
        at = MARGIN_PIXELS + wide * column
        if mirrored:
            at = WIDTH_PIXELS - at
        page.plot(
            [at + (-12 if mirrored else 12)],
            [top + LEGEND_ROW_PIXELS * row],
            "o",
            color=colour_of(party),
            markersize=12,
        )
        side, gap = ("right", -30) if mirrored else ("left", 30)
        page.text(
            at + gap, top + LEGEND_ROW_PIXELS * row, name, fontsize=_points(SMALL_LETTER_PIXELS), ha=side, va="center"
        )


def _told(page: Any, number: int, mark: Mark, middle: float, mirrored: bool) -> None:
    side, left, gap = (
        ("right", WIDTH_PIXELS - MARGIN_PIXELS - 20, -44) if mirrored else ("left", MARGIN_PIXELS + 20, 44)
    )
    top = middle - ROW_PIXELS / 2 + 28
    _number(page, number, left, top + 2, mark.party)
    page.text(left + gap, top, mark.shown, fontsize=_points(LETTER_PIXELS), weight="bold", ha=side, va="center")
    for row, words in enumerate(mark.words):
        below = top + LINE_PIXELS * (row + 1)
        page.text(left + gap, below, words, fontsize=_points(LETTER_PIXELS), ha=side, va="center", color="#222")


def _number(page: Any, number: int, x: float, y: float, party: str) -> None:
    page.plot([x], [y], "o", color=colour_of(party), markersize=25)
    page.text(
        x, y, str(number), fontsize=_points(SMALL_LETTER_PIXELS - 2), color="white", ha="center", va="center_baseline"
    )


def _points(pixels: int) -> float:
    return pixels * 72 / DOTS_PER_INCH


def draw_days(days: Sequence[Day], labels: Sequence[str]) -> bytes:
    """Questions, refusals and 👎 per day as bars, median latency as a line, all labelled; PNG bytes."""
    pyplot = _matplotlib()
    figure, axes = pyplot.subplots(figsize=(10, 4), dpi=DOTS_PER_INCH)
    places = list(range(len(days)))
    axes.bar(places, [day.questions for day in days], label=labels[0], alpha=0.5)
    axes.bar(places, [day.refused for day in days], label=labels[1])
    axes.bar(places, [-day.disliked for day in days], label=labels[2])
    axes.set_xticks(places, [day.day[5:] for day in days], rotation=60)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
    right = axes.twinx()
    right.plot(places, [day.p50 for day in days], "k.-")
    right.set_ylabel(labels[3])
    right.set_ylim(bottom=0)
    return _png(pyplot, figure, tight=True)


def _matplotlib() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    import fontpkg_amiri
    from matplotlib import font_manager, pyplot

    for name in ("Amiri-Regular.ttf", "Amiri-Bold.ttf"):
        font_manager.fontManager.addfont(Path(fontpkg_amiri.__file__).parent / "files" / name)
    matplotlib.rcParams["font.family"] = FONT_FAMILIES
    return pyplot


def _png(pyplot: Any, figure: Any, *, tight: bool) -> bytes:
    out = io.BytesIO()
    if tight:
        figure.tight_layout()
    figure.savefig(out, format="png")
    pyplot.close(figure)
    return out.getvalue()
