"""Fits and writes the space in which questions are compared: `python -m evals.fitting.questions.known --home HOME [--rows FILE.npz]`.

To be run again whenever `sources/library/questions.jsonl` or the model changes. The encoder brings texts on one subject
together; what is wanted is that questions with one answer are. So a linear map of its vectors is fitted on pairs of questions
that were written for one statement or are wordings of one explainer, in two languages as often as not, against those of the
nearest others and against those that the statement only seems to answer (InfoNCE, van den Oord et al., 2018). FILE keeps the
encoder's vectors. With `--keep-map` the shipped map stays, and with it all that was fitted on it: enough for a few new statements.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from bot.answering.reading.known import FILE, STEP, described, spans, texts
from bot.answering.reading.reader import FOLDER
from bot.question.input import normal_form
from index.encoder import Encoder, Vectors, unit
from index.model.prepare import open_encoder
from index.search import Index
from sources.briefs.explainers import questions
from sources.statement_questions import StatementQuestions, shipped_questions

BATCH = 256  # texts embedded at once
SIZE = 192  # components of a vector in the space
STEPS = 900
DRAWN, BESIDE = 96, 3  # statements drawn for a step, and of the nearest to each
NEAREST = 12  # statements of which these are taken
RATE, SHARPNESS, SMOOTHING, DROPPED = 1e-3, 20.0, 0.05, 0.1


def embedded(encoder: Encoder, written: Sequence[str], kept: Path | None) -> Vectors:
    """The encoder's vectors of texts, (texts, dimension), from a file as far as it has them."""
    known: dict[str, npt.NDArray[np.float32]] = {}
    if kept and kept.exists():
        stored = np.load(kept)
        known = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))
    new = sorted({text for text in written if text not in known}, key=len)
    for at in range(0, len(new), BATCH):
        part = new[at : at + BATCH]
        known.update(zip(part, encoder.encode_queries(part), strict=True))
        print(f"{at + len(part):,} of {len(new):,}", flush=True)
    vectors = np.stack([known[text] for text in written])
    if kept:
        np.savez(kept, texts=np.array(written), vectors=vectors)
    return vectors


class Space(nn.Module):  # type: ignore[misc,unused-ignore]
    """A linear map of the encoder's vectors, which begins as their principal components."""

    def __init__(self, vectors: Vectors) -> None:
        super().__init__()
        self.middle = torch.from_numpy(vectors.mean(0))
        axes = np.linalg.svd(vectors[::3] - vectors.mean(0), full_matrices=False)[2][:SIZE]
        self.map = nn.Linear(vectors.shape[1], SIZE)
        with torch.no_grad():
            self.map.weight.copy_(torch.from_numpy(axes))
            self.map.bias.zero_()

    def forward(self, vectors: Tensor) -> Tensor:
        """Unit vectors of the space."""
        return nn.functional.normalize(self.map(vectors - self.middle), dim=-1)

    def affine(self) -> tuple[Vectors, Vectors]:
        """The map as a matrix (dimension, SIZE) and a shift (SIZE,)."""
        matrix = self.map.weight.detach().numpy().T
        shift = self.map.bias.detach().numpy() - self.middle.numpy() @ matrix
        return matrix.astype(np.float32), shift.astype(np.float32)


def fitted(statements: Sequence[StatementQuestions], vectors: Vectors) -> Space:
    """Fit the map: of two questions of a statement each is to find the other."""
    chance, space = random.Random(3), Space(vectors)
    torch.manual_seed(3)
    places = list(spans(statements))
    answers, near = [range(a, b) for a, b, _ in places], [range(b, c) for _, b, c in places]
    middles = np.stack([vectors[own.start : own.stop].mean(0) for own in answers]) - vectors.mean(0)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    around = np.argsort(-(middles @ middles.T), axis=1)[:, 1 : NEAREST + 1].tolist()
    given = torch.from_numpy(vectors)
    able = [at for at, own in enumerate(answers) if len(own) > 1]
    optimiser = torch.optim.AdamW(space.parameters(), lr=RATE, weight_decay=0.02)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 50) * max(0.02, 1 - step / STEPS)
        drawn = chance.sample(able, min(DRAWN, len(able)))
        chosen = list(dict.fromkeys(s for at in drawn for s in (at, *chance.sample(around[at], BESIDE))))
        pairs = [chance.sample(answers[at], 2) for at in chosen if len(answers[at]) > 1]
        seeming = [chance.choice(near[at]) for at in chosen if near[at]]
        rows = [*(one for one, _ in pairs), *(other for _, other in pairs), *seeming]
        one, other, wrong = space(nn.functional.dropout(given[rows], DROPPED)).split(
            [len(pairs), len(pairs), len(seeming)]
        )
        right = torch.arange(len(pairs))
        loss = _loss(one, torch.cat([other, wrong]), right) + _loss(other, one, right)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"{step} of {STEPS}, loss {loss.item():.3f}", flush=True)
    return space


def explained(index: Index) -> list[StatementQuestions]:
    """The wordings of each explainer, as if they were written for one statement."""
    wordings: dict[tuple[str, int], list[str]] = {}
    for each in questions(index.explainers()):
        wordings.setdefault((each.document_id, each.index), []).append(each.text)
    return [StatementQuestions(document, str(at), tuple(own)) for (document, at), own in wordings.items()]


def _loss(asked: Tensor, found: Tensor, right: Tensor) -> Tensor:
    return nn.functional.cross_entropy(SHARPNESS * asked @ found.T, right, label_smoothing=SMOOTHING)


def main() -> None:
    """Embed the questions, fit the space, write both with what they were made from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--keep-map", action="store_true")
    parser.add_argument("--out", type=Path, default=FOLDER / FILE)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    statements = shipped_questions()
    if chosen.keep_map:
        with np.load(FOLDER / FILE, allow_pickle=False) as stored:
            matrix, shift = stored["matrix"], stored["shift"]
        vectors = embedded(encoder, [normal_form(text) for text in texts(statements)], chosen.rows)
    else:
        own = explained(Index.open(chosen.home, encoder))
        vectors = embedded(encoder, [normal_form(text) for text in texts([*statements, *own])], chosen.rows)
        matrix, shift = fitted([*statements, *own], vectors).affine()
    mapped = unit(vectors[: len(texts(statements))] @ matrix + shift)
    rounded = np.clip(np.rint(mapped / STEP), -127, 127).astype(np.int8)
    np.savez_compressed(chosen.out, vectors=rounded, matrix=matrix, shift=shift)
    chosen.out.with_suffix(".json").write_text(f"{json.dumps(described(encoder.fingerprint))}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
