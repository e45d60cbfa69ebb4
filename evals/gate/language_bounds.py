"""How near a sentence is to a passage that says the same in another language: the bounds of likeness for each pair.

FLORES-200 sentences follow each other, so a passage is a sentence and the next one; the sentence itself in another
language is what a good translation looks like, and the passage two further on, mostly of the same report, what a bad
citation does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evals.retrieval.beir import read_lines
from index.encoder import Encoder

SENTENCES = 240  # of each language
LOST = 0.03  # of the sentences of a language that may lie under its bound, less what English claims fall short of that
LOST_ACROSS = 0.05  # of true translations that may lie under the bound of two languages
MERGED = {"prs": "fa"}  # Dari is answered as Persian
Vectors = npt.NDArray[np.float32]


def read_languages(folder: Path) -> dict[str, list[str]]:
    """The first sentences of `corpus.jsonl` ({id: language:number, text, lang}) by language."""
    found: dict[str, list[str]] = {}
    for row in read_lines(folder / "corpus.jsonl"):
        found.setdefault(row["lang"], []).append(row["text"])
    return {language: texts[: SENTENCES + 2] for language, texts in found.items()}


def likenesses(texts: Mapping[str, Sequence[str]], encoder: Encoder) -> dict[tuple[str, str], tuple[Vectors, Vectors]]:
    """For each (sentence's language, passage's): cosines with the passage that says it, and with one that does not."""
    alone = {language: encoder.encode_queries(list(rows)) for language, rows in texts.items()}
    passages = {
        language: encoder.encode_queries([f"{one} {other}" for one, other in pairwise(rows)])
        for language, rows in texts.items()
    }
    found = {}
    for language, rows in alone.items():
        for other, theirs in passages.items():
            if "en" in {language, other} or language == other:
                right = np.sum(rows[:SENTENCES] * theirs[:SENTENCES], axis=1)
                wrong = np.sum(rows[:SENTENCES] * np.roll(theirs[:SENTENCES], -2, axis=0), axis=1)
                found[language, other] = (right, wrong)
    return found


def bounds(found: Mapping[tuple[str, str], tuple[Vectors, Vectors]], english: float) -> dict[str, float]:
    """The bound of each pair. Within a language that of English, fitted on claims, less what the language costs.

    Between two languages words cannot be compared, so likeness has to do more: the bound is that of true translations.
    """
    usual = float(np.quantile(found["en", "en"][0], LOST))
    made: dict[str, float] = {}
    for (one, other), (right, _) in found.items():
        name = f"{MERGED.get(one, one)}-{MERGED.get(other, other)}"
        within = min(english, english - (usual - float(np.quantile(right, LOST))))
        value = within if one == other else float(np.quantile(right, LOST_ACROSS))
        made[name] = round(min(value, made.get(name, 1.0)), 4)
    same = [value for name, value in made.items() if name.split("-")[0] == name.split("-")[1]]
    across = [value for name, value in made.items() if name.split("-")[0] != name.split("-")[1]]
    return {**made, "same": min(same), "other": min(across)}
