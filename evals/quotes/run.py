"""Figures of the quotation check over cases of three kinds: said, altered in one point, never said.

python -m evals.quotes.run --home HOME [--show]

The words of cases.jsonl are out of the shipped library, or were made up; an altered one differs in a figure, a name, a negation
or the speaker. `same` ones write figures in another way, `paraphrase` ones say the same in other words, and `changed` ones
change a figure or a name in one of these. Exit status 1 where an altered one passes as said.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from bot.answering.answerer import Answerer
from bot.answering.quotes.check import NOT_HELD, OTHERWISE, SAID, QuoteCheck, check_quote
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index
from sources.parties import Parties, shipped_parties

CASES = Path(__file__).with_name("cases.jsonl")
WANTED = {
    "exact": SAID, "altered": OTHERWISE, "never": NOT_HELD, "same": SAID, "paraphrase": OTHERWISE, "changed": OTHERWISE,
}  # fmt: skip


def cases() -> list[dict[str, Any]]:
    """Every case: id, kind, words and, where it is asked about, the speaker."""
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def checked(answerer: Answerer, parties: Parties) -> list[tuple[dict[str, Any], QuoteCheck]]:
    """Each case with what the check makes of it."""
    return [(case, check_quote(answerer, parties, case["words"], case.get("speaker"))) for case in cases()]


def main() -> int:
    """Check every case and print how many of each kind got which verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="every case with another verdict than was wanted")
    chosen = parser.parse_args()
    answerer = Answerer(Index.open(chosen.home, open_encoder(DEFAULT_MODEL, chosen.home, report=print)))
    results = checked(answerer, shipped_parties())
    counts = Counter((case["kind"], check.verdict) for case, check in results)
    for kind, wanted in WANTED.items():
        total = sum(count for (of, _), count in counts.items() if of == kind)
        others = {verdict: count for (of, verdict), count in counts.items() if of == kind and verdict != wanted}
        print(f"{kind}: {counts[kind, wanted]} of {total} {wanted}; {others or 'no other verdict'}")
    for case, check in results:
        if chosen.show and check.verdict != WANTED[case["kind"]]:
            nearest = check.claim.text if check.claim else "–"
            print(f"{case['id']} {check.verdict}: {case['words']}\n    {nearest}\n    {check.differences}")
    return 1 if counts["altered", SAID] or counts["changed", SAID] else 0


if __name__ == "__main__":
    raise SystemExit(main())
