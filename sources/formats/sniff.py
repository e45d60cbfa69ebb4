"""Detects the format of a file from its first bytes, whatever its name."""

from __future__ import annotations

import re
import struct

from sources.limits import ARCHIVE_FILES

FORMAT_NAMES = {
    ".docx": "a Word document",
    ".epub": "an EPUB book",
    ".html": "a web page",
    ".odt": "an OpenDocument text",
    ".pdf": "a PDF",
    ".pptx": "a PowerPoint presentation",
    ".rtf": "a rich text (RTF) file",
    ".zip": "a zip archive",
}
_HTML = re.compile(rb"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(data: bytes) -> str | None:
    """The extension of the detected format; None for text, empty files and unknown formats."""
    head = data[:1024]
    if b"%PDF-" in head:
        return ".pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(data)
    if head.lstrip().startswith(b"{\\rtf"):
        return ".rtf"
    if _HTML.match(_begun(head.removeprefix(b"\xef\xbb\xbf"))):
        return ".html"
    return None


def _begun(head: bytes) -> bytes:
    """The content after the leading comments and declarations of a page."""
    head = head.lstrip()
    for mark, end in ((b"<?xml", b"?>"), *[(b"<!--", b"-->")] * (len(head) // 7)):
        if head.startswith(mark):
            head = head.partition(end)[2].lstrip()
    return head


def is_old_office(data: bytes) -> bool:
    """Whether it is a pre-2007 .doc, .ppt or .xls, or an encrypted newer file."""
    return data.startswith(_OLE)


def _inside_zip(data: bytes) -> str:
    names = _names(data)
    for mark, suffix in ((b"word/document.xml", ".docx"), (b"ppt/presentation.xml", ".pptx")):
        if mark in names:
            return suffix
    if b"META-INF/container.xml" in names:
        return ".epub"
    if b"content.xml" in names and b"META-INF/manifest.xml" in names:
        return ".odt"
    return ".zip"


def _names(data: bytes) -> set[bytes]:
    """The names in a zip directory, as far as it can be read; nothing is unpacked."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(data):
        return set()
    size, at = struct.unpack_from("<II", data, end + 12)
    at = end - size if size <= end else at  # data before the archive shifts it
    names = set[bytes]()
    while at + 46 <= end and data.startswith(b"PK\x01\x02", at) and len(names) < ARCHIVE_FILES:
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        names.add(data[at + 46 : at + 46 + name])
        at += 46 + name + extra + comment
    return names
