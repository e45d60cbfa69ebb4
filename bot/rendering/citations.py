"""Citations for other programs: Markdown footnotes, BibTeX, CSL-JSON. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from bot.answering.answer import Answer, Citation
from bot.rendering.form import Line, answer_form, close, refusal_form
from bot.rendering.phrases import texts
from bot.rendering.plain import citation_lines, quote_line
from bot.rendering.safe import clean
from bot.spans import Span
from sources.document import Reference
from sources.edtf import parse_date
from sources.errors import SourceError
from sources.parties import Parties

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")
_IN_TEX = {char: f"\\{char}" for char in "&%$#_"} | {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\n": " ",
}
_IN_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", "\n": ""}
_CSL_TYPES = {"news": "article-newspaper", "report": "report", "book": "book", "opinion": "article-newspaper"}


def markdown(answer: Answer, parties: Parties) -> str:
    """The answer with footnotes: `[^n]` after each claim and the full citations below."""
    words = texts(answer.language)
    form = refusal_form(answer) if answer.abstained else answer_form(answer, parties)
    blocks = [_line(line) for line in form]
    for place, (before, line) in enumerate(pairwise(form)):
        blocks[place] += "\n" if before.kind == line.kind != "party" and close(before, line) else "\n\n"
    for citation in answer.citations:
        parts = [*citation_lines(citation, words), *([quote_line(citation, words)] if answer.composed else [])]
        where = "; ".join(_escaped(part) for part in parts)
        blocks.append(f"\n\n[^{citation.number}]: {where}")
    return "".join(blocks) + "\n"


def _line(line: Line) -> str:
    """A line in Markdown; claims are list items, answer spans are bold."""
    shown = re.sub(r"\\\[(\d+)\\\]", r"[^\1]", "".join(map(_span, line.spans)))
    return f"- {shown}" if line.kind in {"item", "row"} else shown


def _span(span: Span) -> str:
    text = _MARKDOWN.sub(r"\\\1", span.text)
    text = f"[{text}](<{span.url}>)" if span.url else text
    return f"**{text}**" if span.bold else text


def _escaped(text: str) -> str:
    """Text escaped for Markdown, with its web addresses as links."""
    parts = re.split(r"(https?://[^\s,<>]+)", text)
    return "".join(f"<{part}>" if part.startswith("http") else _MARKDOWN.sub(r"\\\1", part) for part in parts)


def csl(answer: Answer) -> list[dict[str, Any]]:
    """The cited publications as CSL-JSON items (citationstyles.org, schema 1.0.2), without repeats."""
    return [_csl(identifier, source, kind) for identifier, source, kind in _publications(answer)]


def bibtex(answer: Answer) -> str:
    """The cited publications as BibTeX entries, without repeats."""
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
    return list(_told_apart(found.values()))


def _told_apart(
    publications: Iterable[tuple[str, Reference, str]],
) -> Iterator[tuple[str, Reference, str]]:
    """Make ids unique, ignoring case: two publications with one id become `id` and `id-2`."""
    taken: set[str] = set()
    for identifier, source, kind in publications:
        free, number = identifier, 1
        while free.casefold() in taken:
            number += 1
            free = f"{identifier}-{number}"
        taken.add(free.casefold())
        yield free, source, kind


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
        item["issued"] = _csl_date(source.published)
    return {key: value for key, value in item.items() if value is not None}


def _csl_date(written: str) -> dict[str, Any]:
    """A date, a range or an approximate date in CSL's format; any other is kept as written."""
    try:
        span = parse_date(written)
    except SourceError:
        return {"literal": clean(written)}
    points = written.strip().removesuffix("~").split("/")
    date: dict[str, Any] = {"date-parts": [[int(part) for part in point.split("-")] for point in points]}
    return date | ({"circa": True} if span.approximate else {})


def _year(written: str | None) -> str | None:
    found = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", written or "")
    return found.group() if found else None


def _edtf(written: str | None) -> str | None:
    """The date, if biblatex can read it."""
    try:
        return written.strip() if written and parse_date(written) else None
    except SourceError:
        return None


def _bibtex(identifier: str, source: Reference) -> str:
    fields = {
        "title": source.title,
        "author": source.author,
        "publisher": source.publisher,
        "year": _year(source.published),
        "date": _edtf(source.published),
    }
    lines = [f"  {name} = {{{_field(name, value)}}}" for name, value in fields.items() if value]
    if source.url:  # read verbatim: nothing is escaped, and nothing may end it
        lines.append(f"  url = {{{''.join(_IN_ADDRESS.get(char, char) for char in clean(source.url))}}}")
    return f"@misc{{{identifier},\n" + ",\n".join(lines) + "\n}"


def _field(name: str, value: str) -> str:
    if name == "date":
        return value  # “~” means about
    # A second pair of braces keeps an author's name together.
    return f"{{{_tex(value)}}}" if name == "author" else _tex(value)


def _tex(text: str) -> str:
    """Text escaped for TeX. Braces become commands: BibTeX counts even escaped ones."""
    return "".join(_IN_TEX.get(char, char) for char in clean(text))
