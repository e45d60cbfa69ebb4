"""What `torkham sources check` verifies beyond the form of each brief: honest dates, strong references, no repeats."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sources.addresses import comparable, is_weak
from sources.brief import Brief, read
from sources.document import Reference
from sources.errors import Problem, SourceError
from sources.files import read_bytes
from sources.library import Library
from sources.parties import Parties, shipped_parties
from sources.text import decode

MOST_WORDS = 60
NEARLY_THE_SAME = 0.9
DETAILS = {"author": "author", "publisher": "publisher", "published": "date", "weak": "mark “weak”"}
REACH = "How far this brief reaches"  # the last heading of a brief about the present


def check(library: Library) -> list[Problem]:
    """Every problem of a library, sorted by file and line; `severity` tells errors from warnings."""
    briefs, documents, problems = [], list[tuple[str, str]](), list[Problem]()
    for entry in library.scan():
        file = str(entry.path)
        try:
            found = library.read_brief(entry)
            if found is None:
                documents.append((file, library.load(entry).title))
            else:
                briefs.append(found)
        except SourceError as error:
            problems.append(Problem(file, None, _about(file, error)))
    paths = {entry.document_id: str(entry.path) for entry in library.scan()}
    library.rows()
    for repeat, first in library.ledger.repeats():
        message = f"its text is that of “{first}”: remove one of the two"
        problems.append(Problem(paths.get(repeat, repeat), None, message, "warning"))
    for side in library.orphans():
        problems.append(Problem(str(side), None, "its document is gone: delete this file, or restore the document"))
    return _sorted([*problems, *check_briefs(briefs, library.parties), *_same_title(briefs, documents)])


def check_files(paths: Sequence[Path], parties: Parties | None = None) -> list[Problem]:
    """Every problem of the briefs in those files, by themselves and among each other."""
    briefs, problems = [], list[Problem]()
    for path in paths:
        try:
            briefs.append(read(decode(read_bytes(path), str(path)), path.stem, file=str(path), parties=parties))
        except SourceError as error:
            problems.append(Problem(str(path), None, _about(str(path), error)))
    return _sorted([*problems, *check_briefs(briefs, parties or shipped_parties())])


def check_briefs(briefs: Sequence[Brief], parties: Parties) -> list[Problem]:
    """Every problem of briefs that have been read, sorted by file and line."""
    own = (problem for brief in briefs for problem in (*brief.problems, *_brief_problems(brief, parties)))
    return _sorted([*own, *_same_title(briefs), *_same_address(briefs)])


def _about(file: str, error: SourceError) -> str:
    """The error as a sentence about “it”, since the file stands before it."""
    return str(error).removeprefix(f"{file}: ").replace(f"{file} ", "it ", 1)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(
        set(problems), key=lambda problem: (problem.file, problem.line or 0, problem.severity, problem.message)
    )


def _brief_problems(brief: Brief, parties: Parties) -> Iterator[Problem]:
    for identifier in brief.unused:
        line = brief.reference_lines[identifier]
        yield Problem(brief.file, line, f"footnote [^{identifier}] is defined but not used: use it or remove it")
    yield from _statements(brief, parties)
    yield from _repeats(brief)
    yield from _reach(brief)
    for reference in brief.document.references:
        if reference.url and not reference.weak and is_weak(reference.url):
            line = brief.reference_lines[reference.id]
            yield Problem(
                brief.file, line, f"[^{reference.id}] is a weak source: add `, weak` at its end, or cite a stronger one"
            )


def _statements(brief: Brief, parties: Parties) -> Iterator[Problem]:
    document = brief.document
    weak = {reference.id for reference in document.references if reference.weak}
    for statement, line in zip(document.statements, brief.statement_lines, strict=True):
        words = len(document.text[statement.start : statement.end].split())
        if words > MOST_WORDS:
            yield Problem(brief.file, line, f"the sentence has {words} words: split it, {MOST_WORDS} are the most")
        if statement.reference_ids and weak.issuperset(statement.reference_ids):
            yield Problem(brief.file, line, "only weak references: look for a stronger one", "warning")
        if statement.date_from and statement.date_to:
            yield from _outside(brief, line, statement.date_text, statement.date_from, statement.date_to)
        if not statement.party:
            continue
        party = parties[statement.party]
        if party.speaker_required and not statement.speaker:
            yield Problem(brief.file, line, f"{party.name} need a name: write DATE · {party.name}, WHO")
        if (party.year_from and (statement.date_to or "9999") < f"{party.year_from:04d}") or (
            party.year_to and (statement.date_from or "") > f"{party.year_to:04d}-12-31"
        ):
            years = f"{party.year_from or '…'}–{party.year_to or '…'}"
            yield Problem(
                brief.file, line, f"{statement.date_text} lies outside {years}, the years of {party.name}", "warning"
            )


def _outside(brief: Brief, line: int, date_text: str | None, date_from: str, date_to: str) -> Iterator[Problem]:
    covers_from, covers_to = brief.document.covers_from, brief.document.covers_to
    if covers_from and covers_to and not covers_from <= date_from <= date_to <= covers_to:
        span = f"{covers_from[:7]}/{covers_to[:7]}"
        yield Problem(brief.file, line, f"{date_text} lies outside `covers` ({span}): widen covers or mend the date")


def _reach(brief: Brief) -> Iterator[Problem]:
    """A brief about the present says, in a last section under one and the same heading, to which date it reaches."""
    document = brief.document
    titles = [document.text[heading.start : heading.end] for heading in document.headings]
    for title in titles:
        if re.match(r"how far\b.*\breach", title, re.IGNORECASE) and title != REACH:
            yield Problem(brief.file, None, f"the heading “{title}” is written “{REACH}” in every brief: use that")
    if REACH in titles[:-1]:
        yield Problem(brief.file, None, f"“{REACH}” is not the last section: move it to the end")
    present = (document.covers_to or "")[:4] >= str(int((document.published or "9999")[:4]) - 1)
    if document.language == "en" and present and REACH not in titles:
        message = f"it covers the present but does not end with “## {REACH}”: say up to which date its sources go"
        yield Problem(brief.file, None, message, "warning")


def _repeats(brief: Brief) -> Iterator[Problem]:
    """Pairs of sentences with nearly the same words and the very same numbers."""
    text = brief.document.text
    bags = [_words(text[statement.start : statement.end]) for statement in brief.document.statements]
    for (one, first), (other, second) in itertools.combinations(zip(bags, brief.statement_lines, strict=True), 2):
        same = len(one & other) / max(1, len(one | other))
        if same >= NEARLY_THE_SAME and _numbers(one) == _numbers(other):
            yield Problem(brief.file, second, f"nearly the same sentence as in line {first}: keep one of them")


def _words(sentence: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", sentence.casefold()))


def _numbers(words: Iterable[str]) -> set[str]:
    return {word for word in words if any(character.isdigit() for character in word)}


def _same_title(briefs: Sequence[Brief], documents: Sequence[tuple[str, str]] = ()) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for file, title in [*((brief.file, brief.document.title) for brief in briefs), *documents]:
        first = seen.setdefault(title.casefold(), file) if title else file
        if first != file:
            yield Problem(file, 1, f"the title is that of {first}, too: give one of them another title")


def _same_address(briefs: Sequence[Brief]) -> Iterator[Problem]:
    seen: dict[str, tuple[Reference, str]] = {}
    for brief in briefs:
        for reference in brief.document.references:
            if not reference.url:
                continue
            first, where = seen.setdefault(comparable(reference.url), (reference, brief.file))
            line = brief.reference_lines[reference.id]
            place = "above" if where == brief.file else f"in {where}"
            if first.title != reference.title:
                message = f"this address stands {place} under the title “{first.title}”: use one title"
                yield Problem(brief.file, line, message)
            elif differing := [
                word for name, word in DETAILS.items() if getattr(first, name) != getattr(reference, name)
            ]:
                message = f"this address stands {place} with another {' and '.join(differing)}: write them alike"
                yield Problem(brief.file, line, message, "warning")
