"""Figures over a file of questions: does the evidence shown hold the answer, are both sides there, is no said when it should be."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.answers import Answer, Answerer, Claim
from bot.errors import QuestionError
from bot.rendering import party_name, readable_date
from index.passages import Hit
from index.search import Index
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
    """What came of a case; `hit5` and `hit10` are None where nothing had to be found, `sides` where there is one side."""

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


def run_cases(index: Index, answerer: Answerer, parties: Parties, cases: Iterable[Case]) -> list[Result]:
    """Every case asked and judged."""
    library = " ".join(document.text for document in index.documents())
    return [run_case(index, answerer, parties, case, library) for case in cases]


def run_case(index: Index, answerer: Answerer, parties: Parties, case: Case, library: str = "") -> Result:
    """One case asked and judged by the rules of the question file."""
    started = time.perf_counter()
    try:
        answer: Answer | None = answerer.answer(case.question, history=case.history)
    except QuestionError:
        answer = None
    seconds = time.perf_counter() - started
    claims = answer.claims if answer else ()
    shown = tuple(claim_text(claim, parties) for claim in claims)
    hits = index.search(answer.asked_as, 10, answer.scope) if answer and case.must else []
    text = " ".join(shown)
    return Result(
        case=case,
        abstained=not claims,
        reason=answer.reason if answer else "question_error",
        hit5=holds(case.must, passages_text(hits[:5])) if case.must else None,
        hit10=holds(case.must, passages_text(hits)) if case.must else None,
        evidence=bool(claims) and holds(case.must, text) if case.must else None,
        sides=bool(claims) and both(case.parties, text) and holds(case.must, text) if case.parties else None,
        exact=all(_exact(index, citation) for citation in (answer.citations if answer else ())),
        bare=sum(_bare(index, answer, claim) for claim in claims) if answer else 0,
        quotes=len(claims),
        characters=sum(len(claim.text) for claim in claims),
        seconds=seconds,
        shown=shown or tuple(f"nearest: {c.quote[:160]}" for c in (answer.nearest if answer else ())),
        held=holds(case.must, library) if case.must and library else None,
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


def _exact(index: Index, citation: Any) -> bool:
    document = index.document(citation.document_id)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def _bare(index: Index, answer: Answer, claim: Claim) -> bool:
    """Whether a statement that a party makes is shown without the party."""
    for citation in answer.citations:
        if citation.number in claim.citations:
            document = index.document(citation.document_id)
            for statement in document.statements if document else ():
                if citation.start <= statement.start < citation.end and statement.party not in {None, "agreed"}:
                    return claim.party != statement.party
    return False
