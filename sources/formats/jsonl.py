"""JSON lines in the shape of BEIR (Thakur et al. 2021): {"_id", "title", "text", "metadata"} on each line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sources.clean import one_line
from sources.document import KINDS
from sources.edtf import publication_day
from sources.errors import LoadError, why
from sources.formats.loaded import Loaded
from sources.formats.plain_text import decode
from sources.formats.text_builder import Outline
from sources.text.urls import is_web_address

_SHAPE = 'write {"_id": "…", "title": "…", "text": "…"} on each line'


def load_jsonl(data: bytes, file: str) -> Loaded:
    """One record as a document with its metadata; several as one document with a heading each."""
    found = list(records(data, file))
    outline = Outline(file)
    for _, record in found:
        if len(found) > 1:
            outline.heading(_text(record, "title"), 2)
        for paragraph in _text(record, "text").split("\n"):
            outline.paragraph(paragraph)
    if len(found) != 1:
        return Loaded(outline.text, headings=outline.headings)
    record = found[0][1]
    more = record.get("metadata")
    about = {**(more if isinstance(more, dict) else {}), **record}
    url = _text(about, "url")
    language = _text(about, "language") or _text(about, "lang")
    return Loaded(
        outline.text,
        title=_text(about, "title") or None,
        author=_text(about, "author") or None,
        publisher=_text(about, "publisher") or None,
        published=publication_day(_text(about, "published") or _text(about, "date")),
        url=url if is_web_address(url) else None,
        language=language if re.fullmatch("[a-z]{2,3}", language) else None,
        kind=_text(about, "kind") if _text(about, "kind") in KINDS[1:] else None,
    )


def records(data: bytes, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, record) of each line; LoadError names the invalid line."""
    for number, line in enumerate(decode(data, file).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LoadError(f"{file}, line {number}, is not JSON ({why(error)}): {_SHAPE}") from error
        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            raise LoadError(f"{file}, line {number}, has no text: {_SHAPE}")
        yield one_line(str(record.get("_id") or record.get("id") or number)), record


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return "\n".join(one_line(line) for line in str(value).split("\n")).strip() if value is not None else ""
