"""The parts of an answer: claims, citations, and what accompanies a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.types import Scope
from sources.document import Reference

DEFAULT_CLAIMS = 6  # claims of an answer


@dataclass(frozen=True, slots=True)
class Citation:
    """The passage behind a claim: `quote == text[start:end]` of the document with that digest.

    If `kind` is brief, the quote is our summary of the references; otherwise it is the source's own wording.
    """

    number: int
    kind: str
    document_id: str
    digest: str
    language: str
    title: str
    publisher: str | None
    author: str | None
    published: str | None
    url: str | None
    page: int | None
    start: int
    end: int
    quote: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer; `party` is an id, `date` as the source writes it, `citations` are numbers.

    `wording` is the origin of the text: the `source`, or a language model (`composed`, `translated`).
    `span` holds the offsets in `text` of the words that answer a question for one fact. `outlet` is the paper, if an
    article quotes somebody else; `columns` is the header, if `text` is a row of a table.
    """

    text: str
    party: str | None
    speaker: str | None
    date: str | None
    citations: tuple[int, ...]
    wording: str = "source"
    span: tuple[int, int] | None = None
    outlet: str | None = None
    columns: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One possible meaning of a question with an open reference; `document.text[start:end]` reports it.

    `date` is as the source writes it (EDTF), `label` the first words of the statement, `question` the full question
    about it.
    """

    date: str
    label: str
    question: str
    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question; `reason` says why nothing is claimed, `nearest` then holds the closest passages.

    `period` is the period that the question names, in its own words; `reach` the last day that the library covers;
    `latest` whether the question asks for the newest; `spelt` a corrected name. `seconds` has total, retrieve and answer.
    `form` is the layout of the claims: `claims`, `timeline` (oldest first), `figures` (numbers of one thing over
    time), `explainer` or `section` (sentences that read as one text, in order). `as_of` is the EDTF date for which a question about
    the present is answered; `missing` what a refusal names as not held, in the question's own words.
    In a `list` (dated, oldest first) `events` holds the number of claims of each event, in order; the claims after the last one
    are published counts of the same thing.
    `alternatives` are the possible meanings of an `unclear` question, to be asked back.
    reason: not_in_library, after_reach, out_of_scope, unclear, chat, injection, empty_library, no_more or None.
    """

    question: str
    asked_as: str
    scope: Scope
    language: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: str | None = None
    disputed: bool = False
    composed: bool = False
    nearest: tuple[Citation, ...] = ()
    generation: str = ""
    undated: int = 0
    period: str | None = None
    reach: str | None = None
    latest: bool = False
    spelt: str | None = None
    suggestions: tuple[str, ...] = ()
    form: str = "claims"
    as_of: str | None = None
    missing: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    events: tuple[int, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        """Whether nothing is claimed."""
        return not self.claims
