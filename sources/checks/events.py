"""Whether the marked events fit the briefs: every statement that is named is there in these words.

`python -m sources.checks.events WORDS…` prints the statements that have these words, as `told` names them.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sources.briefs.parser import Brief
from sources.collection.library import Library
from sources.errors import Problem
from sources.events import Marks, digest, read_events


def event_problems(file: Path, briefs: Sequence[Brief], elsewhere: Collection[str] = ()) -> Iterator[Problem]:
    """Every problem of a file of events; briefs that could not be read (`elsewhere`) are not looked into."""
    marks = read_events(file.read_text(encoding="utf-8", errors="replace"), str(file))
    yield from marks.problems
    held = {brief.document.id: frozenset(said for said, _ in told(brief)) for brief in briefs}
    yield from _not_held(marks, held, elsewhere)
    marked = {said for event in marks.events for _, said in event.told}
    for brief in briefs:
        for statement, line in zip(brief.document.statements, brief.statement_lines, strict=True):
            words = brief.document.text[statement.start : statement.end]
            if statement.milestone and digest(words) not in marked:
                message = f"this milestone is in no event: name it there ({brief.document.id} {digest(words)})"
                yield Problem(brief.file, line, f"{message} in {file.name}", "warning")


def told(brief: Brief) -> Iterator[tuple[str, int]]:
    """The digest of each statement of a brief, and its line."""
    text = brief.document.text
    for statement, line in zip(brief.document.statements, brief.statement_lines, strict=True):
        yield digest(text[statement.start : statement.end]), line


def _not_held(marks: Marks, held: dict[str, frozenset[str]], elsewhere: Collection[str]) -> Iterator[Problem]:
    for event, line in zip(marks.events, marks.lines, strict=True):
        for document, said in event.told:
            if document in elsewhere:
                continue
            if document not in held:
                yield Problem(marks.file, line, f"{event.key}: there is no brief “{document}”: mend the name")
            elif said not in held[document]:
                message = f"{event.key}: no statement of {document} has the digest {said}: read what the brief says now"
                yield Problem(marks.file, line, f"{message} (`python -m sources.checks.events WORDS` gives its digest)")


def main(words: Sequence[str]) -> int:
    """Print the shipped statements that have all of these words, each with what `told` has of it."""
    library = Library(Path("/nonexistent"))
    for entry in library.scan():
        brief = library.read_brief(entry)
        for statement in brief.document.statements if brief else ():
            assert brief is not None
            text = brief.document.text[statement.start : statement.end]
            if all(word.casefold() in text.casefold() for word in words):
                sys.stdout.write(f"{entry.document_id} {digest(text)}  {text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
