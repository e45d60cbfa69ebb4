"""Whether the written questions fit the briefs: every statement has some, and stands there in the words they were written for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sources.briefs.parser import Brief
from sources.checks.events import told
from sources.errors import Problem
from sources.questions import read_questions


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
