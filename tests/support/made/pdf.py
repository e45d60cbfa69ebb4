"""PDFs drawn piece by piece, with a font whose codes stand for any letters: what real programs do, one fault at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

HELVETICA = {
    "i": 222,
    "l": 222,
    "t": 278,
    "f": 278,
    "r": 333,
    "m": 833,
    "w": 722,
    " ": 278,
    "-": 333,
    ".": 278,
    ",": 278,
}


class Piece(NamedTuple):
    """A text drawn at a place."""

    x: float
    y: float
    text: str | bytes
    size: float = 11


def pdf(
    pages: Sequence[Iterable[Piece]],
    *,
    letters: Mapping[int, str] | None = None,
    widths: Mapping[int, int] | None = None,
    about: str = "",
    catalogue: str = "",
    annotations: Sequence[str] = (),
) -> bytes:
    """A PDF of those pieces; with `letters` their bytes are codes of a font that maps each to a text."""
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(len(pages)))
    form = 6 + 2 * len(pages)
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _font(letters, widths or {}),
        _stream(_cmap(letters or {})),
        f"<< {about} >>".encode(),
    ]
    fields = " ".join(f"{form + at} 0 R" for at in range(len(annotations)))
    for at, pieces in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * at} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> >> {f'/Annots [{fields}]' if at == 0 and fields else ''} >>".encode()
        )
        objects.append(_stream(b"".join(map(_drawn, pieces))))
    objects += [annotation.encode() for annotation in annotations]
    return _file(objects)


def lines(texts: Sequence[str], *, x: float = 60, top: float = 780, step: float = 14, size: float = 11) -> list[Piece]:
    """One text below the other."""
    return [Piece(x, top - at * step, text, size) for at, text in enumerate(texts)]


def width(text: str, size: float) -> float:
    """About what Helvetica takes for it."""
    return sum(HELVETICA.get(letter, 556) for letter in text) * size / 1000


def _drawn(piece: Piece) -> bytes:
    written = piece.text if isinstance(piece.text, bytes) else piece.text.encode("cp1252")
    return b"BT /F1 %g Tf %g %g Td <%s> Tj ET\n" % (piece.size, piece.x, piece.y, written.hex().encode())


def _font(letters: Mapping[int, str] | None, widths: Mapping[int, int]) -> bytes:
    if letters is None:
        return b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    table = " ".join(str(widths.get(code, 500)) for code in range(256))
    return (
        f"<< /Type /Font /Subtype /TrueType /BaseFont /Made /FirstChar 0 /LastChar 255 /Widths [{table}] /ToUnicode 4 0 R"
        " /FontDescriptor << /Type /FontDescriptor /FontName /Made /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
        " /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >> >>"
    ).encode()


def _cmap(letters: Mapping[int, str]) -> bytes:
    rows = "\n".join(f"<{code:02X}> <{text.encode('utf-16-be').hex()}>" for code, text in letters.items())
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def"
        f" 1 begincodespacerange <00> <FF> endcodespacerange {len(letters)} beginbfchar\n{rows}\nendbfchar endcmap end end"
    ).encode()


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{tail}".encode()
