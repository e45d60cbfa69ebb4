"""A home that something is fitted on: its encoder and index, and questions as answers understand them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.nlp.names.gazetteer import Gazetteer
from bot.question.query import Asked, understand
from index.encoder import Encoder
from index.model.prepare import open_encoder
from index.model.source import DEFAULT
from index.search import Index

TODAY = date(2026, 11, 28)  # of every fitting, so that it can be made again


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
    encoder = open_encoder(DEFAULT, chosen.home, report=print)
    return Home(encoder, Index.open(chosen.home, encoder), Gazetteer.load(), chosen.out)


def understood(
    text: str, index: Index, gazetteer: Gazetteer, *, history: Sequence[str] = (), single: bool = False
) -> Asked:
    """A question as an answer from this index understands it on TODAY."""
    return understand(
        text,
        gazetteer=gazetteer,
        known=index.knows,
        languages=index.languages(),
        today=TODAY,
        history=history,
        single=single,
    )
