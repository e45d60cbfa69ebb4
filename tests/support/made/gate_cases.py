"""What the tests of the gate share: passages to cite, and words as the index reads them."""

from __future__ import annotations

import re

import numpy as np

from bot.gate.cited import Proof
from bot.gate.entailment import Reading
from bot.gate.qualifiers import qualifier_faults
from index.normalise import normalise
from sources.parties import shipped_parties

PARTIES = shipped_parties()


def proof(text, party="agreed", *, number=1, speaker=None, date="2025-10-29", language="en", own=True, **more):
    named = PARTIES[party] if party else None
    first, _, last = date.partition("/")
    return Proof(
        number=number,
        text=text,
        language=language,
        title=more.pop("title", "The talks"),
        party=party,
        party_names=(named.name, *named.names.values(), *named.aliases) if named else (),
        speaker=speaker,
        first=first,
        last=last or first,
        points=tuple(date.split("/")),
        own=own,
        **more,
    )


def terms(text):
    """Normalised words cut to six letters: a stemmer that can be computed by hand."""
    return [word[:6] for word in re.findall(r"\w+", normalise(text))]


def embed(text):
    """One axis for each of 512 buckets of words, so that texts are alike as far as they share words."""
    row = np.zeros(512, np.float32)
    for term in terms(text):
        row[sum(map(ord, term)) * 31 % 512] += 1
    return row / (np.linalg.norm(row) or 1)


READING = Reading(terms, lambda term: 1.0, embed)


class Words:
    """As much of an index as the gate needs."""

    encoder = None  # so that no support model reads the sentences

    terms = staticmethod(terms)
    embed = staticmethod(embed)

    def rarity(self, term):
        return 1.0


def qualifier_fault(*given):
    """The first thing that the rule on qualifiers finds."""
    return next(iter(qualifier_faults(*given).values()), None)
