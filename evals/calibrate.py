"""Fitting the decision whether evidence is enough: `python -m evals.calibrate --data DIR --questions FILE --home HOME`.

DIR holds nq_open_gold and xquad in BEIR's shape; each question is taken once with its gold passage and once without it.
Of FILE (development questions) the odd lines are fitted and the even ones only reported on. The result is written to
bot/sufficiency.json with where it came from.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bot.answers import Answerer
from bot.asked import understand
from bot.chat import chat_reason
from bot.evidence import rank_evidence
from bot.gazetteer import Gazetteer
from bot.selection import within_time
from bot.specifics import missing
from bot.sufficiency import MODEL, features
from evals.answers import claim_text, holds, read_cases
from evals.retrieval import Corpus, index_name, read_lines, read_qrels
from index.encoder import Encoder
from index.generations import Generations
from index.model import open_encoder
from index.search import Index
from index.update import update

OVER_REFUSAL = 0.055  # the share of answerable questions that may be refused, which sets the threshold
# Written for this, as broad and as near the subject as readers ask; questions_held.jsonl beside them is never fitted.
OWN = [Path(__file__).with_name(name) for name in ("calibration.jsonl", "questions_fit.jsonl")]
SIGNS = {"unknown": -1} | dict.fromkeys(
    (
        "shared",
        "score",
        "cosine",
        "close",
        "gap",
        "cosine_passage",
        "share",
        "share_first",
        "names",
        "proper",
        "numbers",
        "counted",
        "kind",
        "on_subject",
    ),
    1,
)
TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Example:
    """The features of a question, whether the evidence for it is enough, and whether it is refused whatever they are."""

    source: str
    features: dict[str, float]
    enough: bool
    weight: float
    held_out: bool
    missing: bool = False


def examples_of_corpus(
    folder: Path, qrels: Path, language: str | None, encoder: Encoder, home: Path, *, sample: int, weight: float
) -> Iterator[Example]:
    """Each sampled question with its gold passage, if that is found, and without it."""
    name = index_name(folder, language)
    update(Corpus(folder / "corpus.jsonl", language), Generations(home / "evals" / name), encoder)
    index = Index.open(home / "evals" / name, encoder)
    relevant = read_qrels(qrels)
    questions = [(str(q["id"]), q["text"]) for q in read_lines(folder / "queries.jsonl") if str(q["id"]) in relevant]
    gazetteer = Gazetteer([])
    for number, (identifier, text) in enumerate(random.Random(7).sample(questions, min(sample, len(questions)))):
        asked = understand(text, gazetteer=gazetteer, known=index.knows, languages=index.languages(), today=TODAY)
        hits = index.search(asked.lookup, 24, words=asked.words)
        gold = set(relevant[identifier])
        for enough in (True, False):
            kept = [hit for hit in hits if enough or hit.passage.document_id not in gold][:20]
            if enough and not any(hit.passage.document_id in gold for hit in kept[:5]):
                continue
            ranked = rank_evidence(index, asked, kept)
            values = features(index, gazetteer, asked, kept, ranked)
            yield Example(f"{folder.name} {qrels.stem}", values, enough, weight, number % 4 == 0)


def examples_of_questions(path: Path, encoder: Encoder, home: Path, *, weight: float) -> Iterator[Example]:
    """The development questions over the shipped library; enough is when the evidence at hand holds the answer."""
    from sources.parties import shipped_parties

    index, gazetteer, parties = Index.open(home, encoder), Gazetteer.load(), shipped_parties()
    for number, case in enumerate(read_cases(path), 1):
        if chat_reason(case.question):
            continue
        asked = understand(
            case.question,
            gazetteer=gazetteer,
            known=index.knows,
            languages=index.languages(),
            today=TODAY,
            history=case.history,
        )
        hits = Answerer(index, gazetteer).search(asked)
        ranked = within_time(asked, rank_evidence(index, asked, hits, gazetteer))
        if case.answerable:
            from bot.citing import claim

            text = " ".join(claim_text(claim(item, 1), parties) for item in ranked[:6])
            if case.must and not holds(case.must, text):
                continue  # whether it should be answered or refused is not for this decision to learn
        yield Example(
            f"questions {case.type}",
            features(index, gazetteer, asked, hits, ranked),
            case.answerable,
            weight,
            number % 2 == 0,
            bool(missing(index, gazetteer, asked, ranked)),
        )


def fit(examples: Sequence[Example]) -> dict[str, Any]:
    """A logistic regression on standardised features; the threshold keeps over-refusal of fitted questions low.

    More of a share or a cosine may only speak for an answer and more unknown words only against it: a feature that comes
    out the other way is left out and the rest fitted again.
    """
    names = sorted(set(examples[0].features) - {"defines"})  # a rule of its own
    while True:
        model = _fit([example for example in examples if not example.held_out], names)
        wrong = [name for name, weight in model["weights"].items() if weight * SIGNS.get(name, 0) < 0]
        if not wrong:
            return model
        names = [name for name in names if name not in wrong]


def _fit(train: Sequence[Example], names: Sequence[str]) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    table = np.array([[example.features[name] for name in names] for example in train])
    means, scales = table.mean(axis=0), np.where(table.std(axis=0) > 1e-6, table.std(axis=0), 1.0)
    model = LogisticRegression(C=0.3, max_iter=2000)
    enough = np.array([example.enough for example in train])
    model.fit((table - means) / scales, enough, sample_weight=np.array([example.weight for example in train]))
    probabilities = model.predict_proba((table - means) / scales)[:, 1]
    of_library = np.array([example.source.startswith("questions") for example in train])
    refused = np.array([example.missing for example in train])
    threshold = float(np.quantile(np.where(refused, 0.0, probabilities)[of_library & enough], OVER_REFUSAL))
    return {
        "weights": dict(zip(names, model.coef_[0].round(4).tolist(), strict=True)),
        "means": dict(zip(names, means.round(5).tolist(), strict=True)),
        "scales": dict(zip(names, scales.round(5).tolist(), strict=True)),
        "intercept": round(float(model.intercept_[0]), 4),
        "threshold": round(threshold, 4),
    }


def report(model: dict[str, Any], examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """For each source, fitted and held out: how many are refused of those that should and should not be."""
    rows: dict[str, dict[str, float]] = {}
    for example in examples:
        total = model["intercept"] + sum(
            weight * (example.features[name] - model["means"][name]) / model["scales"][name]
            for name, weight in model["weights"].items()
        )
        refused = example.missing or 1 / (1 + np.exp(-total)) < model["threshold"]
        half = "held out" if example.held_out else "fitted"
        row = rows.setdefault(f"{example.source} ({half})", {"enough": 0, "refused": 0, "lacking": 0, "caught": 0})
        row["enough" if example.enough else "lacking"] += 1
        if refused:
            row["refused" if example.enough else "caught"] += 1
    return rows


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=300)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    examples_own = [e for path in OWN for e in examples_of_questions(path, encoder, chosen.home, weight=4.0)]
    nq, xquad = chosen.data / "nq_open_gold", chosen.data / "xquad"
    examples = [*examples_own, *examples_of_questions(chosen.questions, encoder, chosen.home, weight=4.0)]
    examples += examples_of_corpus(
        nq, nq / "qrels.tsv", None, encoder, chosen.home, sample=2 * chosen.sample, weight=0.1
    )
    for pair, language in (("ru-en", "en"), ("ar-en", "en"), ("en-ru", "ru"), ("en-ar", "ar")):
        path = xquad / f"qrels.{pair}.tsv"
        examples += examples_of_corpus(
            xquad, path, language, encoder, chosen.home, sample=chosen.sample // 2, weight=0.1
        )
    model = fit(examples)
    rows = report(model, examples)
    for source, row in rows.items():
        print(f"{source:40} refused {row['refused']} of {row['enough']}, caught {row['caught']} of {row['lacking']}")
    about = {
        "fitted": TODAY.isoformat(),
        "with": "logistic regression on standardised features (scikit-learn, C=0.3); python -m evals.calibrate",
        "on": "questions with and without their gold passage (NQ, XQuAD), every other development question, and every"
        " other one of evals/calibration.jsonl and evals/questions_fit.jsonl",
        "counts": rows,
    }
    MODEL.write_text(json.dumps({"about": about, **model}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
