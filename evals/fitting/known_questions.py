"""Writes the vectors of the library's written questions: `python -m evals.fitting.known_questions --home HOME [--out FILE]`.

To be run again whenever `sources/library/questions.jsonl` or the model changes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from bot.answering.reading.known import FILE, STEP, described, texts
from bot.answering.reading.reader import FOLDER
from bot.question.input import normal_form
from index.model.prepare import open_encoder
from sources.questions import shipped_questions

BATCH = 256


def main() -> None:
    """Embed the questions and write them with eight bits a component, and beside them what they were made from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FOLDER / FILE)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    written = [normal_form(text) for text in texts(shipped_questions())]
    parts = []
    for at in range(0, len(written), BATCH):
        parts.append(encoder.encode_queries(written[at : at + BATCH]))
        print(f"{at + len(parts[-1]):,} of {len(written):,}", flush=True)
    rounded = np.clip(np.rint(np.vstack(parts) / STEP), -127, 127).astype(np.int8)
    np.save(chosen.out, rounded)
    chosen.out.with_suffix(".json").write_text(f"{json.dumps(described(encoder.fingerprint))}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
