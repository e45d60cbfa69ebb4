"""PDF files with page numbers, through pypdfium2 (this is its only importer); scans by OCR on request."""

from __future__ import annotations

import ctypes
import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from sources.clean import clean, one_line
from sources.edtf import publication_day
from sources.errors import LoadError, why
from sources.formats.loaded import Loaded
from sources.formats.pdf.glyphs import (  # fmt: skip
    BROKEN,
    HYPHEN,
    NOTE_MARK,
    RTL,
    WORD,
    Box,
    Line,
    Word,
    lines_by_place,
    lines_of,
    may_hold_notes,
    without_notes,
)
from sources.formats.pdf.layout import SENTENCE_END, Layout, Paragraph, body_size, goes_on, laid_out
from sources.formats.pdf.running_heads import without_running_heads
from sources.formats.text_builder import Outline
from sources.limits import PAGES
from sources.text.hyphens import Hyphens
from sources.text.legible import UNMAPPED, is_garbled
from sources.text.titles import plausible_author, plausible_title

OCR_DPI = 200
_XMP_DATE = re.compile(rb"<prism:(?:publicationDate|coverDate)[^>]{0,80}>\s*([0-9T:+.Z-]{4,40})\s*</prism:")
_LIGATURES = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]")
_LINE = re.compile(rf"[^\r\n{BROKEN}]+[{BROKEN}]?")
_STRETCHED = 1.2  # multiple of the mean letter width of the page above which a line has gaps
_GAP = 0.9  # gap, in line heights, between pieces that may belong to two columns
_TITLE_WORDS = 3  # minimum number of letters in a title; fewer are a letterhead or a masthead
_TITLE_LETTERS = 200

Progress = Callable[[int, int], None]  # pages done, total


@dataclass(frozen=True, slots=True)
class _Page:
    """A page before the document is assembled."""

    lines: list[Line]
    unmapped: int  # characters without a letter in their font
    pictures: bool
    form: tuple[str, ...] = ()
    label: str = ""


