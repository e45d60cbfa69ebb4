"""Buttons under a message: labels and callback data. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BUTTONS_PER_ROW = 5
MAX_COPY_UNITS = 256
MAX_DATA_BYTES = 64


@dataclass(frozen=True, slots=True)
class Button:
    """A button with exactly one of: callback data, a text to copy, an address."""

    text: str
    data: str = ""
    copy: str = ""
    url: str = ""


Rows = tuple[tuple[Button, ...], ...]


def in_rows(buttons: Sequence[Button], per_row: int = BUTTONS_PER_ROW) -> Rows:
    """A row of buttons."""
    return tuple(tuple(buttons[start : start + per_row]) for start in range(0, len(buttons), per_row))


def data(*fields: object) -> str:
    """Callback data: fields separated by colons, at most 64 bytes."""
    joined = ":".join(str(field) for field in fields)
    assert len(joined.encode()) <= MAX_DATA_BYTES, joined
    return joined


def number_of(field: str) -> int:
    """Parse a number from callback data, which is untrusted."""
    return int(field) if field.isascii() and field.isdigit() and len(field) < 6 else 0
