"""The value of one setting out of what was written: a text, a whole number, yes or no, or a list of numbers."""

from __future__ import annotations

from typing import Any

from bot.errors import SettingsError

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


def parse(name: str, raw: object, default: object, *, choices: tuple[str, ...] = (), least: int = 0) -> Any:
    """The value in the type of the default; SettingsError says what is wanted instead."""
    if isinstance(default, bool):
        return _flag(name, raw)
    if isinstance(default, int):
        return _number(name, raw, least)
    if isinstance(default, tuple):
        return _numbers(name, raw)
    if choices and raw not in choices:
        raise SettingsError(f"{name} is {raw!r}: use one of {', '.join(choices)}.")
    return str(raw)


def _flag(name: str, raw: object) -> bool:
    word = str(raw).strip().lower()
    if word in _YES | _NO:
        return word in _YES
    raise SettingsError(f"{name} is {raw!r}: use yes or no.")


def _number(name: str, raw: object, least: int) -> int:
    try:
        number = int(str(raw))
    except ValueError:
        raise SettingsError(f"{name} is {raw!r}: use a whole number.") from None
    if number < least:
        raise SettingsError(f"{name} is {number}: use {least} or more.")
    return number


def _numbers(name: str, raw: object) -> tuple[int, ...]:
    parts = raw if isinstance(raw, list) else str(raw).replace(",", " ").split()
    try:
        return tuple(int(str(part)) for part in parts)
    except ValueError:
        raise SettingsError(f"{name} is {raw!r}: use numeric ids with commas between them.") from None
