"""LOADERS: the loader for each file name extension."""

from __future__ import annotations

from collections.abc import Callable

from sources.formats.epub import load_epub
from sources.formats.html.loader import load_html
from sources.formats.jsonl import load_jsonl
from sources.formats.loaded import Loaded
from sources.formats.mail import load_mail
from sources.formats.markdown import load_markdown
from sources.formats.office.docx import load_docx
from sources.formats.office.odt import load_odt
from sources.formats.office.pptx import load_pptx
from sources.formats.pdf.loader import load_pdf
from sources.formats.plain_text import load_text
from sources.formats.rtf import load_rtf

# A loader takes the bytes and the name of a file (for messages only), returns cleaned plain text, raises LoadError, and
# imports heavy libraries lazily.
Loader = Callable[[bytes, str], Loaded]

LOADERS: dict[str, Loader] = {
    ".docx": load_docx,
    ".eml": load_mail,
    ".epub": load_epub,
    ".htm": load_html,
    ".html": load_html,
    ".jsonl": load_jsonl,
    ".markdown": load_markdown,
    ".md": load_markdown,
    ".odt": load_odt,
    ".pdf": load_pdf,
    ".pptx": load_pptx,
    ".rtf": load_rtf,
    ".text": load_text,
    ".txt": load_text,
    ".xhtml": load_html,
}


def endings() -> str:
    """The file name extensions that can be read."""
    return ", ".join(sorted(LOADERS))
