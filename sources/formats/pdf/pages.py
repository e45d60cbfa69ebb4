"""Reads a page of a PDF file with pypdfium2 (this is its only importer): its lines and form values, or by OCR what a scan shows."""

from __future__ import annotations

import ctypes
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from sources.clean import clean, one_line
from sources.errors import LoadError, why
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
from sources.text.legible import UNMAPPED

_OCR_DPI = 200
_LIGATURES = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]")
_LINE = re.compile(rf"[^\r\n{BROKEN}]+[{BROKEN}]?")
_STRETCHED_WIDTH = 1.2  # multiple of the mean letter width of the page above which a line has gaps
_COLUMN_GAP = 0.9  # gap, in line heights, between pieces that may belong to two columns


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page before the document is assembled."""

    lines: list[Line]
    unmapped: int  # characters without a letter in their font
    pictures: bool
    form: tuple[str, ...] = ()
    label: str = ""


@contextmanager
def open_pdf(data: bytes, file: str) -> Iterator[Any]:
    """The document of the engine, closed afterwards; LoadError for locked and damaged files."""
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


def read_page(document: Any, number: int) -> PdfPage:
    """A page from its text layer."""
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
    return PdfPage(
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
        if line.letter_width > _STRETCHED_WIDTH * usual or _is_uneven(raw, page, line):
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
            if gap > _COLUMN_GAP * (line.top - line.bottom) or gap < -0.5 * (line.top - line.bottom):
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


def scan_page(document: Any, number: int, languages: str, tesseract: str, file: str) -> PdfPage:
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
    return PdfPage(lines, 0, pictures=True)


def _recognise(page: Any, languages: str, tesseract: str, file: str) -> str:
    """The text of a page as read by tesseract; nothing is written to disk."""
    bitmap = page.render(scale=_OCR_DPI / 72, grayscale=True)
    rows = bytes(bitmap.buffer)
    picture = b"".join(rows[y * bitmap.stride : y * bitmap.stride + bitmap.width] for y in range(bitmap.height))
    header = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    command = [tesseract, "stdin", "stdout", "-l", languages, "--dpi", str(_OCR_DPI)]
    done = subprocess.run(command, input=header + picture, capture_output=True, check=False)
    if done.returncode:
        why = one_line(done.stderr.decode(errors="replace"))[-200:]
        raise LoadError(f"{file} could not be read by tesseract ({why}): check the languages given to --ocr")
    return done.stdout.decode(errors="replace")
