"""A home that something is fitted on: its encoder and index, questions as answers understand them, and readers of one half.

Two readers are each trained on one half of some questions (reader_train.py --halved); what is fitted on these questions is given
what the reader says that was not trained on them. The shipped reader is the mean of both.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

from bot.answering.reading.features import Question
from bot.answering.reading.known import Known
from bot.answering.reading.reader import FOLDER, Reader
from bot.answering.reading.trees import Trees
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.follow_up import Leaning
from bot.question.query import understand
from index.encoder import Encoder
from index.model.onnx import open_session
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index

TODAY = date(2026, 11, 28)  # of every fitting, so that it can be made again
HALVES = 2
T = TypeVar("T")


@dataclass(frozen=True)
class Home:
    """An opened home, and the file that is to be written."""

    encoder: Encoder
    index: Index
    gazetteer: Gazetteer
    out: Path


def opened(about: str) -> Home:
    """The home of the command line's --home, and its --out."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    encoder = open_encoder(DEFAULT_MODEL, chosen.home, report=print)
    return Home(encoder, Index.open(chosen.home, encoder), Gazetteer.load(), chosen.out)


def half(identifier: str) -> int:
    """0 or 1: the half that a question is of."""
    return crc32(identifier.encode()) % HALVES


def readers(encoder: Any, files: Sequence[Path]) -> list[Reader]:
    """The shipped reader with the network of each file in place of its own."""
    described = json.loads((FOLDER / "judge.json").read_text(encoding="utf-8"))
    known = Known.open(encoder.fingerprint, FOLDER)
    quick, judge = Trees.read(described["quick"]), Trees.read(described["judge"])
    return [Reader(encoder, open_session(file), quick, judge, described["about"], known) for file in files]


def of_half(identifier: str, found: Sequence[T]) -> T:
    """Of two, each with a reader of one half, the one that does not know a question; of one that one."""
    return found[1 - half(identifier)] if len(found) == HALVES else found[0]


def understood(
    text: str, index: Index, gazetteer: Gazetteer, *, history: Sequence[str] = (), single: bool = False
) -> Question:
    """A question as an answer from this index understands it on TODAY."""
    asked = understand(
        text,
        gazetteer=gazetteer,
        known=index.knows,
        languages=index.languages(),
        today=TODAY,
        history=history,
        single=single,
        leaning=Leaning.of(gazetteer, index.encoder.fingerprint, index.embed),
    )
    return Question(asked, index, gazetteer)
