"""The gate: a composed sentence is shown only if the passages that it cites support it, in wording and in meaning.

Reliable rules are vetoes: markers, form and language, intrusions, quotations, numbers, dates, names, similarity. The others are
features of a classifier (judgement.py). A sentence that fails is deleted, with the reason; sentences are never edited.
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
MIN_SENTENCE_LETTERS = 8
MAX_SENTENCE_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a sentence: its text without markers, the passages it cites, and why it is deleted (None: it is shown)."""

    text: str
    numbers: tuple[int, ...]
    fault: str | None

    @property
    def passed(self) -> bool:
        """Whether the sentence may be shown."""
        return self.fault is None


class Gate:
    """Judges the sentences of one answer against its evidence, each independently of the others."""

    def __init__(self, proofs: Sequence[Proof], language: str, gazetteer: Gazetteer, reading: Reading) -> None:
        self._proofs = {proof.number: proof for proof in proofs}
        self._language = language
        self._gazetteer = gazetteer
        self._reading = reading

    def judge(self, sentence: str) -> Finding:
        """Judge a sentence with its citation markers."""
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
        """The veto on a sentence, if any, and its findings, which are computed in either case."""
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
    """Rejects fragments, overlong sentences, questions, and sentences in the wrong language."""
    if sum(char.isalpha() for char in text) < MIN_SENTENCE_LETTERS:
        return "no sentence"
    if not text.rstrip('”’"») ').endswith((".", "!", "۔", "?", "؟", ":", "…")):
        return "half a sentence"
    if len(text) > MAX_SENTENCE_CHARACTERS:
        return "too long"
    if text.rstrip('”"» ').endswith(("?", "؟", ":", "…")):
        return "no statement"
    found = detect(text)
    same = found in {language, UNKNOWN} or {found, language} <= _ARABIC
    return None if same else f"language {found}"


def unused_fault(text: str, cited: Sequence[Proof], reading: Reading, language: str) -> str | None:
    """Rejects a citation unrelated to the sentence: each cited passage must be similar enough by itself."""
    if len(cited) < 2:
        return None
    for proof in cited:
        if likeness(text, [_with_head(proof)], reading.embed) < bound(language, proof.language):
            return f"unlike passage {proof.number}"
    return None


def meaning_fault(text: str, cited: Sequence[Proof], reading: Reading, language: str) -> str | None:
    """Rejects a sentence too dissimilar to its passages or, if all are in English, one that `support` scores too low."""
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
