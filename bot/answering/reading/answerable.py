"""Whether a question can be answered from what was read for it: one probability, from its candidates taken together.

The likeliest statement alone says less: a question whose words are all known, and to whose like many answers were
written, is answerable at a lower probability than one with a word that the library never uses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bot.answering.reading.features import NAMES as COMPARED
from bot.answering.reading.features import Table
from bot.answering.reading.known import NAMES as KNOWN

NAMES = (*COMPARED, *KNOWN)
AVERAGED_CANDIDATES = 3  # candidates that are averaged
UNWRITTEN = {
    "asked": 0.66,
    "asked_lead": 0.09,
    "asked_words": 0.6,
}  # where nobody wrote questions: about the mean of the others


class Evidence(NamedTuple):
    """What is known of the candidates of a question together, in the order of the classifier's weights."""

    best: float  # log-odds of the likeliest, the mean probability of AVERAGED_CANDIDATES, and the sum of all
    few: float
    total: float
    quick: float  # the highest of the first forest
    read: float  # the highest logit of the model, and the mean of AVERAGED_CANDIDATES
    read_few: float
    asked: float  # the nearest written question, and that of the likeliest; the lead of each
    asked_best: float
    lead: float
    lead_best: float
    words_best: float
    written: float  # share of the candidates for which questions were written
    cosine: float
    unknown: float
    gone: float  # the rarest word that is missing: in the best case, and in the likeliest
    gone_best: float
    share: float
    asked_names: float
    names_best: float
    numbers_best: float
    foreign: float


def evidence(figures: Table, quick: Table, logits: Table, answers: Table) -> Evidence:
    """The evidence of some candidates: `figures` (rows, NAMES), the first forest's word (rows,), the model's logits
    (rows, 3) and P(answers) (rows,)."""
    order = np.argsort(-answers, kind="stable")
    best, few = order[0], answers[order[:AVERAGED_CANDIDATES]]
    read = np.sort(logits[:, 0])[::-1]
    asked, lead, words = (_filled(figures, name) for name in UNWRITTEN)
    return Evidence(
        best=float(np.log(answers[best] / (1 - answers[best]))),
        few=float(few.mean()),
        total=float(answers.sum()),
        quick=float(quick.max()),
        read=float(read[0]),
        read_few=float(read[:AVERAGED_CANDIDATES].mean()),
        asked=float(asked.max()),
        asked_best=float(asked[best]),
        lead=float(lead[asked.argmax()]),
        lead_best=float(lead[best]),
        words_best=float(words[best]),
        written=float(1 - np.isnan(_column(figures, "asked")).mean()),
        cosine=float(_column(figures, "cosine").max()),
        unknown=float(_column(figures, "unknown")[best]),
        gone=float(_column(figures, "rarest_gone").min()),
        gone_best=float(_column(figures, "rarest_gone")[best]),
        share=float(_column(figures, "share_context").max()),
        asked_names=float(_column(figures, "asked_names")[best]),
        names_best=float(_column(figures, "names")[best]),
        numbers_best=float(_column(figures, "numbers")[best]),
        foreign=float(_column(figures, "foreign")[best]),
    )


def _column(figures: Table, name: str) -> Table:
    return figures[:, NAMES.index(name)]


def _filled(figures: Table, name: str) -> Table:
    column = _column(figures, name)
    return np.where(np.isnan(column), np.float32(UNWRITTEN[name]), column)
