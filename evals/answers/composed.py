"""Composed answers with a real language model: `python -m evals.answers.composed FILE --home HOME [--out FILE.json]`.

FILE holds questions, {question, history, lang} a line. The model is the one that the TORKHAM_LLM_ settings name. Every
sentence that was shown, while the answer grew too, is looked at once more by plain comparisons that share no code with
the gate; exit status 1 when one of them finds fault. A model too small to cite is given the markers with `--marked`: the
passage that shares the most words, so that every other rule meets its sentences.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.answering.answer import Answer, Claim
from bot.answering.answerer import Answerer
from bot.composing.answerer import ComposingAnswerer
from bot.composing.composer import Composer
from bot.composing.llm import LanguageModel, Messages
from bot.composing.sentence_stream import whole_sentences
from bot.errors import QuestionError
from bot.nlp.names.gazetteer import Gazetteer
from bot.rendering.heads import MONTHS
from bot.settings import read_settings
from evals.retrieval.beir import read_lines
from index.model.prepare import open_encoder
from index.search import Index
from sources.parties import Parties, shipped_parties

_SEATS = {"taliban": "kabul afghan", "pakistan": "islamabad rawalpindi", "united-states": "washington american us u.s."}
_GENERAL = {None, "agreed", "media", "analysts", "witnesses", "traders", "clerics", "rights-groups"}
_LINK = re.compile(r"https?:|www\.|@\w|t\.me|\.com\b|\.org\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what was shown while composing, how it ended, and what plain comparison found wrong."""

    question: str
    note: str
    composed: bool
    shown: tuple[str, ...]
    deleted: tuple[str, ...]
    wrong: tuple[str, ...]
    seconds: float


class Marking(LanguageModel):
    """A language model whose sentences get the marker of the passage with the most of their words, where they have none."""

    def stream(self, messages: Messages, *, deadline: float, most_tokens: int) -> Generator[str, None, None]:
        """The sentences of the answer, each with a marker."""
        passages = re.findall(r"^\[(\d+)\] .*\n<<<(.*)>>>$", messages[-1]["content"], re.MULTILINE)
        bags = {number: set(re.findall(r"\w{4,}", text.casefold())) for number, text in passages}
        pieces = super().stream(messages, deadline=deadline, most_tokens=most_tokens)
        for sentence in whole_sentences(pieces, "en"):
            said = re.sub(r"\[[^\]]*\]?|[<>=]{2,}", " ", sentence).strip()
            words = set(re.findall(r"\w{4,}", said.casefold()))
            best = max(bags, key=lambda number: len(bags[number] & words), default="1")
            yield f"{said} [{best}]\n"


def wrongs(claim: Claim, answer: Answer, parties: Parties) -> Iterator[str]:
    """What is wrong with a shown sentence against the extractive answer that it was composed from."""
    quotes = {citation.number: citation for citation in answer.citations}
    heads = {number: each for each in answer.claims for number in each.citations}
    if not claim.citations or set(claim.citations) - set(quotes):
        yield "cites what is not there"
        return
    about = [heads[number] for number in claim.citations]
    held = " ".join(
        [quotes[number].quote + " " + quotes[number].title for number in claim.citations]
        + [f"{each.date} {each.speaker} {_names(each, parties)} {_spelt(each.date)}" for each in about]
    ).casefold()
    yield from _words_wrong(claim.text, held)
    if _LINK.search(claim.text) or "[" in claim.text or "<" in claim.text or len(claim.text) > 600:
        yield "form"
    for each in about:
        names = [
            name for name in f"{_names(each, parties)}|{each.speaker or ''}".casefold().split("|") if len(name) > 1
        ]
        if each.party not in _GENERAL and not any(name[:6] in claim.text.casefold() for name in names):
            yield f"speaker {each.party}"


