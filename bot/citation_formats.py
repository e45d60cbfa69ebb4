"""Citations for other programs: Markdown footnotes, BibTeX, CSL-JSON. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from bot.answer_types import Answer, Citation
from bot.rendering import answer_lines, citation_lines, clean, quote_line
from bot.texts import texts
from sources.document import Reference
from sources.parties import Parties

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")
_CSL_TYPES = {"news": "article-newspaper", "report": "report", "book": "book", "opinion": "article-newspaper"}


def markdown(answer: Answer, parties: Parties) -> str:
    """The answer with real footnotes: `[^n]` behind each claim and the citations below."""
    words = texts(answer.language)
    lines = []
    for line in answer_lines(answer, parties):
        escaped = _MARKDOWN.sub(r"\\\1", line)
        lines.append(re.sub(r"\\\[(\d+)\\\]", r"[^\1]", escaped))
    for citation in answer.citations:
        parts = [*citation_lines(citation, words), *([quote_line(citation, words)] if answer.composed else [])]
        where = "; ".join(_escaped(part) for part in parts)
        lines.append(f"[^{citation.number}]: {where}")
    return "\n\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Text for Markdown, its web addresses as links."""
    parts = re.split(r"(https?://[^\s,<>]+)", text)
    return "".join(f"<{part}>" if part.startswith("http") else _MARKDOWN.sub(r"\\\1", part) for part in parts)


def csl(answer: Answer) -> list[dict[str, Any]]:
    """The publications cited, as CSL-JSON items (citationstyles.org, schema 1.0.2), each once."""
    return [_csl(identifier, source, kind) for identifier, source, kind in _publications(answer)]


def bibtex(answer: Answer) -> str:
    """The publications cited, as BibTeX entries, each once."""
    return "\n\n".join(_bibtex(identifier, source) for identifier, source, _ in _publications(answer)) + "\n"


def _publications(answer: Answer) -> list[tuple[str, Reference, str]]:
    """(id, publication, kind): of a brief its references, of any other document the document itself."""
    found: dict[str, tuple[str, Reference, str]] = {}
    for citation in answer.citations:
        sources = citation.references if citation.kind == "brief" else (_own(citation),)
        for source in sources:
            key = source.url or f"{source.title} {source.publisher}"
            kind = "news" if citation.kind == "brief" else citation.kind
            found.setdefault(key, (_identifier(source, len(found) + 1), source, kind))
    return list(found.values())


def _own(citation: Citation) -> Reference:
    return Reference(
        citation.document_id, citation.title, citation.publisher, citation.author, citation.published, citation.url
    )


def _identifier(source: Reference, number: int) -> str:
    plain = unicodedata.normalize("NFKD", source.id).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-zA-Z0-9-]+", "-", plain).strip("-") or f"source-{number}"


def _csl(identifier: str, source: Reference, kind: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": identifier,
        "type": _CSL_TYPES.get(kind, "webpage"),
        "title": clean(source.title),
        "publisher": source.publisher,
        "author": [{"literal": source.author}] if source.author else None,
        "URL": source.url,
    }
    if source.published:
        item["issued"] = {"date-parts": [[int(part) for part in source.published.split("-")]]}
    return {key: value for key, value in item.items() if value is not None}


def _bibtex(identifier: str, source: Reference) -> str:
    fields = {
        "title": source.title,
        "author": f"{{{source.author}}}" if source.author else None,
        "publisher": source.publisher,
        "year": source.published[:4] if source.published else None,
        "date": source.published,
        "url": source.url,
    }
    lines = [f"  {name} = {{{_tex(value)}}}" for name, value in fields.items() if value]
    return f"@misc{{{identifier},\n" + ",\n".join(lines) + "\n}"


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", clean(text).replace("\\", ""))