def load_pdf(
    data: bytes, file: str, ocr: str | None = None, tesseract: str | None = None, *, progress: Progress | None = None
) -> Loaded:
    """The text page by page in reading order, without running heads; LoadError for locked and empty files.

    `ocr` names tesseract's languages (“eng+urd”): pages are then read as images by `tesseract`.
    """
    with _opened(data, file) as document:
        count = len(document)
        if count > PAGES:
            raise LoadError(f"{file} has more than {PAGES:,} pages: split it into smaller files")
        pages = list[_Page]()
        for number in range(count):
            pages.append(
                _scanned(document, number, ocr, tesseract, file) if ocr and tesseract else _read(document, number)
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


# assembling the document


def _put_together(pages: Sequence[_Page], file: str, about: dict[str, str], published: str | None) -> Loaded:
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
        words = paragraph.table_row or text_of(paragraph.lines, self._hyphens)
        words += "-" if paragraph.lines[-1].broken and not end else ""
        if paragraph.kind == "heading":
            self._outline.heading(words, 2)
        else:
            self._outline.paragraph(words, tight=paragraph.kind in ("table", "list"), kind=paragraph.kind)

    def _glue(self, paragraph: Paragraph) -> None:
        """Append the continuation of the previous page's paragraph, joining a broken word."""
        assert self._last is not None
        words = text_of(paragraph.lines, self._hyphens)
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


def text_of(lines: Sequence[Line], hyphens: Hyphens) -> str:
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
        words = one_line(" ".join(text_of(h.lines, hyphens) for h in headings if abs(h.size - size) < 0.3))
        if len(words.split()) >= _TITLE_WORDS and len(words) <= _TITLE_LETTERS:
            return words
    return None


def _notices(pages: Sequence[_Page]) -> Iterator[str]:
    without = [str(number) for number, page in enumerate(pages, 1) if not page.lines and page.pictures]
    if without:
        one = len(without) == 1
        yield (
            f"page{'' if one else 's'} {', '.join(without[:20])}{' …' if len(without) > 20 else ''}"
            f" hold{'s' if one else ''} no text, only pictures: add the file with `--ocr eng` (or urd, pus, fas, rus) to"
            " have them read"
        )


def _written(page: _Page) -> str:
    """The text of a page in reading order, and the characters without a letter."""
    return "\n".join(line.text for line in page.lines) + "\x01" * page.unmapped


def _no_text(file: str, *, asked: bool) -> str:
    if asked:
        return f"{file} holds pictures in which tesseract finds no words: use a better scan"
    return (
        f"{file} is a scan, pictures without text: add it with `--ocr eng` (or urd, pus, fas, rus; tesseract must be"
        " installed), or run it through an OCR program first"
    )


# reading a page


def _read(document: Any, number: int) -> _Page:
    from pypdfium2 import raw

    page = document[number]
    words = page.get_textpage()
    characters = _characters(raw, words.raw)
    reader = _by_place if RTL.search(characters) else _as_drawn
    lines = reader(raw, words.raw, characters)
    words.close()
    form = tuple(_form_values(raw, page.raw))
    pictures = not lines and any(found.type == raw.FPDF_PAGEOBJ_IMAGE for found in page.get_objects(max_depth=3))
    page.close()
    label = document.get_page_label(number)
    return _Page(
        lines, len(UNMAPPED.findall(characters)), pictures, form, "" if label == str(number + 1) else one_line(label)
    )


def _characters(raw: Any, page: Any) -> str:
    """One character per engine index; a character without a code is U+0001."""
    count = raw.FPDFText_CountChars(page)
    buffer = (ctypes.c_ushort * (count + 1))()
    taken = raw.FPDFText_GetText(page, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", errors="replace")
    if taken != count + 1 or len(text) != count:  # characters skipped, or of two units: indices must be preserved
        codes = (raw.FPDFText_GetUnicode(page, at) for at in range(count))
        text = "".join(chr(code) if 0 < code < 0x110000 else "\x01" for code in codes)
    return text


def _rectangles(raw: Any, page: Any, places: Sequence[int]) -> list[float]:
    """Left, top, right, bottom of each of these characters: its advance, and its font's ascent and descent."""
    asked = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
        ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
    )  # integer addresses cost half of the engine's own pointer types
    handle = ctypes.cast(page, ctypes.c_void_p).value
    values = (ctypes.c_float * (4 * len(places)))()
    start = ctypes.addressof(values)
    for at, place in enumerate(places):
        asked(handle, place, start + 16 * at)
    return list(values)


def _boxes(raw: Any, page: Any, places: Sequence[int]) -> list[Box]:
    numbers = iter(_rectangles(raw, page, places))
    return [
        Box(left, right, bottom, top)
        for left, top, right, bottom in zip(numbers, numbers, numbers, numbers, strict=True)
    ]


def _as_drawn(raw: Any, page: Any, characters: str) -> list[Line]:
    """The lines of a page in a left-to-right script.

    Most lines are drawn in adjacent pieces of one size: their first and last letters suffice. A line with a gap, with
    several sizes, or stretched, is examined word by word.
    """
    drawn = [_Drawn(match.start(), match[0].rstrip()) for match in _LINE.finditer(characters) if match[0].strip()]
    for line, left, top, right, bottom in zip(drawn, *_ends(raw, page, drawn), strict=True):
        line.left, line.top, line.right, line.bottom = left, top, right, bottom
    usual = median(line.letter_width for line in drawn) if drawn else 0.0
    lines = list[Line]()
    for line in drawn:
        if line.letter_width > _STRETCHED * usual or _is_uneven(raw, page, line):
            lines += lines_of(_words(raw, page, line))
        else:
            lines.append(line.line())
    return _cleaned(lines)


@dataclass(slots=True)
class _Drawn:
    """A line from the engine, with the box from its first to its last letter."""

    start: int
    text: str
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    @property
    def letter_width(self) -> float:
        """The mean width of its letters, in line heights."""
        return (self.right - self.left) / len(self.text) / max(self.top - self.bottom, 0.1)

    def line(self) -> Line:
        """The whole as one line; the first word's width is estimated from the letters'."""
        text = " ".join(self.text.split())
        first = (self.right - self.left) * (text.find(" ") if " " in text else len(text)) / len(text)
        broken = HYPHEN.search(text) is not None
        height = max(self.top - self.bottom, 0.1)
        return Line(HYPHEN.sub("", text) if broken else text, self.left, self.right, self.bottom, height, first, broken)


def _ends(raw: Any, page: Any, drawn: Sequence[_Drawn]) -> tuple[list[float], list[float], list[float], list[float]]:
    """Left, top, right and bottom of each line, by its first and its last letter."""
    places = list[int]()
    for line in drawn:
        last = len(line.text) - 1
        places += (line.start, line.start + (last - 1 if last and line.text[last] in BROKEN else last))
    values = _rectangles(raw, page, places)
    return values[0::8], values[1::8], values[6::8], values[3::8]


def _is_uneven(raw: Any, page: Any, line: _Drawn) -> bool:
    """Whether the pieces of a line differ in size, are apart or run backwards."""
    count = raw.FPDFText_CountRects(page, line.start, len(line.text))
    if count < 2:
        return line.right < line.left
    sides = [ctypes.c_double() for _ in range(4)]
    left, top, right, bottom = sides
    before = None
    for at in range(count):
        raw.FPDFText_GetRect(page, at, left, top, right, bottom)
        if before is not None:
            gap = left.value - before
            if gap > _GAP * (line.top - line.bottom) or gap < -0.5 * (line.top - line.bottom):
                return True
        before = right.value
    return _sizes_differ(raw, page, line)


def _sizes_differ(raw: Any, page: Any, line: _Drawn) -> bool:
    """Whether digits or marks of the line, possibly notes, are smaller than its first letter."""
    marks = [line.start + match.start() for match in NOTE_MARK.finditer(line.text)]
    if not marks:
        return False
    values = _rectangles(raw, page, marks)
    height = line.top - line.bottom
    return any(
        abs(top - bottom - height) > 0.1 * height for top, bottom in zip(values[1::4], values[3::4], strict=True)
    )


def _words(raw: Any, page: Any, line: _Drawn) -> list[Word]:
    """The words of a line with their boxes, without note numbers."""
    found = [(line.start + match.start(), line.start + match.end(), match[0]) for match in WORD.finditer(line.text)]
    places = list[int]()
    for start, end, text in found:
        places += (start, end - 2 if text[-1] in BROKEN and end - start > 1 else end - 1)
    numbers = iter(_rectangles(raw, page, places))
    words = list[Word]()
    for (start, end, text), left, top, _, bottom, _, _, right, _ in zip(found, *[numbers] * 8, strict=True):
        if may_hold_notes(text):
            inside = _boxes(raw, page, range(start, end))
            text = without_notes(text, inside)
            tallest = max(inside, key=lambda box: box.top - box.bottom)
            top, bottom = tallest.top, tallest.bottom
        words.append(Word(text, left, max(left, right), bottom, max(top - bottom, 0.1)))
    return words


def _by_place(raw: Any, page: Any, characters: str) -> list[Line]:
    """The lines of a page with letters of a right-to-left script."""
    places = [at for at, character in enumerate(characters) if not character.isspace()]
    x, y = ctypes.c_double(), ctypes.c_double()
    baselines = []
    for at in places:
        raw.FPDFText_GetCharOrigin(page, at, x, y)
        baselines.append(y.value)
    return _cleaned(lines_by_place([characters[at] for at in places], _boxes(raw, page, places), baselines))


def _cleaned(lines: Sequence[Line]) -> list[Line]:
    """The lines with cleaned text; most need no change."""
    kept = []
    for line in lines:
        if not line.text.isascii() or UNMAPPED.search(line.text):
            line = line._replace(text=one_line(_plain_letters(line.text)))
        if line.text.strip():
            kept.append(line)
    return kept


def _plain_letters(text: str) -> str:
    """Replace ligatures and Arabic presentation forms by letters."""
    return _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _form_values(raw: Any, page: Any) -> Iterator[str]:
    """The values of form fields, “name: value” each; they are in no text of the page."""
    for at in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        if not annotation:
            continue
        try:
            if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET:
                name, value = (one_line(_annotated(raw, annotation, key)) for key in (b"T", b"V"))
                if value and value != "Off":
                    yield f"{name}: {value}" if name else value
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _annotated(raw: Any, annotation: Any, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return clean(bytes(buffer)[: max(0, size - 2)].decode("utf-16-le", errors="replace"))


def _scanned(document: Any, number: int, languages: str, tesseract: str, file: str) -> _Page:
    """A page as read by tesseract: lines without positions, empty ones between paragraphs."""
    page = document[number]
    text = _recognise(page, languages, tesseract, file)
    page.close()
    lines, bottom = list[Line](), 100_000.0
    for written in clean(text).split("\n"):
        words = one_line(written)
        bottom -= 12.0 if words else 8.0
        if words:
            broken = bool(re.search(r"\w-$", words))
            bare = words.removesuffix("-") if broken else words
            first = 6.0 * len(words.split()[0])
            lines.append(Line(bare, 0.0, 6.0 * len(words), bottom, 10.0, first, broken))
    return _Page(lines, 0, pictures=True)


def _recognise(page: Any, languages: str, tesseract: str, file: str) -> str:
    """The text of a page as read by tesseract; nothing is written to disk."""
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
