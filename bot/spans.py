"""A span of styled text, which the rendering makes and every output (console, pages, Telegram) shows in its own way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `quiet` marks what may be dimmed: citation numbers and remarks."""

    text: str
    bold: bool = False
    quiet: bool = False
    url: str | None = None
