"""The gate on the library's own statements: left as they are, and with one thing changed that it has to notice."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.composing.composer import reading
from bot.gate.cited import Proof
from bot.gate.gate import Gate
from bot.nlp.names.gazetteer import Gazetteer
from index.encoder import Encoder
from index.errors import NoIndexError
from index.search import Index
from sources.parties import Parties, shipped_parties

_NUMBER = re.compile(
    r"\b\d{2,3}\b(?! (?:January|February|March|April|May|June|July|August|September|October|November))"
)
_DAY = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_VERB = re.compile(r"\b(said|announced|killed|closed|agreed|began|accused|handed|signed|expelled|met|fired|struck)\b")
_PLACES = ("Kandahar", "Jalalabad", "Peshawar", "Quetta", "Karachi", "Kunduz", "Lahore", "Zaranj")


@dataclass(frozen=True, slots=True)
class Change:
    """A way to make a statement wrong; None where it has nothing of that kind."""

    name: str
    make: Callable[[Proof], str | None]


def statements(index: Index, parties: Parties, most: int, seed: int) -> Iterator[Proof]:
    """Statements of the library as evidence, drawn evenly."""
    rows = [
        (document, statement)
        for document in index.documents()
        for statement in document.statements
        if statement.date_text and 40 < statement.end - statement.start < 400
    ]
    for document, statement in random.Random(seed).sample(rows, min(most, len(rows))):
        party = parties[statement.party] if statement.party else None
        yield Proof(
            number=1,
            text=document.text[statement.start : statement.end],
            language=document.language,
            title=document.title,
            party=statement.party,
            party_names=party.every_name if party else (),
            speaker=statement.speaker,
            first=statement.date_from,
            last=statement.date_to,
            points=tuple((statement.date_text or "").removesuffix("~").split("/")),
        )


def number_changed(proof: Proof) -> str | None:
    """One number raised by a tenth and one."""
    match = _NUMBER.search(proof.text)
    if match is None:
        return None
    return (
        f"{proof.text[: match.start()]}{int(match.group()) + 1 + int(match.group()) // 10}{proof.text[match.end() :]}"
    )


def day_changed(proof: Proof) -> str | None:
    """One day moved by three."""
    match = _DAY.search(proof.text)
    if match is None:
        return None
    day = int(match[1])
    return f"{proof.text[: match.start()]}{day + 3 if day < 20 else day - 3} {match[2]}{proof.text[match.end() :]}"


def parties_swapped(proof: Proof) -> str | None:
    """Pakistan for the Taliban and the reverse."""
    if not ("Pakistan" in proof.text and "Taliban" in proof.text) or "Pakistani Taliban" in proof.text:
        return None
    marked = proof.text.replace("Tehrik-i-Taliban Pakistan", "\0")
    if not ("Pakistan" in marked and "Taliban" in marked):
        return None
    turned = re.sub("the Taliban|Taliban", "\1", marked).replace("Pakistan", "the Taliban").replace("\1", "Pakistan")
    return turned.replace("\0", "Tehrik-i-Taliban Pakistan").replace("the Talibani", "Taliban")


def place_added(proof: Proof) -> str | None:
    """A place that nobody named."""
    place = next(place for place in _PLACES if place not in proof.text)
    return f"{proof.text.rstrip('.')} in {place}."


def negated_verb(proof: Proof) -> str | None:
    """“did not” before the first verb of a list."""
    match = _VERB.search(proof.text)
    if match is None or re.search(r"\bnot\b|n't", proof.text):
        return None
    return f"{proof.text[: match.start()]}did not {match.group()}{proof.text[match.end() :]}"


def cause_added(proof: Proof) -> str | None:
    """A cause from nowhere, in plain words."""
    return f"{proof.text.rstrip('.')} because its economy was collapsing and its allies had abandoned it."


def motive_added(proof: Proof) -> str | None:
    """A motive from nowhere in two words."""
    return f"{proof.text.rstrip('.')} out of cowardly greed."


def author_lost(proof: Proof) -> str | None:
    """The claim without who makes it."""
    found = re.search(r"\b(?:said|claimed|announced|stated|alleged)(?: (?:on|in) [^,]{4,30})? that (.+)$", proof.text)
    return found[1][0].upper() + found[1][1:] if found and proof.party not in {None, "agreed"} else None


CHANGES = (
    Change("as it is", lambda proof: proof.text),
    Change("a number changed", number_changed),
    Change("a day changed", day_changed),
    Change("parties swapped", parties_swapped),
    Change("a place added", place_added),
    Change("a verb negated", negated_verb),
    Change("a cause added", cause_added),
    Change("a motive added in two words", motive_added),
    Change("attribution lost", author_lost),
)


def try_changes(home: Path, encoder: Encoder, most: int, seed: int) -> dict[str, str]:
    """For each change how many statements the gate deletes; for those left as they are, with the commonest reasons."""
    try:
        index = Index.open(home, encoder)
    except NoIndexError:
        return {}
    gazetteer, how = Gazetteer.load(), reading(index)
    proofs = list(statements(index, shipped_parties(), most, seed))
    rows = {}
    for change in CHANGES:
        faults: list[str | None] = []
        for proof in proofs:
            text = change.make(proof)
            if text is not None and (change.name == "as it is" or text != proof.text):
                faults.append(Gate([proof], "en", gazetteer, how).judge(f"{text} [1]").fault)
        deleted = [fault for fault in faults if fault]
        rows[change.name] = f"{len(deleted)} of {len(faults)} deleted ({_commonest(deleted)})"
    other = [
        Gate([proof, replace(proofs[at - 1], number=2)], "en", gazetteer, how).judge(f"{proof.text} [2]").fault
        for at, proof in enumerate(proofs)
    ]
    rows["the marker of another passage"] = f"{sum(fault is not None for fault in other)} of {len(other)} deleted"
    index.close()
    return rows


def _commonest(faults: list[str]) -> str:
    counts: dict[str, int] = {}
    for fault in faults:
        kind = " ".join(fault.split()[:2])
        counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items(), key=lambda item: -item[1])[:4])
