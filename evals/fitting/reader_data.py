"""Training examples for the reader: judged questions and public sets, read from a folder and brought to one shape."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANSWERS, CONTEXT, CORRECTS, BESIDE = 2, 1, 3, 0
NEAR, CONTRAST = "near", "contrast"
SUPPORTED, UNSUPPORTED = 0, 3
NLI = {
    "entailment": 0,
    "supported": 0,
    "contradiction": 1,
    "contradicted": 1,
    "neutral": 2,
    "not_supported": 2,
    "not_said": 2,
}
# Only sets whose licence allows a model trained on them to be shipped (docs/reader.md).
ANSWER_SETS = ("squad_sentences", "qamr", "clapnq_dev_sentences", "pquad")
PAIR_SETS = ("fever_pairs", "fm2", "snli_devtest", "cad_nli", "conjnli", "farstail", "wice_tokens_train")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement with its label for a question, and the words that answer where they are known.

    `asked` is a question that the statement is known to answer, and is read before it.
    """

    text: str
    label: int
    span: str | None = None
    document: str = ""
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with judged candidates. `group` is what it must not share with the questions it is measured on.

    A `kind` of NEAR or CONTRAST: only its candidates' own labels are known, another statement may answer it.
    `held`: the reader is not trained on it, so that forests can be fitted on it.
    """

    id: str
    text: str
    candidates: tuple[Candidate, ...]
    lang: str = "en"
    kind: str = ""
    group: str = ""
    history: tuple[str, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise and a hypothesis: 0 supported, 1 contradicted, 2 not said, 3 one of these two."""

    premise: str
    hypothesis: str
    label: int
    kind: str = ""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def judged(path: Path) -> list[Question]:
    """The judged questions of a file; those without candidates are left out."""
    found = []
    for row in rows(path):
        candidates = tuple(
            Candidate(each["text"], int(each["label"]), each.get("span"), each.get("document", ""), each.get("asked"))
            for each in row["candidates"]
        )
        if candidates:
            group = str(row["id"]).split("-")[0]
            found.append(
                Question(
                    str(row["id"]),
                    row["question"],
                    candidates,
                    row["lang"],
                    row["kind"],
                    group,
                    tuple(row["history"]),
                    bool(row.get("held")),
                )
            )
    return found


def held_out(path: Path) -> list[Question]:
    """The questions of a file that the reader was not trained on: those marked `held`, or all where none is."""
    found = judged(path)
    return [question for question in found if question.held] or found


def public_questions(folder: Path, seed: int = 1) -> list[Question]:
    """Questions with answering and other sentences, out of the sets of ANSWER_SETS that the folder holds."""
    chance = random.Random(seed)
    found: list[Question] = []
    for name in ANSWER_SETS:
        path = folder / f"{name}.jsonl"
        if not path.exists():
            continue
        made = list(_readers[name](rows(path), chance))
        found += [
            Question(f"{name}-{i}", text, tuple(each), lang, "", name) for i, (text, each, lang) in enumerate(made)
        ]
    return found


_Made = tuple[str, list[Candidate], str]


def _grouped(found: Iterable[dict[str, Any]], chance: random.Random) -> Iterator[_Made]:
    by_question: dict[str, list[Candidate]] = defaultdict(list)
    for row in found:
        by_question[row["question"]].append(Candidate(row["sentence"], ANSWERS if row["label"] else BESIDE))
    for text, candidates in by_question.items():
        chance.shuffle(candidates)
        yield text, candidates[:8], "en"


def _asked_of(found: Iterable[dict[str, Any]], chance: random.Random) -> Iterator[_Made]:
    """Questions that each have one sentence: the others of the same kind of text serve as the rest."""
    items = [row for row in found if "_" not in row["question"]]
    by_page: dict[str, set[str]] = defaultdict(set)
    for row in items:
        by_page[row["sentence_id"].rsplit(":", 2)[0]].add(row["sentence"])
    everything = [row["sentence"] for row in items]
    for row in items:
        rest = sorted(by_page[row["sentence_id"].rsplit(":", 2)[0]] - {row["sentence"]})
        others = [*chance.sample(rest, min(2, len(rest))), *chance.sample(everything, 2)]
        yield (
            row["question"],
            [
                Candidate(row["sentence"], ANSWERS),
                *(Candidate(each, BESIDE) for each in others if each != row["sentence"]),
            ],
            "en",
        )


def _paragraphs(found: Iterable[dict[str, Any]], chance: random.Random) -> Iterator[_Made]:
    """A paragraph cut into sentences: the one with the answer's words, where there is one, and up to five others."""
    for row in found:
        sentences = [each.strip() for each in re.split(r"(?<=[.؟!])\s+", row["passage"]) if len(each.strip()) > 15]
        answer = row.get("answer") or ""
        holding = [each for each in sentences if answer and answer in each]
        others = [each for each in sentences if not answer or answer not in each]
        if row["answerable"] and len(holding) != 1:
            continue
        chance.shuffle(others)
        made = [
            *(Candidate(each, ANSWERS, answer) for each in holding),
            *(Candidate(each, BESIDE) for each in others[:5]),
        ]
        if made:
            yield row["question"], made, "fa"


_readers = {"squad_sentences": _grouped, "clapnq_dev_sentences": _grouped, "qamr": _asked_of, "pquad": _paragraphs}


def pairs(folder: Path) -> list[Pair]:
    """Premises and hypotheses of the sets of PAIR_SETS that the folder holds."""
    found: list[Pair] = []
    for name in PAIR_SETS:
        path = folder / f"{name}.jsonl"
        if path.exists():
            found += [
                Pair(row["premise"], row["hypothesis"], NLI[row["label"]], name)
                for row in rows(path)
                if row["label"] in NLI
            ]
    return list({(each.premise, each.hypothesis): each for each in found}.values())


def own_pairs(path: Path, half: str) -> list[Pair]:
    """The pairs of one half of the gate's file: what is false there is contradicted or not said."""
    return [
        Pair(row["passage"], row["sentence"], SUPPORTED if row["kind"] == "true" else UNSUPPORTED, row["kind"])
        for row in rows(path)
        if row["half"] == half
    ]
