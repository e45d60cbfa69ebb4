"""PDF files with page numbers: the pages in reading order become one text, a sentence or word that was cut by a page whole again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from sources.clean import one_line
from sources.edtf import publication_day
from sources.errors import LoadError
from sources.formats.loaded import Loaded
from sources.formats.pdf.glyphs import Line
from sources.formats.pdf.layout import SENTENCE_END, Layout, Paragraph, body_size, goes_on, laid_out
from sources.formats.pdf.pages import PdfPage, open_pdf, read_page, scan_page
from sources.formats.pdf.running_heads import without_running_heads
from sources.formats.text_builder import Outline
from sources.limits import PDF_PAGES
from sources.text.hyphens import Hyphens
from sources.text.legible import is_garbled
from sources.text.titles import plausible_author, plausible_title

_XMP_DATE = re.compile(rb"<prism:(?:publicationDate|coverDate)[^>]{0,80}>\s*([0-9T:+.Z-]{4,40})\s*</prism:")
_TITLE_WORDS = 3  # minimum number of words in a title; fewer are a letterhead or a masthead
_TITLE_LETTERS = 200

Progress = Callable[[int, int], None]  # pages done, total


def load_pdf(
    data: bytes, file: str, ocr: str | None = None, tesseract: str | None = None, *, progress: Progress | None = None
) -> Loaded:
    """The text page by page in reading order, without running heads; LoadError for locked and empty files.

    `ocr` names tesseract's languages (“eng+urd”): pages are then read as images by `tesseract`.
    """
    with open_pdf(data, file) as document:
        count = len(document)
        if count > PDF_PAGES:
            raise LoadError(f"{file} has more than {PDF_PAGES:,} pages: split it into smaller files")
        pages = list[PdfPage]()
        for number in range(count):
            pages.append(
                scan_page(document, number, ocr, tesseract, file) if ocr and tesseract else read_page(document, number)
            )
            if progress:
                progress(number + 1, count)
        about = document.get_metadata_dict(skip_empty=True)
    if not any(page.lines or page.form for page in pages):
        raise LoadError(_no_text(file, asked=ocr is not None))
    if not ocr and is_garbled("\n".join(_written(page) for page in pages)):
        raise LoadError(
            f"{file} has a text layer of wrong letters (its fonts do not say which): add it with `--ocr eng` (or urd,"
            " pus, fas, rus; tesseract must be installed)"
        )
    published = _XMP_DATE.search(data)
    return _put_together(pages, file, about, published[1].decode() if published else None)


def _put_together(pages: Sequence[PdfPage], file: str, about: dict[str, str], published: str | None) -> Loaded:
    kept, numbers = without_running_heads([page.lines for page in pages])
    body = body_size(kept)
    hyphens = Hyphens(line.text for page in kept for line in page)
    outline = Outline(file)
    writer = _Writer(outline, hyphens)
    largest = _largest([laid_out(kept[0], body)] if kept else [], hyphens)
    for at, (page, lines) in enumerate(zip(pages, kept, strict=True)):
        printed = page.label or (str(numbers[at]) if numbers[at] is not None else "")
        writer.page(at + 1, printed, laid_out(lines, body), page.form)
    writer.end()
    return Loaded(
        outline.text,
        headings=outline.headings,
        pages=outline.pages,
        blocks=outline.blocks,
        title=plausible_title(about.get("Title"), outline.text) or largest,
        author=plausible_author(about.get("Author")),
        published=publication_day(published),
        date_origin="the file's publication date (PRISM)" if publication_day(published) else None,
        author_origin="the file's metadata",
        notices=tuple(_notices(pages)),
    )


class _Writer:
    """Writes page after page; a sentence continues across pages, and a footnote waits for its end."""

    def __init__(self, outline: Outline, hyphens: Hyphens) -> None:
        self._outline = outline
        self._hyphens = hyphens
        self._waiting: list[tuple[int, str, Paragraph]] = []
        self._last: Paragraph | None = None

    def page(self, number: int, label: str, layout: Layout, form: Sequence[str]) -> None:
        """Write a page."""
        self._outline.page(number, label)
        for at, paragraph in enumerate(layout.paragraphs):
            if at == 0 and self._continues(paragraph):
                self._glue(paragraph)
            else:
                if self._waiting:
                    self._write_waiting()
                    self._outline.page(number, label)
                self._write(paragraph, end=at == len(layout.paragraphs) - 1)
            self._last = paragraph
        for value in form:
            self._outline.paragraph(value, tight=True, kind="list")
        self._waiting += [(number, label, note) for note in layout.footnotes]
        if self._last is not None and not self._unfinished(self._last):
            self._write_waiting()

    def end(self) -> None:
        """Write what is held back."""
        self._write_waiting()

    def _write_waiting(self) -> None:
        for number, label, note in self._waiting:
            self._outline.page(number, label)
            self._write(note)
        self._waiting = []

    def _write(self, paragraph: Paragraph, *, end: bool = False) -> None:
        """Write a paragraph; a hyphen stays open only at the `end` of a page."""
        words = paragraph.table_row or _text_of(paragraph.lines, self._hyphens)
        words += "-" if paragraph.lines[-1].broken and not end else ""
        if paragraph.kind == "heading":
            self._outline.heading(words, 2)
        else:
            self._outline.paragraph(words, tight=paragraph.kind in ("table", "list"), kind=paragraph.kind)

    def _glue(self, paragraph: Paragraph) -> None:
        """Append the continuation of the previous page's paragraph, joining a broken word."""
        assert self._last is not None
        words = _text_of(paragraph.lines, self._hyphens)
        if self._last.lines[-1].broken:
            before = self._last.lines[-1].text.rsplit(" ", 1)[-1]
            first, space, rest = words.partition(" ")
            whole = self._hyphens.joined(before, first)
            self._outline.paragraph(whole.removeprefix(before) + space + rest, glued="")
        else:
            self._outline.paragraph(words, glued=" ")

    def _unfinished(self, paragraph: Paragraph) -> bool:
        return paragraph.kind in ("paragraph", "list") and not SENTENCE_END.search(paragraph.lines[-1].text)

    def _continues(self, paragraph: Paragraph) -> bool:
        """Whether the first paragraph of a page continues the last one of the previous page."""
        if self._last is None or paragraph.kind != "paragraph" or not self._unfinished(self._last):
            return False
        last, first = self._last.lines[-1], paragraph.lines[0]
        return (
            last.broken or first.text[:1].islower() or (self._last.full and (goes_on(first) or last.rtl == first.rtl))
        )


