"""The gate: a composed sentence is shown only when its own cited passages bear it out, word for word and in meaning.

What is certain is a veto: markers, language, what has no place, quotations, numbers, dates, names, likeness. Everything else
is weighed (judgement.py). What fails is deleted with the reason; a sentence is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.gate.cited import Proof, joined
from bot.gate.entailment import (
    Reading,
    bound,
    least_support,
    likeness,
    support,
    support_features,
)
from bot.gate.figures import count_word_fault, date_fault, number_fault
from bot.gate.intrusions import intrusion_fault, quotation_fault
from bot.gate.judgement import Findings, doubt, findings
from bot.gate.markers import marker_fault, read_markers
from bot.gate.names import name_fault
from bot.nlp.language_id import UNKNOWN, detect
from bot.nlp.names.gazetteer import Gazetteer

_ARABIC = frozenset({"ur", "ps", "fa"})
LONGEST = 600  # characters of a sentence; what is longer is no sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gate found of a sentence: its bare text, the passages it cites, and why it is deleted (None: it is shown)."""

    text: str
    numbers: tuple[int, ...]
    fault: str | None

    @property
    def passed(self) -> bool:
        """Whether the sentence may be shown."""
        return self.fault is None


class Gate:
    """Judges the sentences of one answer against its evidence. Keeps nothing."""

    def __init__(self, proofs: Sequence[Proof], language: str, gazetteer: Gazetteer, reading: Reading) -> None:
        self._proofs = {proof.number: proof for proof in proofs}
        self._language = language
        self._gazetteer = gazetteer
        self._reading = reading

    def judge(self, sentence: str) -> Finding:
        """Whether a sentence with its markers may be shown."""
        marked = read_markers(sentence)
        evidence = "\n".join(proof.text for proof in self._proofs.values())
        fault = marker_fault(marked, self._proofs, evidence)
        if fault is None:
            cited = [self._proofs[number] for number in marked.numbers]
            fault = self._fault(marked.text, cited)
        return Finding(marked.text, marked.numbers, fault)

    def _fault(self, text: str, cited: Sequence[Proof]) -> str | None:
        veto = self._veto(text, cited)
        if veto is not None:
            return veto
        found = findings(text, cited, self._gazetteer, self._reading, self._language)
        return doubt(found, read=self._reading.support is not None) or self._unlike(text, cited)

    def weigh(self, text: str, cited: Sequence[Proof]) -> tuple[str | None, Findings]:
        """A sentence's veto, and everything that is weighed whether or not there is one."""
        veto = self._veto(text, cited) or self._unlike(text, cited)
        return veto, findings(text, cited, self._gazetteer, self._reading, self._language)

    def _veto(self, text: str, cited: Sequence[Proof]) -> str | None:
        language, how = self._language, self._reading
        return (
            form_fault(text, language)
            or intrusion_fault(text, cited)
            or quotation_fault(text, cited, language)
            or number_fault(text, cited)
            or count_word_fault(text, cited, how.terms, language)
            or date_fault(text, cited)
            or name_fault(text, cited, self._gazetteer, how.terms, language)
        )

    def _unlike(self, text: str, cited: Sequence[Proof]) -> str | None:
        return unused_fault(text, cited, self._reading, self._language) or meaning_fault(
            text, cited, self._reading, self._language
        )


def form_fault(text: str, language: str) -> str | None:
    """No sentence, half a one, one too long, a question, or one in another language than the reader's."""
    if sum(char.isalpha() for char in text) < 8:
        return "no sentence"
    if not text.rstrip('”’"») ').endswith((".", "!", "۔", "?", "؟", ":", "…")):
        return "half a sentence"
    if len(text) > LONGEST:
        return "too long"
    if text.rstrip('”"» ').endswith(("?", "؟", ":", "…")):
        return "no statement"
    found = detect(text)
    same = found in {language, UNKNOWN} or {found, language} <= _ARABIC
    return None if same else f"language {found}"


def unused_fault(text: str, cited: Sequence[Proof], reading: Reading, language: str) -> str | None:
    """A marker to a passage that has nothing to do with the sentence: each must be near it by itself."""
    if len(cited) < 2:
        return None
    for proof in cited:
        if likeness(text, [_with_head(proof)], reading.embed) < bound(language, proof.language):
            return f"unlike passage {proof.number}"
    return None


def meaning_fault(text: str, cited: Sequence[Proof], reading: Reading, language: str) -> str | None:
    """A sentence too unlike its passages, or, in their language, one that the fitted judgement does not believe."""
    passages = [_with_head(proof) for proof in cited]
    least = min(bound(language, proof.language) for proof in cited)
    like = likeness(text, passages, reading.embed)
    if like < least:
        return f"unlike its passages ({like:.3f} under {least:.3f})"
    if language != "en" or any(proof.language != "en" for proof in cited):
        return None
    found = support(support_features(text, passages, reading))
    return f"not borne out ({found:.2f} under {least_support():.2f})" if found < least_support() else None


def _with_head(proof: Proof) -> str:
    return joined([proof])
