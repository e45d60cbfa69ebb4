"""What the reader is trained on, as the network is given it: the token states of texts, and questions with their candidates."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from bot.question.input import normal_form
from evals.fitting.reader_data import ANSWERS, CONTRAST, CORRECTS, NEAR, Candidate, Question
from evals.fitting.reader_net import LOWER_LAYERS, WRITTEN, Array

BATCH_TEXTS = 48  # texts in one run of the lower layers
TEXT_TOKENS = 64  # tokens kept of a text


def bfloat16_where_native() -> torch.autocast:
    """Products in bfloat16 where the processor has them; elsewhere they are emulated, twenty times slower than float32."""
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=native)


class States:
    """The lower layers' token states of texts, made once each."""

    def __init__(self, folder: str) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
        self._kept: dict[str, tuple[Array, list[int]]] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Read the texts that are not there yet."""
        new = sorted(set(texts) - self._kept.keys(), key=len)
        for start in range(0, len(new), BATCH_TEXTS):
            self._read(new[start : start + BATCH_TEXTS])

    def __getitem__(self, text: str) -> tuple[Array, list[int]]:
        return self._kept[text]

    def joined(self, texts: Sequence[str]) -> tuple[Array, list[int]]:
        """The states and ids of a statement, after those of the question that is read before it."""
        *written, last = (self._kept[text] for text in texts)
        cut = [(states[:WRITTEN], ids[:WRITTEN]) for states, ids in written]
        states = np.concatenate([*(states for states, _ in cut), last[0]])
        return states, [i for _, ids in (*cut, last) for i in ids]

    def _read(self, texts: Sequence[str]) -> None:
        given = self.tokenizer(list(texts), padding=True, truncation=True, max_length=TEXT_TOKENS, return_tensors="pt")
        with torch.no_grad(), bfloat16_where_native():
            hidden = self.model.embeddings(given["input_ids"])
            added = (1.0 - given["attention_mask"][:, None, None, :].float()) * torch.finfo(torch.float32).min
            for layer in list(self.model.encoder.layer)[:LOWER_LAYERS]:
                out = layer(hidden, attention_mask=added)
                hidden = out[0] if isinstance(out, tuple) else out
        for row, text in enumerate(texts):
            length = int(given["attention_mask"][row].sum())
            self._kept[text] = (
                hidden[row, :length].float().numpy().astype(np.float16),
                given["input_ids"][row, :length].tolist(),
            )


def asked(text: str) -> str:
    """A question as the reader is given it."""
    return f"query: {text}"


def said(text: str) -> str:
    """A statement as the reader is given it."""
    return f"passage: {text}"


@dataclass(frozen=True, slots=True)
class Item:
    """Texts to compare with one first text; labels and spans (first and last token of the second text) for each.

    A second text may be two that are read one after the other. `whole`: no other text than these can answer.
    """

    first: str
    seconds: tuple[tuple[str, ...], ...]
    labels: tuple[int, ...]
    spans: tuple[tuple[int, int] | None, ...]
    whole: bool = True


def item_of(question: Question, normal: Any, tokenizer: Any) -> Item:
    """A question with its candidates as the network is given them."""
    seconds = tuple(_second(each) for each in question.candidates)
    spans = tuple(_span(tokenizer, each) for each in question.candidates)
    labels = tuple(each.label for each in question.candidates)
    return Item(asked(normal(question)), seconds, labels, spans, question.kind not in (NEAR, CONTRAST))


def _second(candidate: Candidate) -> tuple[str, ...]:
    written = (asked(normal_form(candidate.asked)),) if candidate.asked else ()
    return (*written, said(candidate.text))


def _span(tokenizer: Any, candidate: Candidate) -> tuple[int, int] | None:
    """The first and last token of the words that answer, counted from the beginning of the second text."""
    inside = _tokens_of(tokenizer, candidate.text, candidate.span) if candidate.span else None
    if inside is None or not candidate.asked:
        return inside
    before = min(WRITTEN, len(tokenizer(_second(candidate)[0])["input_ids"]))
    return (inside[0] + before, inside[1] + before)


def fewer(question: Question, most: int, chance: random.Random) -> Question:
    """A question with at most `most` candidates: up to half of them what answers or corrects, the others by chance."""
    rows = chance.sample(question.candidates, len(question.candidates))
    telling = [each for each in rows if each.label in (ANSWERS, CORRECTS)][: most // 2]
    rest = [each for each in rows if each.label not in (ANSWERS, CORRECTS)]
    return replace(question, candidates=(*telling, *rest[: most - len(telling)]))


def alone(question: Question) -> Question:
    """A question whose statements are read without a written question."""
    return replace(question, candidates=tuple(replace(each, asked=None) for each in question.candidates))


def _tokens_of(tokenizer: Any, text: str, span: str) -> tuple[int, int] | None:
    at = text.find(span)
    if at < 0:
        return None
    before = len("passage: ")
    offsets = tokenizer(said(text), return_offsets_mapping=True, truncation=True, max_length=TEXT_TOKENS)[
        "offset_mapping"
    ]
    inside = [i for i, (a, b) in enumerate(offsets) if b > a and a < before + at + len(span) and b > before + at]
    return (inside[0], inside[-1]) if inside else None


def normal_text(question: Question) -> str:
    """A question as it is looked up: with what it leans on, in the form in which case and politeness are gone."""
    return normal_form(" ".join([*question.history[-1:], question.text]))
