"""Builds the scope of a search from options: days, parties, documents and publishers."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import QuestionError
from index.normalise import normalise
from index.types import Scope
from sources.edtf import parse_date
from sources.errors import PartyError
from sources.parties import Parties


class Described(Protocol):
    """What identifies a document; title, publisher, author and url are matched, too."""

    @property
    def id(self) -> str:
        """The id of the document."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options as typed: dates, names of parties, ids of documents, parts of the names of sources."""

    since: str | None = None
    until: str | None = None
    parties: Sequence[str] = ()
    documents: Sequence[str] = ()
    sources: Sequence[str] = ()


def scope_of(
    wanted: Wanted,
    parties: Parties,
    documents: Callable[[], Iterable[Described]],
    *,
    sign: str = "",
    listed: str = "`torkham sources list`",
) -> Scope:
    """The scope for these options; raises QuestionError for an unusable value, MetadataError for an invalid date.

    `documents` is called only if documents are named. In messages `sign` precedes the name of an option, and
    `listed` says where the documents are listed.
    """
    try:
        chosen = tuple(parties.find(name).id for name in wanted.parties)
    except PartyError as error:
        raise QuestionError(f"{sign}party: {error}.".replace("?.", "?")) from error
    since, until = days(wanted.since, wanted.until, names=(f"{sign}since", f"{sign}until"))
    named = _documents(wanted, list(documents()), listed) if wanted.documents or wanted.sources else ()
    return Scope(since=since, until=until, parties=chosen, documents=named)


def days(
    since: str | None, until: str | None, *, names: tuple[str, str] = ("since", "until")
) -> tuple[str | None, str | None]:
    """The first and last day; raises QuestionError, with the options' `names`, if the first is after the last."""
    first = parse_date(since).date_from if since else None
    last = parse_date(until).date_to if until else None
    if first and last and first > last:
        raise QuestionError(f"{names[0]} {since} lies after {names[1]} {until}: nothing is in between; swap them.")
    return first, last


def _documents(wanted: Wanted, rows: Sequence[Described], listed: str) -> tuple[str, ...]:
    """The ids of the named documents; sources are matched against the metadata."""
    chosen, known = list[str](), {row.id for row in rows}
    for identifier in wanted.documents:
        if identifier not in known:
            raise QuestionError(no_document(identifier, known, listed))
        chosen.append(identifier)
    for name in wanted.sources:
        sought = normalise(name)
        fitting = [row.id for row in rows if any(sought in normalise(value) for value in about(row))]
        if not fitting:
            raise QuestionError(f"No document is of {name!r}: {listed} shows what there is.")
        chosen += fitting
    return tuple(dict.fromkeys(chosen))


def no_document(identifier: str, known: Iterable[str], listed: str) -> str:
    """The error message for an unknown document, with the closest id if there is one."""
    near = difflib.get_close_matches(identifier, list(known), n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else f": {listed} shows what there is."
    return f"There is no document {identifier!r}{hint}"


def about(row: Described) -> list[str]:
    """The metadata that a source is matched against."""
    names = ("title", "publisher", "author", "url")
    return [str(value) for name in names if (value := getattr(row, name, None))]