def _text_of(lines: Sequence[Line], hyphens: Hyphens) -> str:
    """The lines of a paragraph joined, with broken words mended."""
    text, broken = "", False
    for line in lines:
        if broken:
            head, _, last = text.rpartition(" ")
            first, space, rest = line.text.partition(" ")
            text = f"{head}{' ' if head else ''}{hyphens.joined(last, first)}{space}{rest}"
        else:
            text += f"{' ' if text else ''}{line.text}"
        broken = line.broken
    return text


def _largest(first: Sequence[Layout], hyphens: Hyphens) -> str | None:
    """The text in the largest letters of the first page, if they stand out and are enough for a title."""
    headings = [paragraph for layout in first for paragraph in layout.paragraphs if paragraph.kind == "heading"]
    by_size = sorted({round(heading.size, 1) for heading in headings}, reverse=True)
    for size in by_size[:2]:
        words = one_line(" ".join(_text_of(h.lines, hyphens) for h in headings if abs(h.size - size) < 0.3))
        if len(words.split()) >= _TITLE_WORDS and len(words) <= _TITLE_LETTERS:
            return words
    return None


def _notices(pages: Sequence[PdfPage]) -> Iterator[str]:
    without = [str(number) for number, page in enumerate(pages, 1) if not page.lines and page.pictures]
    if without:
        one = len(without) == 1
        yield (
            f"page{'' if one else 's'} {', '.join(without[:20])}{' …' if len(without) > 20 else ''}"
            f" hold{'s' if one else ''} no text, only pictures: add the file with `--ocr eng` (or urd, pus, fas, rus) to"
            " have them read"
        )


def _written(page: PdfPage) -> str:
    """The text of a page in reading order, and the characters without a letter."""
    return "\n".join(line.text for line in page.lines) + "\x01" * page.unmapped


def _no_text(file: str, *, asked: bool) -> str:
    if asked:
        return f"{file} holds pictures in which tesseract finds no words: use a better scan"
    return (
        f"{file} is a scan, pictures without text: add it with `--ocr eng` (or urd, pus, fas, rus; tesseract must be"
        " installed), or run it through an OCR program first"
    )
