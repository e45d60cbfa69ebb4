"""How much of a folder of fact files the library says: every date, number and name of every sourced fact, item by item.

python -m evals.coverage.run FACTS_DIR [--json] [--shipped DIR]

A fact is a line `- (date) fact. [S1,S2]` of a file with `S1: title — publisher, date, address` under `Sources:`. An
item of it is covered when some statement of a brief holds it and cites one of the fact's sources (the same address;
the same title where no address is known). Facts under `Doubtful`, and facts from memory only, are counted apart.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.coverage.items import Key, held, name_words, wanted
from sources.collection.library import LIBRARY_FOLDER, Library
from sources.document import Document, Reference
from sources.errors import LoadError
from sources.text.urls import comparable

GOAL = 98.0

_BRACKET = re.compile(r"\s*\[((?:[^\[\]]*\bS\d+\b|memory|ARTICLE|as )[^\[\]]*)\]")
_FROM_MEMORY = re.compile(r"[^\[\]]*\[memory[^\]]*\]")  # the sentences up to a bracket without a source of their own
_SOURCE = re.compile(r"(S\d+|ARTICLE):\s*(.+)")
_GRADE = re.compile(r"\s*\((?:ref|text|weak|corrects|articles|basic dates|the library)\b[^()]*\)|\s*\[[\d, ]+\]")
_ADDRESS = re.compile(r"https?://[^\s)>,]+(?:,[^\s)>,]+)*")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a fact file; `sources` are comparable addresses, or titles of sources without one.

    `undated`: its date (or part of it) is from memory, so no source can bear it.
    """

    file: str
    line: int
    date: str
    text: str
    sources: tuple[str, ...]
    doubtful: bool = False
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of the library: where it stands, and what it holds."""

    where: str
    keys: frozenset[Key]


@dataclass(frozen=True, slots=True)
class Result:
    """What the library says of a fact: `state` is covered, partly or lost; `apart`: no one brief holds all of it."""

    fact: Fact
    state: str
    missing: tuple[str, ...]
    apart: bool


def read_facts(folder: Path) -> list[Fact]:
    """Every fact of the fact files of a folder; LoadError when there is none."""
    facts = [fact for path in sorted(folder.glob("*.md")) for fact in _facts(path)]
    if not facts:
        raise LoadError(f"{folder}: no fact files here: name a folder of *.md files with a line “Sources:”.")
    return facts


def _facts(path: Path) -> Iterator[Fact]:
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next((number for number, line in enumerate(lines) if line.strip("# ") in ("Sources:", "Sources")), None)
    if start is None:
        return
    addresses = _sources(lines[start:])
    doubtful = False
    for number, line in enumerate(lines[:start], 1):
        line = _GRADE.sub("", line)
        doubtful = line.lstrip("# ").startswith("Doubtful") or (doubtful and not re.match(r"[A-Z#].*:?$", line))
        if not line.startswith("- "):
            continue
        head = re.match(r"- \(([^)]*)\)\s*(.*)", line)
        date, text = (head[1], head[2]) if head else ("", line[2:])
        text = _FROM_MEMORY.sub("", text)
        brackets = _BRACKET.findall(text)
        ids = [source for bracket in brackets for source in re.findall(r"\bS\d+\b|ARTICLE", bracket)]
        known = dict.fromkeys(key for source in ids for key in addresses.get(source, ()))
        undated = any("memory" in bracket for bracket in brackets)
        yield Fact(path.name, number, date, _BRACKET.sub("", text).strip(), tuple(known), doubtful, undated)


def _sources(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The addresses of each source, its title where it has none; “same as S2” is S2."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if match := _SOURCE.match(line):
            addresses, same = _ADDRESS.findall(match[2]), re.search(r"\b(?:same )?as (S\d+)", match[2])
            title = re.sub(r", weak$", "", re.split(r" [—-] ", _GRADE.sub("", match[2]))[0])
            found[match[1]] = (
                tuple(comparable(address) for address in addresses)
                if addresses
                else found.get(same[1], (title,))
                if same
                else (title.casefold(),)
            )
    return found


def read_statements(documents: Iterable[Document], names: frozenset[str]) -> dict[str, list[Said]]:
    """The statements of the library by the address (or title) of each of their references."""
    by_source: dict[str, list[Said]] = defaultdict(list)
    for document in documents:
        references = {reference.id: reference for reference in document.references}
        for statement in document.statements:
            words = f"{statement.speaker or ''}. {document.text[statement.start : statement.end]}"
            said = Said(document.id, held(statement.date_text or "", words, names))
            for key in {key for identifier in statement.reference_ids for key in _keys(references[identifier])}:
                by_source[key].append(said)
    return by_source


def _keys(reference: Reference) -> set[str]:
    """The original's address and the copy's; the title where there is neither."""
    addresses = {comparable(address) for address in (reference.url, reference.read_at) if address}
    return addresses or {reference.title.casefold()}


def measure(facts: Iterable[Fact], said: dict[str, list[Said]], names: frozenset[str]) -> list[Result]:
    """What the library says of each fact that has a source."""
    return [_result(fact, said, names) for fact in facts if fact.sources]


def _result(fact: Fact, said: dict[str, list[Said]], names: frozenset[str]) -> Result:
    items = wanted(fact.date, fact.text, names, undated=fact.undated)
    by_brief: dict[str, set[Key]] = defaultdict(set)
    for source in fact.sources:
        for statement in said.get(source, ()):
            by_brief[statement.where] |= statement.keys
    everywhere = frozenset[Key]().union(*by_brief.values())
    missing = dict.fromkeys(item.words for item in items if item.keys.isdisjoint(everywhere))
    together = any(not any(item.keys.isdisjoint(keys) for item in items) for keys in by_brief.values())
    state = "covered" if by_brief and not missing else "partly" if by_brief else "lost"
    return Result(fact, state, tuple(missing), state == "covered" and not together)


def report(results: Sequence[Result], unsourced: int) -> str:
    """The figures per file and in all, and what is missing, as text."""
    files: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if not result.fact.doubtful:
            files[result.fact.file].append(result)
            files["in all"].append(result)
    lines = [f"{'file':50}{'facts':>6}{'covered':>9}{'%':>7}"]
    for name in sorted(files, key=lambda name: (name == "in all", name)):
        done = sum(row.state == "covered" for row in files[name])
        lines.append(f"{name:50}{len(files[name]):>6}{done:>9}{share(files[name]):>7.1f}")
    doubtful = [result for result in results if result.fact.doubtful]
    lines.append(f"apart from that: {sum(row.state == 'covered' for row in doubtful)} of {len(doubtful)} doubtful ones")
    lines.append(f"without a source (memory, not measured): {unsourced}")
    lines.append(f"covered, but spread over several briefs: {sum(result.apart for result in results)}")
    for result in results:
        if result.state != "covered":
            kind = f"{'doubtful, ' if result.fact.doubtful else ''}{result.state}"
            lines.append(f"\n{result.fact.file}:{result.fact.line} ({kind}): {', '.join(result.missing)}")
            lines.append(f"    ({result.fact.date}) {result.fact.text}")
    return "\n".join(lines)


def share(results: Iterable[Result]) -> float:
    """The per cent of sourced facts, those under “Doubtful” left aside, that are covered in full."""
    states = [result.state == "covered" for result in results if not result.fact.doubtful]
    return 100 * sum(states) / max(1, len(states))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 0 when the goal is reached, 1 when not, 2 when there are no facts."""
    parser = argparse.ArgumentParser(prog="python -m evals.coverage.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("facts", type=Path, metavar="FACTS_DIR")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--shipped", type=Path, default=LIBRARY_FOLDER, metavar="DIR", help="a folder of briefs")
    chosen = parser.parse_args(arguments)
    try:
        facts = read_facts(chosen.facts)
    except LoadError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    library = Library(chosen.facts / "no-home", shipped=chosen.shipped)
    documents = [library.load(entry) for entry in library.scan()]
    names = name_words([*(fact.text for fact in facts), *(document.text for document in documents)])
    results = measure(facts, read_statements(documents, names), names)
    unsourced = sum(not fact.sources for fact in facts)
    if chosen.json:
        rows = [asdict(result) for result in results]
        print(json.dumps({"share": share(results), "unsourced": unsourced, "facts": rows}, ensure_ascii=False))
    else:
        print(report(results, unsourced))
    return int(share(results) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
