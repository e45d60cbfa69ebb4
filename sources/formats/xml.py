"""Parses untrusted XML: no entities, no document types, no network, bounded depth. (With web pages, the only importer
of lxml.)
"""

from __future__ import annotations

from typing import Any

from sources.errors import LoadError, why

_MARKS = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def parse_xml(data: bytes, file: str) -> Any:
    """The root element; LoadError if it is malformed or declares entities (“XML bomb”)."""
    from lxml import etree

    if any(mark in data for mark in _MARKS):
        raise LoadError(f"{file} declares XML entities, which no office program does (an XML bomb): do not use it")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise LoadError(f"{file} is damaged ({why(error)}): export or download it again") from error


def parse_html(data: bytes, file: str) -> Any:
    """The root element of a page, however malformed; LoadError if there is none."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(data, parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise LoadError(f"{file} is empty: add some text, or remove it from the library") from error
    return root


def tag(element: Any) -> str:
    """The local name of an element; "" for comments and the like."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its local name."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
