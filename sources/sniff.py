"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

import io
import re
import zipfile

NAMES = {
    ".docx": "a Word document",
    ".epub": "an EPUB book",
    ".html": "a web page",
    ".odt": "an OpenDocument text",
    ".pdf": "a PDF",
    ".pptx": "a PowerPoint presentation",
    ".rtf": "a rich text (RTF) file",
    ".zip": "a zip archive",
}
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE | re.DOTALL
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(data: bytes) -> str | None:
    """The suffix of the kind that the bytes are of; None for text, for the empty file and for what is unknown."""
    head = data[:1024]
    if b"%PDF-" in head:
        return ".pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(data)
    if head.lstrip().startswith(b"{\\rtf"):
        return ".rtf"
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return ".html"
    return None


def is_old_office(data: bytes) -> bool:
    """Whether it is a .doc, .ppt or .xls of the years before 2007, or an encrypted newer one."""
    return data.startswith(_OLE)


def _inside_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return ".zip"
    for mark, suffix in (("word/document.xml", ".docx"), ("ppt/presentation.xml", ".pptx")):
        if mark in names:
            return suffix
    if "META-INF/container.xml" in names:
        return ".epub"
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return ".odt"
    return ".zip"
