"""Rich text (RTF) files, through striprtf (of which this is the only importer)."""

from __future__ import annotations

import re

from sources.clean import clean, one_line
from sources.errors import LoadError
from sources.html import day
from sources.limits import MB
from sources.loaded import Loaded
from sources.text import paragraphs

MOST = 10 * MB  # striprtf takes about a second for each megabyte
_INFO = re.compile(r"\{\\(title|author)\s+([^{}\\]{1,500})\}")
_CREATED = re.compile(r"\\creatim\\yr([0-9]{4})\\mo([0-9]{1,2})\\dy([0-9]{1,2})")


def load_rtf(data: bytes, file: str) -> Loaded:
    """The text of a rich text file with the title, author and day of its information group."""
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip()[:5] == b"{\\rtf":
        raise LoadError(f"{file} is no rich text (RTF) file: give it the ending that fits what it is")
    if len(data) > MOST:
        raise LoadError(f"{file} is larger than {MOST // MB} MB of rich text: take the pictures out, or save it as PDF")
    source = data.decode("latin-1")  # the format is 7 bits; the rest is escaped, or as \ansicpg says
    source = re.sub(r"\\(?:pict|bin)\b[^{}]*", "", source)
    about = dict(_INFO.findall(source[:20_000]))
    created = _CREATED.search(source[:20_000])
    # every line end of the result is the end of a paragraph: none of them comes from wrapping
    text = paragraphs(clean(rtf_to_text(source, errors="replace")).replace("\n", "\n\n"))
    return Loaded(
        text,
        title=one_line(about.get("title", "")) or None,
        author=one_line(about.get("author", "")) or None,
        published=day("-".join((created[1], created[2].zfill(2), created[3].zfill(2)))) if created else None,
    )
