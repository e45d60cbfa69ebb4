"""Small files of every format made here, as seeds for fuzzing, for measuring and for tests."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

SENTENCES = (
    "The Torkham crossing was closed on Monday after border guards of both sides exchanged fire.",
    "A spokesman in Kabul said that the posts had been built on the Afghan side of the line.",
    "Islamabad asked the authorities in Kabul to act against the militants of the TTP.",
    "Traders in Peshawar and Jalalabad counted their losses in perishable goods.",
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>The crossing</dc:title><dc:creator>A. Writer</dc:creator>"
    "<dcterms:created>2024-03-19T10:00:00Z</dcterms:created></cp:coreProperties>"
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of those parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def html(paragraphs: Sequence[str] = SENTENCES, title: str = "The crossing", page: str = "crossing") -> bytes:
    """A news page with menus around its text."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta property="og:site_name" content="Example News"><meta name="author" content="A. Writer">'
        '<meta property="article:published_time" content="2024-03-19T10:00:00Z">'
        f'<link rel="canonical" href="https://news.example.org/{page}"></head><body>'
        '<nav><a href="/">Home</a> <a href="/world">World</a></nav>'
        f"<article><h1>{title}</h1>{body}<h2>Trade</h2><ul><li>coal and cement</li><li>fruit and rice</li></ul>"
        "</article><footer>All rights reserved</footer></body></html>"
    ).encode()


def pdf(pages: Sequence[Sequence[str]] = (SENTENCES[:2], SENTENCES[2:]), title: str = "The crossing") -> bytes:
    """A PDF with those lines on its pages (ISO 32000-1, the smallest that every program reads)."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
        stream = f"BT /F1 9 Tf 40 800 Td 12 TL {shown} ET".encode("latin-1", errors="replace")
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
        objects.append(f"{page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    about = f"<< /Title ({_escaped(title)}) /Author (A. Writer) /CreationDate (D:20240319100000Z) >>"
    objects.append(about.encode("latin-1", errors="replace"))
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + head.encode() + tail.encode()


def docx(paragraphs: Sequence[str] = SENTENCES) -> bytes:
    """A Word document with a heading, paragraphs, a table and a deletion."""
    body = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    heading = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>At the border</w:t></w:r></w:p>'
    deleted = "<w:p><w:del><w:r><w:delText>not this</w:delText></w:r></w:del><w:r><w:t>Kept.</w:t></w:r></w:p>"
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in ("Torkham", "closed"))
    table = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    document = f"<w:document {_W}><w:body>{heading}{body}{deleted}{table}</w:body></w:document>"
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": document, "docProps/core.xml": _CORE})


def pptx(slides: Sequence[str] = SENTENCES[:2]) -> bytes:
    """A presentation with a sentence on each slide."""
    parts = {"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>", "docProps/core.xml": _CORE}
    for number, words in enumerate(slides, 1):
        parts[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld xmlns:p='p' {_A}><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:sld>"
        )
    return packed(parts)


def odt(paragraphs: Sequence[str] = SENTENCES) -> bytes:
    """An OpenDocument text with a heading and paragraphs."""
    space = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:office="urn:office"'
    body = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    heading = '<text:h text:outline-level="1">At the border</text:h>'
    text = f"<office:body><office:text>{heading}{body}</office:text></office:body>"
    content = f"<office:document {space}>{text}</office:document>"
    return packed(
        {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": "<m/>", "content.xml": content}
    )


def epub(chapters: Sequence[str] = SENTENCES[:2]) -> bytes:
    """A book with a sentence in each chapter."""
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    about = "<dc:title>The crossing</dc:title><dc:creator>A. Writer</dc:creator><dc:date>2024-03-19</dc:date>"
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{about}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    parts = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package}
    for n, words in enumerate(chapters):
        parts[f"OEBPS/c{n}.xhtml"] = f"<html><body><h1>Chapter {n + 1}</h1><p>{words}</p></body></html>"
    return packed(parts)


def rtf(paragraphs: Sequence[str] = SENTENCES) -> bytes:
    """A rich text file."""
    about = r"{\info{\title The crossing}{\author A. Writer}{\creatim\yr2024\mo3\dy19}}"
    return (r"{\rtf1\ansi\ansicpg1252" + about + "".join(rf"\pard {words}\par " for words in paragraphs) + "}").encode()


def eml(paragraphs: Sequence[str] = SENTENCES) -> bytes:
    """An e-mail message with an attachment."""
    message = EmailMessage()
    message["Subject"], message["From"] = "The crossing", "A. Writer <writer@example.org>"
    message["Date"] = "Tue, 19 Mar 2024 10:00:00 +0000"
    message.set_content("\n\n".join(paragraphs))
    message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="map.bin")
    return bytes(message)


def jsonl(paragraphs: Sequence[str] = SENTENCES) -> bytes:
    """One record in the shape of BEIR."""
    record = {"_id": "d1", "title": "The crossing", "text": "\n".join(paragraphs), "metadata": {"date": "2024-03-19"}}
    return json.dumps(record).encode() + b"\n"


def feed(entries: int = 3) -> bytes:
    """An RSS feed."""
    items = "".join(
        f"<item><title>Report {n}</title><link>https://news.example.org/{n}</link>"
        "<pubDate>Tue, 19 Mar 2024 10:00:00 GMT</pubDate></item>"
        for n in range(entries)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Border</title>{items}</channel></rss>'.encode()


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


SEEDS: dict[str, bytes] = {
    ".docx": docx(),
    ".eml": eml(),
    ".epub": epub(),
    ".html": html(),
    ".jsonl": jsonl(),
    ".md": b"---\ntitle: The crossing\ndate: 2024-03-19\n---\n# At the border\n\n- one\n- two\n\n| a | b |\n|---|---|\n"
    b"| 1 | 2 |\n",
    ".odt": odt(),
    ".pdf": pdf(),
    ".pptx": pptx(),
    ".rtf": rtf(),
    ".txt": "\n\n".join(SENTENCES).encode(),
}
