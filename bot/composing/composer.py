"""Turns an extractive answer into a composed one: fluent sentences by a language model that have passed the gate.

On any failure the extractive answer stands, within the deadline; the composition says what happened.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bot.answering.answer import Answer, Claim
from bot.composing.llm import FOLDER, LanguageModel
from bot.composing.prompt import NOT_ENOUGH, compose_prompt
from bot.composing.rejected import Deleted, DeletedSentences
from bot.composing.sentence_stream import whole_sentences
from bot.composing.tokens import count_tokens
from bot.errors import ModelError
from bot.gate.attribution import NOBODYS
from bot.gate.cited import Proof, proofs_of
from bot.gate.entailment import Reading, support_of
from bot.gate.gate import Finding, Gate
from bot.nlp.names.gazetteer import Gazetteer
from bot.settings import Settings
from index.search import Index
from sources.parties import Parties

SENTENCES = 6  # maximum number of sentences requested from a model
SURVIVING = 0.5  # minimum share of the written sentences that pass; otherwise the extracts are shown
log = logging.getLogger("torkham.compose")
Shown = Callable[[Claim], None]


@dataclass(frozen=True, slots=True)
class Composition:
    """The answer to show and how it was made: deleted sentences, the model's input, why the extracts stand."""

    answer: Answer
    note: str
    kept: int = 0
    deleted: tuple[Deleted, ...] = ()
    evidence_tokens: int = 0
    seconds: float = 0.0


class Composer:
    """Composes answers with one language model. Thread-safe."""

    def __init__(self, settings: Settings, parties: Parties, model: LanguageModel | None = None) -> None:
        self._settings = settings
        self._parties = parties
        self._model = model or LanguageModel(settings)
        self._deleted = DeletedSentences(Path(settings.home) / FOLDER, settings.keep_deleted_days)

    @property
    def model(self) -> LanguageModel:
        """The language model."""
        return self._model

    def compose(
        self,
        answer: Answer,
        index: Index,
        gazetteer: Gazetteer,
        shown: Shown = lambda claim: None,
        *,
        deadline: float | None = None,
    ) -> Composition:
        """The composed answer, or the given one if composing fails; never raises ModelError.

        `deadline` (time.monotonic()) is `llm_deadline_seconds` from now by default, unless part of it has been spent.
        `shown` gets each sentence once it has passed the gate; the extracts may still be shown in the end.
        """
        if answer.abstained:
            return Composition(answer, "nothing to compose: the library does not hold an answer")
        if answer.form == "list":
            return Composition(answer, "nothing to compose: a list is shown whole, and its figures are not joined")
        started = time.monotonic()
        if deadline is None:
            deadline = started + self._settings.llm_deadline_seconds
        proofs = proofs_of(answer, self._parties)
        prompt = compose_prompt(
            answer.asked_as,
            proofs,
            answer.language,
            budget=self._settings.llm_evidence_tokens,
            count=count_tokens,
            sentences=SENTENCES,
        )
        within = [proof for proof in proofs if proof.number in prompt.numbers]
        gate = Gate(within, answer.language, gazetteer, reading(index, support=self._settings.reader != "off"))
        claims: list[Claim] = []
        deleted: list[Deleted] = []
        note = ""
        try:
            if not within:
                raise ModelError("no passage fits into the tokens allowed for evidence")
            most = self._settings.llm_answer_tokens
            with closing(self._model.stream(prompt.messages, deadline=deadline, most_tokens=most)) as pieces:
                for sentence in whole_sentences(pieces, answer.language):
                    self._take(sentence, gate, within, claims, deleted, shown)
                    if time.monotonic() > deadline:
                        raise ModelError("the time was up")
        except ModelError as error:
            note = str(error)
        self._keep(deleted)
        note = verdict(answer, claims, deleted, note)
        made = composed(answer, claims) if not note else answer
        return Composition(
            made,
            note or "composed",
            len(claims),
            tuple(deleted),
            prompt.tokens,
            time.monotonic() - started,
        )

    def _take(
        self,
        sentence: str,
        gate: Gate,
        proofs: Sequence[Proof],
        claims: list[Claim],
        deleted: list[Deleted],
        shown: Shown,
    ) -> None:
        if NOT_ENOUGH in sentence.upper():
            raise ModelError("the model found the passages not enough")
        if len(claims) + len(deleted) >= 3 * SENTENCES:
            raise ModelError("the answer did not end")
        finding = gate.judge(sentence)
        if finding.fault is None and any(finding.text == claim.text for claim in claims):
            finding = replace(finding, fault="said twice")
        if finding.fault is not None:
            deleted.append(Deleted(sentence, finding.fault))
            return
        claims.append(claim_of(finding, proofs))
        shown(claims[-1])

    def _keep(self, deleted: Sequence[Deleted]) -> None:
        try:
            self._deleted.add(deleted, self._settings.llm_model)
        except OSError as error:
            log.warning("deleted sentences cannot be kept (%s)", type(error).__name__)


def reading(index: Index, *, support: bool = True) -> Reading:
    """The text analysis of an index; with the support model if its encoder has one."""
    return Reading(
        index.terms, index.rarity, index.embed, support_of(cast(Hashable, index.encoder)) if support else None
    )


def claim_of(finding: Finding, proofs: Sequence[Proof]) -> Claim:
    """A sentence that passed as a claim: of the party common to all its passages, marked as composed or translated."""
    from bot.nlp.language_id import detect

    cited = [proof for proof in proofs if proof.number in finding.numbers]
    parties = {proof.party for proof in cited}
    dates = {proof.points for proof in cited}
    foreign = any(proof.language != detect(finding.text) for proof in cited)
    return Claim(
        text=finding.text,
        party=next(iter(parties)) if len(parties) == 1 else None,
        speaker=cited[0].speaker if len({proof.speaker for proof in cited}) == 1 else None,
        date="/".join(cited[0].points) or None if len(dates) == 1 else None,
        citations=finding.numbers,
        wording="translated" if foreign else "composed",
    )


def verdict(answer: Answer, claims: Sequence[Claim], deleted: Sequence[Deleted], note: str) -> str:
    """Why the extracts are shown instead; None if the composed sentences may replace them."""
    if note:
        return note
    if not claims:
        return "no sentence passed the gate" if deleted else "the model wrote nothing"
    if len(claims) < SURVIVING * (len(claims) + len(deleted)):
        return f"only {len(claims)} of {len(claims) + len(deleted)} sentences passed the gate"
    missing = sides(answer, answer.claims) - sides(answer, claims) if answer.disputed else set()
    return f"a side is missing: {', '.join(sorted(missing))}" if missing else ""


def sides(answer: Answer, claims: Sequence[Claim]) -> set[str]:
    """The parties behind the claims of some sentences."""
    party = {number: claim.party for claim in answer.claims for number in claim.citations}
    found = {party.get(number) for claim in claims for number in claim.citations}
    return {each for each in found if each is not None and each not in NOBODYS}


def composed(answer: Answer, claims: Sequence[Claim]) -> Answer:
    """The answer with these claims and only the citations they use."""
    used = {number for claim in claims for number in claim.citations}
    citations = tuple(citation for citation in answer.citations if citation.number in used)
    return replace(answer, claims=tuple(claims), citations=citations, composed=True)
