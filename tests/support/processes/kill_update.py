"""Run by test_kill.py: endless updates of a library that changes each time, until killed."""

from __future__ import annotations

import sys
from pathlib import Path

from conftest import Bookshelf, WordEncoder

from index.build.update import update
from index.engines import open_storage
from sources.document import Document


def main(where: Path | str, rounds: int) -> None:
    shelf = Bookshelf()
    shelf.put(Document("fixed", "The fence", "Pakistan built a fence."))
    generations = open_storage(where)
    if rounds:
        shelf.documents |= {f"d{n}": Document(f"d{n}", f"Document {n}", f"Water number {n}.") for n in range(rounds)}
        update(shelf, generations, WordEncoder())
        return
    number = int(generations.manifest().counts["documents"]) if generations.current() else 0
    update(shelf, generations, WordEncoder())  # everything is imported now: the kills fall into the work itself
    print("ready", flush=True)
    while True:
        number += 1
        shelf.put(Document(f"d{number}", f"Document {number}", f"Water number {number}. " * 20))
        if number % 3 == 0:
            shelf.documents.pop(f"d{number - 1}", None)
        update(shelf, generations, WordEncoder())


if __name__ == "__main__":
    place = sys.argv[1]
    main(place if place.startswith("postgresql") else Path(place), int(sys.argv[2]))
