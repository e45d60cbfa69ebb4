"""The gate on sentences written by hand: true paraphrases and false sentences of each kind, in five languages.

`python -m evals.gate.pairs --home HOME [--half NAME] [--show]`. gate_pairs.jsonl has a passage (or two), a sentence about it and
the kind of its fault (or `true`) a line; stranger_pairs.jsonl has those of people who knew no rule of
the gate. What the gate was fitted and measured on: fit.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.composing.composer import reading
from bot.gate.cited import Proof
from bot.gate.entailment import Reading
from bot.gate.gate import Gate
from bot.nlp.names.gazetteer import Gazetteer
from index.model.prepare import open_encoder
from index.search import Index
from sources.parties import Parties, shipped_parties

PAIRS = Path(__file__).with_name("gate_pairs.jsonl")
STRANGERS = Path(__file__).with_name("stranger_pairs.jsonl")
TRUE = "true"


@dataclass(frozen=True, slots=True)
class Pair:
    """A passage with its party, a sentence in the reader's language, and the kind of its fault, or `true`."""

    half: str
    language: str
    passage: str
    party: str | None
    speaker: str | None
    reader: str
    kind: str
    sentence: str
    document: str = ""
    second: Mapping[str, str | None] | None = None

    def proofs(self, parties: Parties) -> list[Proof]:
        """The passages as a composed answer cites them."""
        given = [(self.passage, self.party, self.speaker)]
        if self.second:
            given.append((self.second["passage"] or "", self.second["party"], self.second["speaker"]))
        return [
            Proof(
                number=number,
                text=text,
                language=self.language,
                title="",
                party=party,
                party_names=parties[party].every_name if party and party != "agreed" else (),
                speaker=speaker,
            )
            for number, (text, party, speaker) in enumerate(given, 1)
        ]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair and why the gate deletes its sentence; None where it is shown."""

    pair: Pair
    fault: str | None


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """Every pair of the file."""
    return [Pair(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def judge(pairs: Iterable[Pair], parties: Parties, gazetteer: Gazetteer, how: Reading) -> Iterator[Judged]:
    """What the gate says of each."""
    for pair in pairs:
        proofs = pair.proofs(parties)
        markers = "".join(f"[{proof.number}]" for proof in proofs)
        yield Judged(pair, Gate(proofs, pair.reader, gazetteer, how).judge(f"{pair.sentence} {markers}").fault)


def table(judged: Sequence[Judged]) -> dict[str, str]:
    """Both error rates: false sentences that pass, by kind and by language, and true ones that are deleted."""
    rows: dict[str, str] = {}
    false = [each for each in judged if each.pair.kind != TRUE]
    true = [each for each in judged if each.pair.kind == TRUE]
    rows["false, passed"] = _share(false, passed=True)
    rows["true, deleted"] = _share(true, passed=False)
    for kind in sorted({each.pair.kind for each in false}):
        rows[f"false, {kind}, deleted"] = _share([each for each in false if each.pair.kind == kind], passed=False)
    for language in sorted({each.pair.reader for each in judged}):
        rows[f"false, in {language}, passed"] = _share([e for e in false if e.pair.reader == language], passed=True)
        rows[f"true, in {language}, deleted"] = _share([e for e in true if e.pair.reader == language], passed=False)
    return rows


def _share(judged: Sequence[Judged], *, passed: bool) -> str:
    count = sum((each.fault is None) == passed for each in judged)
    return f"{count} of {len(judged)}" + (f" ({count / len(judged):.2f})" if judged else "")


def main() -> None:
    """Judge every pair and print the table."""
    every = [*read_pairs(), *read_pairs(STRANGERS)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--half", choices=sorted({pair.half for pair in every}))
    parser.add_argument("--show", action="store_true", help="Name what went wrong.")
    chosen = parser.parse_args()
    index = Index.open(chosen.home, open_encoder("multilingual-e5-small", chosen.home, report=print))
    pairs = [pair for pair in every if chosen.half in {None, pair.half}]
    judged = list(judge(pairs, shipped_parties(), Gazetteer.load(), reading(index)))
    for name, value in table(judged).items():
        print(f"{name:36} {value}")
    for each in judged if chosen.show else ():
        if (each.fault is None) != (each.pair.kind == TRUE):
            print(f"{each.pair.kind}, {each.pair.reader}: {each.fault}: {each.pair.sentence}")


if __name__ == "__main__":
    main()
