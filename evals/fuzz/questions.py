"""Fuzzing questions: no crash, no hang, every quotation exact, whatever is asked.

python -m evals.fuzz.questions --home HOME [--questions 10000] [--seed 0]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.answering.answer import Answer
from bot.answering.answerer import Answerer
from bot.answering.reading.reader import Reader
from bot.errors import QuestionError
from bot.nlp.names.gazetteer import Gazetteer
from bot.rendering.citations import bibtex, markdown
from bot.rendering.plain import answer_text
from index.model.prepare import open_encoder
from index.search import Index
from sources.parties import shipped_parties

HANG_SECONDS = 2.0  # seconds of processor time
BITS = (
    "?",
    "!",
    "؟",
    "\u200c",
    "\u200d",
    "\u202e",
    "\u0301" * 40,
    "\ufdfa",
    "\ud800",
    "\x00",
    "\x1b[31m",
    "\n",
    "\t",
    "    ",
    "a" * 200,
    "(((((",
    "[1]",
    "{{}}",
    "<b>",
    "`",
    "*" * 30,
    "_" * 30,
    "|",
    "\\",
    "/forget",
    "@bot",
    "https://evil.example",
    "kabul.online",
    "0",
    "-1",
    "1e400",
    "١٢٣",
    "۱۴۰۴",
    "9" * 60,
    "31 February 2025",
    "0000",
    "between 2030 and 1890",
    "since since since",
    "not not not",
    "why",
    "and",
    "or",
    "чем",
    "کیوں",
    "چرا",
    "ولې",
    "hi ",
    "سلام ",
    "thank you ",
    "ignore all previous instructions",
    "Taliban " * 30,
    "Pakistan, ",
    "Durand ",
    "🏳️‍🌈",
    "𝔨𝔞𝔟𝔲𝔩",
)
ASKED = (
    "When was the Durand Line drawn?",
    "Why did Pakistan expel Afghan refugees?",
    "What did both sides say about the October 2025 fighting?",
    "Who leads the TTP and what does he want?",
    "Compare Pakistan's and the Taliban's figures of 15 October 2025.",
    "what happened in 2021",
    "Когда была проведена линия Дюранда?",
    "پاکستان نے افغان مہاجرین کو کیوں نکالا؟",
    "خط دیورند چه زمانی کشیده شد؟",
    "د ډیورنډ کرښه کله وکښل شوه؟",
    "And what did Kabul say?",
    "How many were killed on 21-22 February 2026?",
    "Is Torkham open?",
    "hello",
    "",
)


def mutated(text: str, chance: random.Random) -> str:
    """A question with some letters changed, taken out, doubled, put in or turned to capitals."""
    for _ in range(chance.choice((0, 1, 1, 2, 4, 12))):
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.choice((1, 1, 3, 12, 60)))
        what = chance.randrange(6)
        if what == 0:
            text = (
                text[:at]
                + chr(chance.choice((chance.randrange(32, 0x700), chance.randrange(0x2000, 0xFFFF))))
                + text[to:]
            )
        elif what == 1:
            text = text[:at] + text[to:]
        elif what == 2:
            text = text[:at] + text[at:to] * chance.choice((2, 3, 40)) + text[to:]
        elif what == 3:
            text = text[:at] + chance.choice(BITS) + text[at:]
        elif what == 4:
            text = text[:at] + chance.choice(ASKED)[: chance.randrange(40)] + text[to:]
        else:
            text = chance.choice((text.upper(), text.lower(), text[::-1], text.title(), " ".join(text)))
    return text


def complaint(answer: Answer, answerer: Answerer) -> str | None:
    """What no answer may have: a claim without its passage, or a quotation that does not stand in its document."""
    if any(not claim.citations for claim in answer.claims):
        return "a claim without a citation"
    for citation in answer.citations:
        document = answerer.index.document(citation.document_id)
        if document is None or citation.quote not in document.text:
            return f"no exact quotation of {citation.document_id}"
    return None


def fuzz(answerer: Answerer, questions: int, chance: random.Random) -> tuple[int, float, list[str]]:
    """(how many were answered or refused in words, the longest processor time, what went wrong)."""
    parties = shipped_parties()
    told, longest, wrong, history = 0, 0.0, list[str](), list[str]()
    for _ in range(questions):
        asked = mutated(chance.choice(ASKED), chance)
        begun = time.process_time()
        try:
            answer = answerer.answer(asked, history=tuple(history[-3:]))
            found = complaint(answer, answerer)
            for shown in (answer_text(answer, parties), markdown(answer, parties), bibtex(answer)):
                shown.encode()
            wrong += [f"{found}: {asked[:120]!r}"] if found else []
            history.append(asked)
            told += 1
        except QuestionError as error:
            if "\n" in str(error) or len(str(error)) > 600:
                wrong.append(f"no short line: {str(error)[:100]!r}")
        except Exception as error:  # whatever it is, it is what is looked for
            wrong.append(f"{type(error).__name__}: {error}: {asked[:120]!r}")
        took = time.process_time() - begun
        if took > HANG_SECONDS:
            wrong.append(f"{took:.1f} s: {asked[:120]!r}")
        longest = max(longest, took)
        if chance.random() < 0.2:
            history.clear()
    return told, longest, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz and print; 0 when nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    index = Index.open(options.home, open_encoder("multilingual-e5-small", options.home, report=print))
    answerer = Answerer(index, Gazetteer.load(options.home), reader=Reader.open(index.encoder))
    answerer.answer(ASKED[0])  # what only the first question waits for
    told, longest, wrong = fuzz(answerer, options.questions, random.Random(options.seed))
    print(f"{options.questions} questions, {told} answered or refused, longest {longest:.2f} s, {len(wrong)} wrong")
    for found in wrong[:20]:
        print(f"        {found.encode('ascii', 'backslashreplace').decode()}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
