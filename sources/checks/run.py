"""Checks beyond the syntax of each brief: honest dates, strong references, no repetitions.

`python -m sources.checks.run FILE…` prints every problem of briefs as `file:line: sentence`.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from sources.briefs.parser import Brief, read
from sources.checks.events import event_problems, told
from sources.checks.evidence import day_problems, reference_problems, repeated_milestones, weak_statements
from sources.checks.explainers import explainer_problems, groups
from sources.collection.library import Library
from sources.document import Reference
from sources.errors import Problem, SourceError
from sources.events import EVENTS_FILE
from sources.files import read_bytes
from sources.formats.plain_text import decode
from sources.hosts import Hosts, shipped_hosts
from sources.parties import Parties, shipped_parties
from sources.statement_questions import QUESTIONS_FILE, read_questions
from sources.text.urls import comparable

SENTENCE_WORDS = 60  # of a statement, at most
SAME_SENTENCE_OVERLAP = 0.9  # share of the words of two sentences that they have in common
REFERENCE_DETAILS = {"author": "author", "publisher": "publisher", "published": "date", "weak": "mark “weak”"}


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
    return _sorted(
        [*problems, *check_briefs(briefs, library.parties), *_same_title(briefs, documents), *_beside(library, briefs)]
    )


def _beside(library: Library, briefs: Sequence[Brief]) -> Iterator[Problem]:
    """The problems of the events and questions that ship beside the briefs, where there are any."""
    shipped = [entry for entry in library.scan() if entry.shipped]
    own = {str(entry.path) for entry in shipped}
    read_well = [brief for brief in briefs if brief.file in own]
    unread = {entry.document_id for entry in shipped} - {brief.document.id for brief in read_well}
    for name, problems_of in ((EVENTS_FILE.name, event_problems), (QUESTIONS_FILE.name, question_problems)):
        file = library.shipped / name
        if file.exists():
            yield from problems_of(file, read_well, unread)


def check_files(paths: Sequence[Path]) -> list[Problem]:
    """Every problem of the briefs in those files, individually and among each other."""
    briefs, problems = [], list[Problem]()
    for path in paths:
        try:
            briefs.append(read(decode(read_bytes(path), str(path)), path.stem, file=str(path)))
        except SourceError as error:
            problems.append(Problem(str(path), None, _about(str(path), error)))
    return _sorted([*problems, *check_briefs(briefs, shipped_parties())])


def check_briefs(briefs: Sequence[Brief], parties: Parties) -> list[Problem]:
    """Every problem of parsed briefs, sorted by file and line."""
    known = shipped_hosts()
    own = (problem for brief in briefs for problem in (*brief.problems, *_brief_problems(brief, parties, known)))
    among = (*_same_title(briefs), *_same_address(briefs), *repeated_milestones(briefs), *explainer_problems(briefs))
    return _sorted([*own, *among])


def _about(file: str, error: SourceError) -> str:
    """The error with “it” for the file, whose name precedes it."""
    return str(error).removeprefix(f"{file}: ").replace(f"{file} ", "it ", 1)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(
        set(problems), key=lambda problem: (problem.file, problem.line or 0, problem.severity, problem.message)
    )


def _brief_problems(brief: Brief, parties: Parties, hosts: Hosts) -> Iterator[Problem]:
    for identifier in brief.unused:
        line = brief.reference_lines[identifier]
        yield Problem(brief.file, line, f"footnote [^{identifier}] is defined but not used: use it or remove it")
    yield from _statements(brief, parties)
    yield from weak_statements(brief)
    yield from reference_problems(brief, hosts)
    yield from day_problems(brief)
    yield from _repeats(brief)
    yield from _limits(brief)


def _statements(brief: Brief, parties: Parties) -> Iterator[Problem]:
    document = brief.document
    for statement, line in zip(document.statements, brief.statement_lines, strict=True):
        words = len(document.text[statement.start : statement.end].split())
        if words > SENTENCE_WORDS:
            yield Problem(brief.file, line, f"the sentence has {words} words: split it, {SENTENCE_WORDS} are the most")
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


def _limits(brief: Brief) -> Iterator[Problem]:
    """A brief about the present declares in its front matter what it does not know, and does not speak of itself in its
    text.
    """
    document = brief.document
    if document.explainers:
        return  # each of them says "as of", and every heading is a question
    titles = [document.text[heading.start : heading.end] for heading in document.headings]
    for title in titles:
        if re.match(r"how far\b.*\breach", title, re.IGNORECASE):
            message = f"the section “{title}” speaks of the brief itself: say it under `limits` in the front matter"
            yield Problem(brief.file, None, message)
    present = (document.covers_to or "")[:4] >= str(int((document.published or "9999")[:4]) - 1)
    if document.language == "en" and present and not document.limits:
        message = "it covers the present without `limits` in the front matter: say what it does not know"
        yield Problem(brief.file, None, message, "warning")


def _repeats(brief: Brief) -> Iterator[Problem]:
    """Pairs of sentences of one text with nearly the same words and exactly the same numbers."""
    text = brief.document.text
    for statements in groups(brief):
        bags = [(_words(text[statement.start : statement.end]), line) for statement, line in statements]
        for (one, first), (other, second) in itertools.combinations(bags, 2):
            same = len(one & other) / max(1, len(one | other))
            if same >= SAME_SENTENCE_OVERLAP and _numbers(one) == _numbers(other):
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
                word for name, word in REFERENCE_DETAILS.items() if getattr(first, name) != getattr(reference, name)
            ]:
                message = f"this address stands {place} with another {' and '.join(differing)}: write them alike"
                yield Problem(brief.file, line, message, "warning")


def question_problems(file: Path, briefs: Sequence[Brief], elsewhere: Collection[str] = ()) -> Iterator[Problem]:
    """Every problem of a file of questions; briefs that could not be read (`elsewhere`) are not looked into."""
    written = read_questions(file.read_text(encoding="utf-8", errors="replace"), str(file))
    yield from written.problems
    held = {brief.document.id: frozenset(said for said, _ in told(brief)) for brief in briefs}
    for each, line in zip(written.statements, written.lines, strict=True):
        if each.document in elsewhere:
            continue
        if each.document not in held:
            yield Problem(written.file, line, f"there is no brief “{each.document}”: mend the name")
        elif each.digest not in held[each.document]:
            message = f"no statement of {each.document} has the digest {each.digest}: read what the brief says now"
            yield Problem(written.file, line, f"{message} (`python -m sources.checks.events WORDS` gives its digest)")
    known = {each.digest for each in written.statements}
    for brief in briefs:
        for said, line in told(brief):
            if said not in known:
                message = f"nobody wrote a question for this statement: add one ({brief.document.id} {said})"
                yield Problem(brief.file, line, f"{message} to {file.name}", "warning")


def main(paths: Sequence[str]) -> int:
    """Print the problems of briefs; the exit code: 1 when one of them is an error, 2 when no file is named."""
    if not paths:
        sys.stderr.write("usage: python -m sources.checks.run FILE…\n")
        return 2
    problems = check_files([Path(path) for path in paths])
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return int(any(problem.severity == "error" for problem in problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
