"""Questions to train the reader on, each statement with the written question that is read before it.

`python -m evals.fitting.reader_written --home HOME --out FOLDER [JUDGED…]` writes `written.jsonl`, made of the library's
own questions (sources/statement_questions.py), and each judged file again with `asked`: the written question nearest to the question.
Of a file of rated answers (whole_answers.jsonl) the questions with marked statements become judged ones.
In `written.jsonl` a question never stands before a statement that it was written for: the nearest other one does.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answering.reading.known import STEP, Known, spans, texts
from bot.answering.reading.reader import FOLDER
from bot.question.input import normal_form
from evals.fitting.reader_data import ANSWERS, BESIDE, CORRECTS, NEAR, rows
from index.encoder import Vectors
from index.model.prepare import open_encoder
from index.search import Index
from sources.events import digest

ENGLISH, FOREIGN = 2, 1  # questions of a statement
SEEMING = 2  # questions that it only seems to answer
WRONG = 3  # statements that do not answer, for each
BAND = (0.50, 0.68)  # cosine with the nearest question of such a statement: beyond it the statement may answer, too
MARKS = {"marked": ANSWERS, "corrects": CORRECTS}
NEAREST = 40  # statements of which they are taken


class Statements:
    """The statements with written questions, their texts and the vectors of the questions."""

    def __init__(self, index: Index, known: Known) -> None:
        self.known, self.vectors = known, known.vectors * STEP
        self.said = said = {
            digest(document.text[each.start : each.end]): document.text[each.start : each.end]
            for document in index.each_document()
            for each in document.statements
        }
        self.at = {each.digest: at for at, each in enumerate(known.statements)}
        self.text = [said[each.digest] for each in known.statements]
        self.answers = [range(first, then) for first, then, _ in spans(known.statements)]
        self.questions = texts(known.statements)

    def asked(self, vector: Vectors, statement: int, but: int | None = None) -> str | None:
        """The question written for a statement that is nearest to a vector, and is not `but`."""
        own = [row for row in self.answers[statement] if row != but]
        return self.questions[max(own, key=lambda row: float(self.vectors[row] @ vector))] if own else None

    def best(self, vector: Vectors) -> npt.NDArray[np.float32]:
        """The cosine of a vector with the nearest question written for each statement, (statements,)."""
        cosines = self.vectors @ vector
        return np.array([cosines[own.start : own.stop].max() for own in self.answers], np.float32)


def written(statements: Statements, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Questions made of the written ones: of each statement ENGLISH in English, FOREIGN in other languages, and SEEMING that
    it only seems to answer."""
    for at, each in enumerate(statements.known.statements):
        own, vectors = statements.answers[at], statements.vectors
        foreign = [row for row in own if not _is_latin(statements.questions[row])]
        english = [row for row in own if row not in foreign]
        drawn = (*_some(english, ENGLISH, chance), *_some(foreign, FOREIGN, chance))
        for row in drawn:
            wrong = _wrong(statements, vectors[row], at, chance)
            right = _held(statements, vectors[row], at, ANSWERS, row)
            yield _row(f"q-{row}", statements.questions[row], [right, *wrong])
        for row in _some(range(own.stop, own.stop + len(each.near)), SEEMING, chance):
            near = _held(statements, vectors[row], at, BESIDE)
            yield {**_row(f"q-{row}", statements.questions[row], [near]), "kind": NEAR}


def _some(rows: Sequence[int], most: int, chance: random.Random) -> list[int]:
    return chance.sample(rows, min(most, len(rows)))


def _is_latin(text: str) -> bool:
    return not any(char.isalpha() and char > "\u024f" for char in text)


def _wrong(statements: Statements, vector: Vectors, right: int, chance: random.Random) -> list[dict[str, Any]]:
    best = statements.best(vector)
    order = [i for i in np.argsort(-best)[:NEAREST].tolist() if i != right and BAND[0] <= best[i] <= BAND[1]]
    return [_held(statements, vector, i, BESIDE) for i in chance.sample(order, min(WRONG, len(order)))]


def _held(statements: Statements, vector: Vectors, at: int, label: int, but: int | None = None) -> dict[str, Any]:
    return {
        "document": statements.known.statements[at].document,
        "text": statements.text[at],
        "label": label,
        "asked": statements.asked(vector, at, but),
    }


def _row(identifier: str, question: str, candidates: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": identifier, "lang": "en", "kind": "", "question": question, "history": [], "candidates": candidates}


def _judged(row: dict[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """A question with rated answers as a judged one: their statements, labelled by the editor's marks."""
    marks = {(document, key): label for name, label in MARKS.items() for document, key in row[name]}
    shown = {(document, key): None for answer in row["answers"] for document, key in answer["statements"]}
    candidates = [
        {"document": document, "text": said[key], "label": marks.get((document, key), BESIDE)}
        for document, key in shown
        if key in said
    ]
    return {**{name: row[name] for name in ("id", "lang", "kind", "question", "history")}, "candidates": candidates}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("judged", type=Path, nargs="*")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    known = Known.open(encoder.fingerprint, FOLDER)
    if known is None:
        raise SystemExit(
            "The vectors of the written questions are missing: run `python -m evals.fitting.questions.known`."
        )
    statements = Statements(Index.open(chosen.home, encoder), known)
    chosen.out.mkdir(parents=True, exist_ok=True)
    made = written(statements, random.Random(1))
    for name, found in (
        ("written.jsonl", made),
        *((path.name, _with_asked(rows(path), statements, encoder)) for path in chosen.judged),
    ):
        with (chosen.out / name).open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in found)


def _with_asked(found: Iterator[dict[str, Any]], statements: Statements, encoder: Any) -> Iterator[dict[str, Any]]:
    for row in found:
        if "answers" in row:
            if "marked" not in row:
                continue
            row = _judged(row, statements.said)
        (vector,) = statements.known.mapped(
            encoder.encode_queries([normal_form(" ".join([*row["history"][-1:], row["question"]]))])
        )
        for each in row["candidates"]:
            at = statements.at.get(digest(each["text"]))
            each["asked"] = None if at is None else statements.asked(vector, at)
        yield row


if __name__ == "__main__":
    main()
