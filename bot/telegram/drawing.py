"""Pictures: events by party on a time axis, and the questions of the last days. The only user of matplotlib.

From 3.11 on matplotlib shapes and orders Arabic script by itself (libraqm): shaping it before would turn it round.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.telegram.feedback import Day

DOTS = 110  # per inch: about 1,100 pixels across
FAMILIES = ["DejaVu Sans", "Amiri"]  # the second has the letters of Urdu and Pashto that the first lacks


def draw_events(events: Mapping[str, Sequence[date]], title: str) -> bytes:
    """A row for each party, a mark for each event; PNG bytes."""
    pyplot, dates = _matplotlib()
    figure, axes = pyplot.subplots(figsize=(10, 1.6 + 0.42 * len(events)), dpi=DOTS)
    for row, days in enumerate(reversed(list(events.values()))):
        axes.plot([dates.date2num(day) for day in days], [row] * len(days), "o", alpha=0.55, markersize=7)
    axes.set_yticks(range(len(events)), list(events)[::-1])
    axes.set_ylim(-0.7, len(events) - 0.3)
    axes.xaxis_date()
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.grid(axis="x", alpha=0.3)
    axes.set_title(title)
    return _png(pyplot, figure)


def draw_days(days: Sequence[Day], labels: Sequence[str]) -> bytes:
    """Questions, refusals and 👎 of each day as bars, the median latency as a line, with a label for each; PNG bytes."""
    pyplot, _ = _matplotlib()
    figure, axes = pyplot.subplots(figsize=(10, 4), dpi=DOTS)
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
    return _png(pyplot, figure)


def _matplotlib() -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    import fontpkg_amiri
    from matplotlib import dates, font_manager, pyplot

    for name in ("Amiri-Regular.ttf", "Amiri-Bold.ttf"):
        font_manager.fontManager.addfont(Path(fontpkg_amiri.__file__).parent / "files" / name)
    matplotlib.rcParams["font.family"] = FAMILIES
    return pyplot, dates


def _png(pyplot: Any, figure: Any) -> bytes:
    out = io.BytesIO()
    figure.tight_layout()
    figure.savefig(out, format="png")
    pyplot.close(figure)
    return out.getvalue()
