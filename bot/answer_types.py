"""The parts of an answer: claims, citations, and what is said when there are none."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.passages import Scope
from sources.document import Reference


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim stands: `quote == text[start:end]` of the document with that digest.

    Of a brief (`kind`) the quote is a summary of ours after the references; of any other kind the source's own words.
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

    `wording` tells whose words they are: of the `source`, or of a language model (`composed`, `translated`).
    """

    text: str
    party: str | None
    speaker: str | None
    date: str | None
    citations: tuple[int, ...]
    wording: str = "source"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question; `reason` says why nothing is claimed, `nearest` then holds what came near.

    `period` is the time that the question speaks of, in its own words; `reach` the last day that the library tells of;
    `latest` whether the newest was asked for; `spelt` a name put right. `seconds` has total, retrieve and answer.
    reason: not_in_library, after_reach, out_of_scope, chat, injection, empty_library or None.
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
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        """True whenever nothing is claimed."""
        return not self.claims
