"""The evidence for a sentence: the cited passages with their speaker, date and publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answering.answer import Answer, Citation, Claim
from index.normalise import normalise
from sources.edtf import parse_date
from sources.errors import SourceError
from sources.parties import Parties


@dataclass(frozen=True)
class Proof:
    """A numbered passage of the evidence, with its title, party, speaker and the first and last ISO day of its date.

    `points`: the endpoints of the date as written (each a year, month or day). `own`: from a brief, that is our own summary,
    whose words are not a quotation.
    """

    number: int
    text: str
    language: str
    title: str
    party: str | None = None
    party_names: tuple[str, ...] = ()
    speaker: str | None = None
    publisher: str | None = None
    first: str | None = None
    last: str | None = None
    points: tuple[str, ...] = ()
    own: bool = True
    opinion: bool = False

    @cached_property
    def head(self) -> str:
        """The names of the party and the speaker, separated by a comma."""
        return ", ".join(filter(None, [*self.party_names[:1], self.speaker]))

    @cached_property
    def folded(self) -> str:
        """The normalised text, for comparison."""
        return normalise(self.text)


def proofs_of(answer: Answer, parties: Parties) -> list[Proof]:
    """The evidence of an answer: each citation with the party, speaker and date of its claim."""
    claims = {number: claim for claim in answer.claims for number in claim.citations}
    return [_proof(citation, claims[citation.number], parties) for citation in answer.citations]


def joined(proofs: Sequence[Proof]) -> str:
    """The texts of several passages, each prefixed with its party and speaker, one per line."""
    return "\n".join(f"{proof.head}: {proof.text}" if proof.head else proof.text for proof in proofs)


def _proof(citation: Citation, claim: Claim, parties: Parties) -> Proof:
    party = parties[claim.party] if claim.party else None
    first, last = _span(claim.date)
    return Proof(
        number=citation.number,
        text=citation.quote,
        language=citation.language,
        title=citation.title,
        party=claim.party,
        party_names=party.every_name if party else (),
        speaker=claim.speaker,
        publisher=citation.publisher,
        first=first,
        last=last,
        points=tuple((claim.date or "").removesuffix("~").split("/")) if first else (),
        own=citation.kind == "brief",
        opinion=citation.kind == "opinion",
    )


def _span(written: str | None) -> tuple[str | None, str | None]:
    try:
        span = parse_date(written) if written else None
    except SourceError:  # an added document may have a date in free form
        return None, None
    return (span.date_from, span.date_to) if span else (None, None)
