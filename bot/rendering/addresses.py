"""The address of a citation in context, when `torkham serve` has a public address. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from bot.answering.answer import Citation

DIGEST_DIGITS = 12  # hex digits of a text's digest in an address, to check that the offsets still apply


def place_address(base: str, citation: Citation, others: Sequence[Citation] = (), language: str | None = None) -> str:
    """`BASE/sources/ID?m=3.120.240&v=DIGEST#cite-3`; the places of `others` in the same text are marked, too."""
    same = [each for each in others if (each.document_id, each.digest) == (citation.document_id, citation.digest)]
    cited = {each.number: each for each in (*same, citation)}
    marks = [("m", f"{number}.{each.start}.{each.end}") for number, each in sorted(cited.items())]
    query = [*marks, ("v", citation.digest[:DIGEST_DIGITS]), *([("lang", language)] if language else [])]
    path = f"/sources/{quote(citation.document_id, safe='')}"
    return f"{base.rstrip('/')}{path}?{urlencode(query)}#cite-{citation.number}"
