"""What may be asked of `torkham ask` and `torkham search`, however the command line was read."""

from __future__ import annotations

from dataclasses import dataclass

ASK_MOST, SEARCH_MOST = 20, 100  # what --k goes up to


@dataclass(frozen=True, slots=True)
class AskOptions:
    """A question and its options; each field but the first is the option of that name."""

    question: str | None = None
    json: bool = False
    k: int = 6
    since: str | None = None
    until: str | None = None
    party: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    language: str | None = None
    markdown: bool = False
    citations: str | None = None
    explain: bool = False


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Words to look for; each field but the first is the option of that name."""

    query: str | None = None
    json: bool = False
    k: int = 10


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What stands before the command."""

    home: str | None = None
    quiet: bool = False
    no_color: bool = False
