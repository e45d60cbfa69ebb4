"""Passages a second: the fast form against SentenceTransformer.encode, same weights, alternating in one process.

python -m evals.bench.embedding_speed [--rounds 3] [--passages 96] [--tokens 180] [--home DIR]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from index.encoder import Encoder
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL, load, unpacked

SENTENCES = (
    "Pakistan closed the Torkham crossing after an exchange of fire and trade stopped for {} weeks.",
    "The Taliban's defence ministry said that air strikes had hit {} villages in Khost and Kunar.",
    "طالبان نے کہا کہ سرحد پر {} چوکیاں بند ہیں۔",
    "پاکستان وايي چې د تي ټي پي {} جنګیالي له پولې راواوښتل.",
    "Министерство иностранных дел Пакистана вызвало поверенного в делах {} раз.",
)


def passages(encoder: Encoder, count: int, tokens: int) -> list[str]:
    """`count` different texts of about `tokens` tokens (within one sentence)."""
    made = []
    for number in range(count):
        text, at = "", number
        while encoder.count_tokens([text])[0] < tokens:
            text += SENTENCES[at % len(SENTENCES)].format(number + at) + "\n"
            at += 1
        made.append(text)
    return made


def timed(encode: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Texts a second."""
    start = time.perf_counter()
    encode(texts)
    return len(texts) / (time.perf_counter() - start)


def table(rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    """The measured rounds as text: median and every round."""
    lines = [f"{'':32}{'median':>10}   rounds (texts a second)"]
    for name, values in rows:
        lines.append(f"{name:32}{statistics.median(values):>10.1f}   {' '.join(f'{value:.1f}' for value in values)}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when the fast form is at least twice as quick on passages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=96)
    parser.add_argument("--tokens", type=int, default=180)
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, unpacked(DEFAULT_MODEL, report=_say) as (source, _):
        fast = open_encoder(DEFAULT_MODEL, options.home or Path(scratch), report=_say)
        slow = load(source)
        _say(f"{options.passages} texts a round")
        ratio = 0.0
        for tokens in (30, options.tokens):
            texts = passages(fast, options.passages, tokens)
            quick, plain = [], []
            timed(fast.encode_passages, texts[:8])
            timed(lambda some: slow.encode(list(some), prompt_name="passage"), texts[:8])
            for _ in range(options.rounds):
                quick.append(timed(fast.encode_passages, texts))
                plain.append(timed(lambda some: slow.encode(list(some), prompt_name="passage"), texts))
            ratio = statistics.median(quick) / statistics.median(plain)
            _say(f"\nabout {tokens} tokens: {ratio:.1f} times")
            _say(table([("OnnxEncoder", quick), ("SentenceTransformer.encode", plain)]))
    return 0 if ratio >= 2 else 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
