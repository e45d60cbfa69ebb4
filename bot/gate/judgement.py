"""Classifier of composed sentences: gradient-boosted trees over the findings of the rules and the scores of the support model.

Except for CERTAIN no rule of `RULES` decides alone; each is one feature. The trees are in judgement.json, fitted by
`python -m evals.gate.fit`; docs/composing.md has the results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.answering.reading.trees import Floats, Trees
from bot.gate import WORD_FILES
from bot.gate.attribution import attribution_fault
from bot.gate.cited import Proof, joined
from bot.gate.entailment import Reading, bound, likeness, stretch, support_features
from bot.gate.figures import counted_fault, swapped_fault
from bot.gate.negation import polarity_fault
from bot.gate.qualifiers import Terms, qualifier_faults
from bot.gate.roles import beside_fault, order_fault
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.word_lists import words_of_all

MODEL = Path(__file__).with_name("judgement.json")
MIN_CLAUSE_WORDS = 4  # of a clause that is read by itself
_CLAUSE = re.compile(rf"[,;:،؛—–]\s|\s(?:{'|'.join(words_of_all('clauses', 'read_alone', WORD_FILES))})\s")
KEPT = ("part", "only", "condition", "hedge", "chance", "doubt", "denial", "intent")
ADDED = ("all", "only", "cause", "motive", "superlative", "certain", "judgement", "after", "before", "again", "thing")
RULES = (
    *("unnamed", "unsaid", "counted", "swapped", "order", "beside", "polarity", "bound", "invented"),
    *(f"lost {name}" for name in KEPT),
    *(f"added {name}" for name in ADDED),
)
# An act ascribed to another party than in the passage: the worst fault, with few false positives.
CERTAIN = ("beside",)
READ = ("supported", "contradicted", "whole", "back", "against", "clause", "alike", "least_alike", "back_alike")
WORDS = ("covered", "nearest", "pairs", "missing", "rarest", "run", "names", "denied", "contrary")
NAMES = (*RULES, *READ, *WORDS, "found", "stretch", "meaning", "length", "share", "across")


@dataclass(frozen=True, slots=True)
class Findings:
    """The faults that the rules found in a sentence, by rule, and its feature row, (len(NAMES),)."""

    faults: Mapping[str, str]
    row: Floats


def findings(text: str, cited: Sequence[Proof], gazetteer: Gazetteer, reading: Reading, language: str) -> Findings:
    """Apply all rules to a sentence and compute its features."""
    faults = _faults(text, cited, gazetteer, reading.terms, language)
    passages = [joined([proof]) for proof in cited]
    across = language != cited[0].language
    figures = dict.fromkeys(NAMES, 0.0) | dict.fromkeys(faults, 1.0)
    if not across:
        figures |= {name: value for name, value in support_features(text, passages, reading).items() if name in WORDS}
        figures["stretch"] = float(stretch(text, passages, reading.terms))
    least = min(bound(language, proof.language) for proof in cited)
    figures["meaning"] = likeness(text, passages, reading.embed) - least
    figures["found"] = float(len(faults))
    figures["length"] = float(np.log1p(len(text.split())))
    figures["share"] = len(text) / max(1, sum(len(proof.text) for proof in cited))
    figures["across"] = float(across)
    if reading.support is not None:
        figures |= _read(text, cited, passages, reading.support)
    return Findings(faults, np.array([figures[name] for name in NAMES], np.float32))


def _faults(text: str, cited: Sequence[Proof], gazetteer: Gazetteer, terms: Terms, language: str) -> dict[str, str]:
    """The faults found, by rule, the most informative first."""
    speaker = attribution_fault(text, cited, gazetteer, language)
    found = {
        "unsaid" if speaker and speaker.startswith("not said") else "unnamed": speaker,
        "counted": counted_fault(text, cited, terms),
        "swapped": swapped_fault(text, cited, terms, language),
        "order": order_fault(text, cited, gazetteer, terms, language),
        "beside": beside_fault(text, cited, gazetteer, terms, language),
        "polarity": polarity_fault(text, cited, terms, language),
        **qualifier_faults(text, cited, terms, language),
    }
    return {name: fault for name, fault in found.items() if fault}


def _read(text: str, cited: Sequence[Proof], passages: Sequence[str], support: Any) -> dict[str, float]:
    """Scores of the support model: entailment in both directions and by clause, and token similarity to the passages."""
    bare = [proof.text for proof in cited]
    premises = [*passages, *bare] if len(bare) == 1 else [*passages, " ".join(bare)]
    there = [support(text, each) for each in premises]
    back = [support(each, text) for each in bare]
    clauses = [each for each in _CLAUSE.split(text) if each and len(each.split()) >= MIN_CLAUSE_WORDS]
    near, far = support.alike(text, " ".join(bare))
    return {
        "supported": max(each.supported for each in there),
        "contradicted": min(each.contradicted for each in there),
        "whole": there[-1].supported,
        "back": max(each.supported for each in back),
        "against": max(each.contradicted for each in back),
        "clause": min((max(support(each, one).supported for one in bare) for each in clauses), default=1.0),
        "alike": float(near.mean()),
        "least_alike": float(np.sort(near)[:3].mean()),
        "back_alike": float(far.mean()),
    }


def doubt(found: Findings, *, read: bool) -> str | None:
    """Why a sentence is rejected: the first fault found, otherwise its probability; None if it passes.

    `read`: whether the support model has read it; if not, a second forest decides, fitted without its scores.
    """
    if certain := next((found.faults[name] for name in CERTAIN if name in found.faults), None):
        return certain
    borne, least = float(believed(found.row[None], read=read)[0]), float(_model()["least"][_which(read)])
    if borne >= least:
        return None
    return next(iter(found.faults.values()), f"not borne out ({borne:.2f} under {least:.2f})")


def believed(rows: Floats, *, read: bool) -> Floats:
    """The probability (rows,) that each sentence is supported, from feature rows (rows, len(NAMES))."""
    return _forest(_which(read))(rows)


def _which(read: bool) -> str:
    return "read" if read else "unread"


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))
    return model


@cache
def _forest(which: str) -> Trees:
    return Trees.read(_model()[which])
