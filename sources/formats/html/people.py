"""Finds the authors of a web page, from the page itself. Pure."""

from __future__ import annotations

import re
from typing import Any

from sources.clean import one_line
from sources.formats.html.dates import Found, is_article, json_ld, words
from sources.text.titles import plausible_author
from sources.text.written_dates import dates_in

_BY = re.compile(
    r"(?i)^(?:by|von|par|por|di|written by|reported by|автор:?|тексты?:|تحریر:?|از قلم:?|نویسنده:?|ليکوال:?|لیکوال:?|بقلم:?)\s+(.+)"
)
_ENDS = re.compile(r"(?<!\s)\s*(?:[|•·–—/]|,\s|\s-\s|\n|\(|\bfor\b|\bin\b).*", re.DOTALL)
_NAMED = re.compile(r"(?i)(?:^|[\s_-])(?:by-?line\w*|author\w*|writer|reporter)(?:$|[\s_-])")
_NAME_WORDS = 6  # maximum words of a name, and names in a byline


def page_author(root: Any, publisher: str | None) -> Found | None:
    """The author or authors, separated by commas; None if only the publisher or a program is named."""
    for names, origin in (
        (_json_ld_names(root), "the page's JSON-LD (author)"),
        (_meta_names(root), "the page's metadata (author)"),
    ):
        kept = [name for name in names if plausible_author(name) and name.casefold() != (publisher or "").casefold()]
        if kept:
            return Found(", ".join(dict.fromkeys(kept)), origin)
    return _byline(root)


def _json_ld_names(root: Any) -> list[str]:
    for found in json_ld(root):
        if is_article(found) and (names := _names(found.get("author"))):
            return names
    return []


def _names(author: Any) -> list[str]:
    if isinstance(author, list):
        return [name for one in author[:20] for name in _names(one)]
    if isinstance(author, dict):
        return [] if "Organization" in str(author.get("@type")) else _names(author.get("name"))
    return [one_line(author)] if isinstance(author, str) and "://" not in author else []


def _meta_names(root: Any) -> list[str]:
    names = []
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").lower()
        if name in (
            "author",
            "article:author",
            "dc.creator",
            "dcterms.creator",
            "citation_author",
            "parsely-author",
            "sailthru.author",
            "byl",
        ):
            content = re.sub(r"(?i)^by\s+", "", one_line(element.get("content") or ""))
            names += [] if "://" in content else [one for one in map(one_line, re.split(r";", content)) if one]
    return names


def _byline(root: Any) -> Found | None:
    """An element marked up as a byline, or a short line that begins with “By”."""
    for element in root.iter("p", "span", "div", "address", "a", "li"):
        marked = _NAMED.search(
            f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('rel') or ''}"
        )
        if not marked and element.get("rel") != "author":
            continue
        said = words(element)
        match = _BY.match(said)
        if len(said) > 150 or (
            match is None and element.get("rel") != "author" and "author" not in (element.get("itemprop") or "")
        ):
            continue
        name = match[1] if match else said
        date = next(iter(dates_in(name)), None)
        name = _ENDS.sub("", name[: date.start] if date else name).strip(" ,.:")
        if plausible_author(name) and len(name.split()) <= _NAME_WORDS:
            return Found(name, "the byline of the page")
    return None
