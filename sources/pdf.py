"""PDF files with their page numbers, through pypdfium2 (this is its only importer); scans by OCR when asked."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from statistics import median
from typing import Any

from sources.clean import clean, one_line
from sources.errors import LoadError, why
from sources.html import day
from sources.limits import PAGES
from sources.loaded import Loaded
from sources.outline import Outline

OCR_DPI = 200
_NO_TITLE = re.compile(r"(?i)microsoft (word|powerpoint)|untitled|\.(docx?|pdf|indd|pptx?|qxp|rtf)$|^[\W\d_]*$")
_SENTENCE_END = re.compile(r"[.!?…:؟۔][”’»\")\]']*$")
_LIST_LINE = re.compile(r"(?:[•●▪–*-]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s")


def load_pdf(data: bytes, file: str, *, ocr: str | None = None, tesseract: str | None = None) -> Loaded:
    """The text page by page, lines joined to paragraphs, running heads left out; LoadError for locked and empty files.

    `ocr` names tesseract's languages (“eng+urd”): then pages are read as pictures by the program `tesseract`.
    """
    with _opened(data, file) as document:
        if len(document) > PAGES:
            raise LoadError(f"{file} has more than {PAGES:,} pages: split it into smaller files")
        pages = [_lines(document, number, ocr, tesseract, file) for number in range(len(document))]
        about = document.get_metadata_dict(skip_empty=True)
    if not any(pages):
        raise LoadError(_no_text(file, asked=ocr is not None))
    outline = Outline(file)
    unfinished = False
    for number, page in enumerate(_without_running_heads(pages), 1):
        outline.page(number)
        for position, paragraph in enumerate(_paragraphs(page)):
            glued = position == 0 and unfinished and paragraph[:1].islower()
            outline.paragraph(paragraph, glued=glued)
            unfinished = not _SENTENCE_END.search(paragraph)
    title = one_line(about.get("Title", ""))
    return Loaded(
        outline.text,
        pages=outline.pages,
        title=(title if title and not _NO_TITLE.search(title) else None) or _first_line(pages),
        author=one_line(about.get("Author", "")) or None,
        published=_date(about.get("CreationDate", "")),
    )


@contextmanager
def _opened(data: bytes, file: str) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LoadError(f"{file} is protected by a password: remove it with a PDF program, then add it") from error
        raise LoadError(f"{file} is no PDF or a damaged one ({why(error)}): export or download it again") from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise LoadError(f"{file} is a damaged PDF ({why(error)}): export or download it again") from error
    finally:
        document.close()


def _lines(document: Any, number: int, ocr: str | None, tesseract: str | None, file: str) -> list[str]:
    page = document[number]
    if ocr and tesseract:
        text = _recognise(page, ocr, tesseract, file)
    else:
        words = page.get_textpage()
        text = words.get_text_bounded()
        words.close()
    page.close()
    # U+FFFE and U+0002 are what pdfium puts where a hyphen breaks a word at a line end
    text = re.sub("[\ufffe\x02]\\s*", "", text)
    return [line for line in (one_line(line) for line in clean(text).split("\n")) if line]


def _recognise(page: Any, languages: str, tesseract: str, file: str) -> str:
    """The words of a page as tesseract reads them; nothing is written to disk."""
    bitmap = page.render(scale=OCR_DPI / 72, grayscale=True)
    rows = bytes(bitmap.buffer)
    picture = b"".join(rows[y * bitmap.stride : y * bitmap.stride + bitmap.width] for y in range(bitmap.height))
    header = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    command = [tesseract, "stdin", "stdout", "-l", languages, "--dpi", str(OCR_DPI)]
    done = subprocess.run(command, input=header + picture, capture_output=True, check=False)
    if done.returncode:
        why = one_line(done.stderr.decode(errors="replace"))[-200:]
        raise LoadError(f"{file} could not be read by tesseract ({why}): check the languages given to --ocr")
    return done.stdout.decode(errors="replace")


def _no_text(file: str, *, asked: bool) -> str:
    if asked:
        return f"{file} holds pictures in which tesseract finds no words: use a better scan"
    return (
        f"{file} is a scan, pictures without text: add it with `--ocr eng` (or urd, pus, fas, rus; tesseract must be"
        " installed), or run it through an OCR program first"
    )


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Pages without page numbers, and without first and last lines that most pages share but for their digits."""
    edges = Counter(edge for page in pages for edge in {_shape(line) for line in (*page[:2], *page[-2:])})
    running = {shape for shape, count in edges.items() if len(pages) > 2 and count > len(pages) / 2}
    return [
        [
            line
            for at, line in enumerate(page)
            if not (at in (0, 1, len(page) - 2, len(page) - 1) and (_shape(line) in running or _shape(line) == "#"))
        ]
        for page in pages
    ]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line).strip("- –|").casefold()


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines joined to paragraphs: a short line that ends a sentence, or one before a list mark, ends a paragraph."""
    if not lines:
        return []
    full = 0.8 * median(len(line) for line in lines)
    paragraphs = [lines[0]]
    for line, following in pairwise(lines):
        ends = len(line) < full and (_SENTENCE_END.search(line) or not following[:1].islower())
        if ends or _LIST_LINE.match(following):
            paragraphs.append(following)
        elif re.search(r"\w-$", line) and following[:1].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + following
        else:
            paragraphs[-1] += f" {following}"
    return paragraphs


def _first_line(pages: Sequence[list[str]]) -> str | None:
    first = next((page[0] for page in pages if page), "")
    return first if 4 <= len(first) <= 150 and not _SENTENCE_END.search(first) else None


def _date(written: str) -> str | None:
    """The day of `D:20240319…` (ISO 32000-1, 7.9.4)."""
    match = re.match(r"D:([0-9]{4})([0-9]{2})([0-9]{2})", written)
    return day("-".join(match.groups())) if match else None
