"""Figures over a file of questions: does the evidence shown hold the answer, are both sides there, is no said when it should be."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from textwrap import shorten

from bot.answering.answerer import Answer, Answerer, Claim, Trace
from bot.answering.candidates import overlaps
from bot.errors import QuestionError
from bot.nlp.time.time_scope import read_time
from bot.rendering import attribution, party_name, readable_date
from index.search import Index
from index.types import Hit, Scope
from sources.edtf import parse_date
from sources.errors import LoadError
from sources.parties import Parties


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what has to be found: every group of `must` needs one matching expression."""

    id: str
    question: str
    type: str = "factoid"
    lang: str = "en"
    history: tuple[str, ...] = ()
    answerable: bool = True
    must: tuple[tuple[str, ...], ...] = ()
    parties: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case.

    `hit1`, `hit5`, `hit10` and `evidence` are None where nothing had to be found, `sides` and `sides_alone` where there is
    one side, `outside` (claims dated outside the window) where the note gives no window. `held`: whether the library has
    what had to be found at all. `read`: a person has to read it, since a cited correction would be right too.
    """

    case: Case
    abstained: bool
    reason: str | None
    hit5: bool | None
    hit10: bool | None
    evidence: bool | None
    sides: bool | None
    exact: bool
    bare: int
    quotes: int
    characters: int
    seconds: float
    shown: tuple[str, ...] = field(default=())
    held: bool | None = None
    hit1: bool | None = None
    sides_alone: bool | None = None
    outside: int | None = None

    @property
    def read(self) -> bool:
        """Whether only a person can tell: claims where the premise is wrong or the question beyond the library's reach."""
        return bool(re.match(r".*(wrong premise|after the reach)", self.case.note)) and not self.abstained

    @property
    def right(self) -> bool:
        """Answered with the evidence (and both sides) where there is an answer, nothing claimed where there is none."""
        if not self.case.answerable:
            return self.abstained
        return bool(self.evidence) and self.sides is not False


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON lines file."""
    cases = []
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            raw = json.loads(line)
            cases.append(
                Case(
                    id=str(raw.get("id", number)),
                    question=raw["question"],
                    type=raw.get("type", "factoid"),
                    lang=raw.get("lang", "en"),
                    history=tuple(raw.get("history", ())),
                    answerable=bool(raw.get("answerable", True)),
                    must=tuple(tuple(group) for group in raw.get("must", ())),
                    parties=tuple(raw.get("parties", ())),
                    note=raw.get("note", ""),
                )
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LoadError(f"{path} cannot be read as questions, one JSON object a line: {error!r}.") from error
    return cases


def run_case(index: Index, answerer: Answerer, parties: Parties, case: Case, library: str = "") -> Result:
    """One case asked and judged by the rules of the question file."""
    started = time.perf_counter()
    try:
        trace: Trace | None = answerer.trace(case.question, history=case.history)
    except QuestionError:
        trace = None
    seconds = time.perf_counter() - started
    answer = trace.answer if trace else None
    claims = answer.claims if answer else ()
    text = " ".join(claim_text(claim, parties) for claim in claims)
    shown = tuple(": ".join(filter(None, [attribution(claim, parties), claim.text])) for claim in claims)
    evidence = bool(claims) and holds(case.must, text)
    sides = bool(claims) and both(case.parties, text)
    hit1, hit5, hit10 = (holds(case.must, passages_text(trace.hits[:k] if trace else ())) for k in (1, 5, 10))
    return Result(
        case=case,
        abstained=not claims,
        reason=answer.reason if answer else "question_error",
        hit1=hit1 if case.must else None,
        hit5=hit5 if case.must else None,
        hit10=hit10 if case.must else None,
        evidence=evidence if case.must else None,
        sides=(sides and evidence) if case.parties else None,
        sides_alone=sides if case.parties else None,
        exact=_exact(index, answer) if answer else True,
        bare=sum(_bare(index, answer, claim) for claim in claims) if answer else 0,
        quotes=len(claims),
        characters=sum(len(claim.text) for claim in claims),
        seconds=seconds,
        shown=shown
        or tuple(f"nearest: {shorten(c.quote, 160, placeholder=' …')}" for c in (answer.nearest if answer else ())),
        held=holds(case.must, library) if case.must and library else None,
        outside=_outside(case, claims),
    )


def claim_text(claim: Claim, parties: Parties) -> str:
    """A claim as a reader sees it, its date in both forms."""
    head = (claim.date, readable_date(claim.date), party_name(claim.party, parties), claim.speaker)
    return " ".join([*filter(None, head), claim.text])


def passages_text(hits: Sequence[Hit]) -> str:
    """Passages as a reader sees them."""
    return " ".join(f"{hit.passage.title} {hit.passage.heading} {hit.passage.text}" for hit in hits)


def holds(must: Sequence[Sequence[str]], text: str) -> bool:
    """Whether every group has a match."""
    return all(any(re.search(pattern, text, re.IGNORECASE) for pattern in group) for group in must)


def both(parties: Sequence[str], text: str) -> bool:
    """Whether every side has a match."""
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in parties)


def _exact(index: Index, answer: Answer) -> bool:
    """Whether every quote shown is the slice of the stored text that it says it is, and every claim stands in a quote."""
    for citation in (*answer.citations, *answer.nearest):
        document = index.document(citation.document_id)
        if document is None or document.text[citation.start : citation.end] != citation.quote:
            return False
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return answer.composed or all(
        any(claim.text in quotes.get(number, "") for number in claim.citations) for claim in answer.claims
    )


def _outside(case: Case, claims: Sequence[Claim]) -> int | None:
    """How many claims are dated outside the window that the note gives ("window: Feb-Mar 2017"); None without one."""
    _, given, window = case.note.partition("window: ")
    if not given:
        return None
    both_years = re.sub(r"^(\d+ \w+)-(\d+ \w+) (\d{4})$", r"from \1 \3 to \2 \3", window)
    read = read_time(both_years, today=date.today(), language="en")
    dates = [parse_date(claim.date) for claim in claims if claim.date]
    return sum(not overlaps(day.date_from, day.date_to, Scope(read.since, read.until)) for day in dates)


def _bare(index: Index, answer: Answer, claim: Claim) -> bool:
    """Whether a statement that a party makes is shown without the party."""
    for citation in answer.citations:
        if citation.number in claim.citations:
            document = index.document(citation.document_id)
            for statement in document.statements if document else ():
                if citation.start <= statement.start < citation.end and statement.party not in {None, "agreed"}:
                    return claim.party != statement.party
    return False