def _words_wrong(text: str, held: str) -> Iterator[str]:
    """Numbers, capitalised words and quotations that are nowhere in what is cited."""
    there = {int(each) for each in re.findall(r"\d+", held)}
    yield from (f"number {digits}" for digits in re.findall(r"\d+", text) if int(digits) not in there)
    named = re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", text)
    yield from (f"name {word}" for word in named if word.casefold()[:5] not in held)
    quotes = re.findall(r"[“\"«]([^”\"»]+)[”\"»]", text)
    yield from (f"quotation {quote}" for quote in quotes if quote.casefold().strip(" .,") not in held)


def _names(claim: Claim, parties: Parties) -> str:
    """Every name of a claim's party."""
    if claim.party is None:
        return ""
    party = parties[claim.party]
    return "|".join([*party.names.values(), *party.aliases, *_SEATS.get(claim.party, "").split()])


def _spelt(written: str | None) -> str:
    """The months of a date in words."""
    return " ".join(MONTHS[int(month) - 1] for month in re.findall(r"\d{4}-(\d{2})", written or ""))


def ask(composing: ComposingAnswerer, answerer: Answerer, row: dict[str, Any], parties: Parties) -> Asked:
    """Ask one question and look at everything that was shown."""
    shown: list[Claim] = []
    begun = time.monotonic()
    plain = answerer.answer(row["question"], history=row.get("history") or ())
    made = composing.answer(answerer, row["question"], history=row.get("history") or (), shown=shown.append)
    found = [f"{wrong}: {claim.text}" for claim in shown for wrong in wrongs(claim, plain, parties)]
    answer = made.trace.answer
    if answer.composed and [claim.text for claim in answer.claims] != [claim.text for claim in shown]:
        found.append("the answer is not what was shown")
    if not answer.composed and replace(answer, seconds={}) != replace(plain, seconds={}):
        found.append("neither composed nor the extractive answer")
    return Asked(
        row["question"],
        made.composition.note,
        answer.composed,
        tuple(claim.text for claim in shown),
        tuple(f"{each.reason}: {each.sentence}" for each in made.composition.deleted),
        tuple(found),
        time.monotonic() - begun,
    )


def summary(rows: Sequence[Asked]) -> dict[str, Any]:
    """The figures of a run."""
    reasons = Counter(" ".join(each.split(":")[0].split()[:2]) for row in rows for each in row.deleted)
    seconds = sorted(row.seconds for row in rows)
    return {
        "questions": len(rows),
        "composed": sum(row.composed for row in rows),
        "sentences shown": sum(len(row.shown) for row in rows),
        "sentences deleted": sum(len(row.deleted) for row in rows),
        "found wrong": sum(len(row.wrong) for row in rows),
        "median seconds": round(statistics.median(seconds), 1),
        "longest seconds": round(seconds[-1], 1),
        "endings": dict(Counter(re.sub(r"\d+", "N", row.note) for row in rows).most_common()),
        "reasons": dict(reasons.most_common(12)),
    }


def main() -> None:
    """Ask every question and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--most", type=int, default=100)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--marked", action="store_true")
    chosen = parser.parse_args()
    settings, parties = read_settings(chosen.home), shipped_parties()
    if not settings.composes:
        sys.exit("Set TORKHAM_LLM_BASE_URL and TORKHAM_LLM_MODEL first.")
    index = Index.open(chosen.home, open_encoder(settings.model, chosen.home, report=print))
    composer = Composer(settings, parties, Marking(settings) if chosen.marked else None)
    answerer, composing = Answerer(index, Gazetteer.load()), ComposingAnswerer(settings, parties, composer)
    rows: list[Asked] = []
    for row in list(read_lines(chosen.questions))[: chosen.most]:
        try:
            rows.append(ask(composing, answerer, row, parties))
        except QuestionError:
            continue
        print(f"{len(rows):3} {rows[-1].seconds:5.1f} s  {rows[-1].note}", flush=True)
        if chosen.out:
            kept = {"summary": summary(rows), "rows": [asdict(each) for each in rows]}
            chosen.out.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(summary(rows), ensure_ascii=False, indent=1))
    wrong = [each for row in rows for each in row.wrong]
    for each in wrong:
        print(f"WRONG {each}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
