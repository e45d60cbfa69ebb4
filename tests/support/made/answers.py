"""Answers and citations for tests of how they are shown."""

from __future__ import annotations

from bot.answering.answer import Answer, Citation, Claim
from index.types import Scope
from sources.document import Reference
from sources.parties import shipped_parties

REFERENCE = Reference("dawn", "Talks & *war*", "Dawn", "A. Writer", "2025-10-19", "https://example.org/a_b")


def citation(**changes):
    values = {
        "number": 1, "kind": "brief", "document_id": "d", "digest": "0", "language": "en", "title": "Brief",
        "publisher": None, "author": None, "published": "2026-11-22", "url": None, "page": None, "start": 0, "end": 4,
        "quote": "Text", "references": (REFERENCE,),
    }  # fmt: skip
    return Citation(**{**values, **changes})


def answer(language="en", **changes):
    values = {
        "question": "q", "asked_as": "q", "scope": Scope(), "language": language,
        "claims": (Claim("A truce was agreed.", "pakistan", "Khawaja Asif", "2025-10-19", (1,)),),
        "citations": (citation(),),
    }  # fmt: skip
    return Answer(**{**values, **changes})


PARTIES = shipped_parties()
