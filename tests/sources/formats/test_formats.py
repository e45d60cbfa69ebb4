from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from evals.fuzz import made_files
from evals.fuzz.made_files import SENTENCES
from sources.clean import clean
from sources.collection.library import Library
from sources.document import Heading, Page
from sources.errors import LoadError
from sources.formats.html.loader import load_html
from sources.formats.jsonl import load_jsonl
from sources.formats.pdf.loader import load_pdf
from sources.formats.registry import LOADERS
from sources.formats.sniff import sniff
from sources.sandbox.convert import convert
from sources.sandbox.parent import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    child = Sandbox()
    yield child
    child.close()


@pytest.mark.whole
@pytest.mark.parametrize("suffix", sorted(made_files.SEEDS))
def test_every_loader_gives_clean_text_and_true_offsets(suffix: str, sandbox: Sandbox) -> None:
    loaded = convert(made_files.SEEDS[suffix], f"f{suffix}", suffix, sandbox)
    assert clean(loaded.text) == loaded.text
    assert all(loaded.text[heading.start : heading.end].strip() for heading in loaded.headings)
    assert all(page.start < page.end <= len(loaded.text) for page in loaded.pages)
    if suffix != ".md":
        assert SENTENCES[0] in loaded.text


@pytest.mark.parametrize("suffix", [".docx", ".epub", ".pdf", ".pptx", ".rtf", ".html", ".eml"])
def test_metadata_of_the_file(suffix: str, sandbox: Sandbox) -> None:
    loaded = convert(made_files.SEEDS[suffix], f"f{suffix}", suffix, sandbox)
    published = (
        "2024-03-19" if suffix in (".epub", ".html", ".eml") else None
    )  # the day on which a file was made is none
    assert (loaded.title, loaded.published) == ("The crossing", published)
    assert (loaded.date_origin is not None) == (published is not None)
    assert (loaded.author, bool(loaded.author_origin)) == ("A. Writer", True)


def test_a_web_page_without_its_menus() -> None:
    loaded = load_html(made_files.html(), "f.html")
    assert "Home" not in loaded.text
    assert "All rights reserved" not in loaded.text
    assert loaded.text.endswith("Trade\ncoal and cement\nfruit and rice")
    assert (loaded.publisher, loaded.url) == ("Example News", "https://news.example.org/crossing")
    assert [loaded.text[h.start : h.end] for h in loaded.headings][-1] == "Trade"


def test_the_declared_encoding_of_a_page_counts() -> None:
    text = "<p>Пограничники закрыли пункт пропуска Торхам после перестрелки, сообщили в министерстве обороны.</p>" * 3
    page = f"<html><head><meta charset=windows-1251></head><body><article>{text}</article></body></html>"
    assert "Пограничники закрыли" in load_html(page.encode("windows-1251"), "f.html").text


def test_pages_of_a_pdf() -> None:
    loaded = load_pdf(made_files.pdf([["One line of the first page that goes", "on here."], ["Second page."]]), "f.pdf")
    assert loaded.text == "One line of the first page that goes on here.\n\nSecond page."
    assert loaded.pages == (Page(1, 0, 45), Page(2, 45, 59))


def test_a_sentence_continues_across_pages() -> None:
    loaded = load_pdf(made_files.pdf([["The border guards of both"], ["sides fired."]]), "f.pdf")
    assert loaded.text == "The border guards of both sides fired."


def test_running_heads_and_page_numbers_go() -> None:
    pages = [["Annual report 2024", f"Words of the page {'abcd'[n]} stand here.", f"{n + 1}"] for n in range(4)]
    assert load_pdf(made_files.pdf(pages), "f.pdf").text.count("Annual report") == 0
    assert "4" not in load_pdf(made_files.pdf(pages), "f.pdf").text


def test_a_word_document(sandbox: Sandbox) -> None:
    loaded = convert(made_files.docx(["One.", "Two &amp; three."]), "f.docx", ".docx", sandbox)
    assert loaded.text == "At the border\n\nOne.\n\nTwo & three.\n\nKept.\nTorkham | closed"
    assert loaded.headings == (Heading(0, 13, 1),)


def test_slides_are_pages(sandbox: Sandbox) -> None:
    loaded = convert(made_files.pptx(["First slide.", "Second slide."]), "f.pptx", ".pptx", sandbox)
    assert loaded.text == "First slide.\nSecond slide."
    assert [page.number for page in loaded.pages] == [1, 2]


def test_attachments_are_named(sandbox: Sandbox) -> None:
    assert convert(made_files.eml(), "f.eml", ".eml", sandbox).left_out == ("the attachment map.bin",)


def test_json_lines() -> None:
    assert load_jsonl(made_files.jsonl(["One.", "Two."]), "f.jsonl").text == "One.\n\nTwo."
    two = made_files.jsonl(["One."]) + b'{"_id": 2, "title": "Next", "text": "Two."}\n'
    loaded = load_jsonl(two, "f.jsonl")
    assert loaded.text == "The crossing\n\nOne.\n\nNext\n\nTwo."
    assert len(loaded.headings) == 2
    with pytest.raises(LoadError, match=r"^f\.jsonl, line 2, is not JSON"):
        load_jsonl(made_files.jsonl() + b"{", "f.jsonl")
    with pytest.raises(LoadError, match=r'line 1, has no text: write \{"_id"'):
        load_jsonl(b'{"title": "x"}', "f.jsonl")


@pytest.mark.parametrize("suffix", sorted(set(made_files.SEEDS) - {".txt", ".md", ".eml", ".jsonl"}))
def test_files_are_known_by_their_bytes(suffix: str) -> None:
    assert sniff(made_files.SEEDS[suffix]) == suffix


def test_wrong_endings(sandbox: Sandbox) -> None:
    with pytest.raises(LoadError, match=r"^a\.txt is a PDF, whatever its ending says: rename it to end in \.pdf"):
        convert(made_files.pdf(), "a.txt", ".txt", sandbox)
    with pytest.raises(LoadError, match=r"^a\.pdf is a web page, whatever its ending says"):
        convert(made_files.html(), "a.pdf", ".pdf", sandbox)
    with pytest.raises(LoadError, match=r"^a\.txt is a zip archive, whatever its ending says: unpack it"):
        convert(made_files.packed({"x": "y"}), "a.txt", ".txt", sandbox)


@pytest.mark.parametrize("suffix", sorted(set(LOADERS) - {".txt", ".text", ".md", ".markdown"}))
def test_garbage_gives_a_one_sentence_error(suffix: str, sandbox: Sandbox) -> None:
    for data in (b"", b"\x00" * 100, b"garbage", bytes(range(256)) * 8, b"PK\x03\x04" + b"\x00" * 100, b"%PDF-1.7\n"):
        with pytest.raises(LoadError) as caught:
            convert(data, f"f{suffix}", suffix, sandbox)
        assert str(caught.value).startswith(f"f{suffix}")
        assert len(str(caught.value)) < 400


def test_a_locked_pdf(sandbox: Sandbox) -> None:
    locked = made_files.pdf().replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <"
        + b"42" * 32 + b"> >>",
    )  # fmt: skip
    with pytest.raises(LoadError, match=r"^f\.pdf is protected by a password: remove it with a PDF program"):
        convert(locked, "f.pdf", ".pdf", sandbox)


def test_the_error_of_a_scan_suggests_ocr(sandbox: Sandbox) -> None:
    with pytest.raises(LoadError, match=r"^f\.pdf is a scan, pictures without text: add it with `--ocr eng`"):
        convert(made_files.pdf([[], []]), "f.pdf", ".pdf", sandbox)


def test_a_pdf_with_a_broken_table_of_references_is_repaired_or_refused(sandbox: Sandbox) -> None:
    data = made_files.pdf()
    broken = data.replace(b"startxref\n", b"startxref\n9")
    assert SENTENCES[0] in convert(broken, "f.pdf", ".pdf", sandbox).text
    with pytest.raises(LoadError, match=r"^f\.pdf is no PDF or a damaged one"):
        convert(data[:60], "f.pdf", ".pdf", sandbox)


def test_ocr_reads_pages_as_pictures(sandbox: Sandbox, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LoadError, match="needs the program tesseract, which is not installed"):
        convert(made_files.pdf([[]]), "f.pdf", ".pdf", sandbox, ocr="eng")
    program = tmp_path / "tesseract"
    program.write_text('#!/bin/sh\n/usr/bin/head -c 2 >/dev/null; /bin/cat >/dev/null; echo "Read in $4 at $6."\n')
    program.chmod(0o755)
    loaded = convert(made_files.pdf([[], []]), "f.pdf", ".pdf", sandbox, ocr="eng+urd")
    assert loaded.text == "Read in eng+urd at 200.\n\nRead in eng+urd at 200."


def test_a_page_without_text(sandbox: Sandbox) -> None:
    page = b"<html><head><title>x</title><script>go()</script></head><body><div id=app></div></body></html>"
    with pytest.raises(LoadError, match=r"^f\.html holds no text that is more than menus; .* print the page to PDF"):
        convert(page, "f.html", ".html", sandbox)


@pytest.mark.whole
def test_a_title_of_ten_thousand_characters_is_cut(tmp_path) -> None:
    (tmp_path / "a.html").write_bytes(made_files.html(title="<b>Title</b> \u202e" * 1000))
    entry = Library(tmp_path / "home", shipped=tmp_path / "none").add(tmp_path / "a.html")
    title = Library(tmp_path / "home", shipped=tmp_path / "none").load(entry).title
    assert len(title) == 300
    assert title.endswith("…")
    assert "\u202e" not in title


def bomb(size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * size)
    return file.getvalue()


@pytest.mark.whole
def test_zip_and_xml_bombs(sandbox: Sandbox) -> None:
    with pytest.raises(LoadError, match=r"^f\.docx unpacks to far more than it should \(a zip bomb\)"):
        convert(bomb(210 * 2**20), "f.docx", ".docx", sandbox)
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    with pytest.raises(LoadError, match=r"^f\.docx declares XML entities, .*XML bomb"):
        convert(made_files.packed({"word/document.xml": laughs}), "f.docx", ".docx", sandbox)


@pytest.mark.whole
def test_a_zip_that_lies_about_its_sizes(sandbox: Sandbox) -> None:
    data = bytearray(bomb(60 * 2**20))
    true = (60 * 2**20).to_bytes(4, "little")
    while (at := data.find(true)) >= 0:
        data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(LoadError, match=r"^f\.docx"):
        convert(bytes(data), "f.docx", ".docx", sandbox)


@pytest.mark.whole
def test_fifty_megabytes_of_one_line() -> None:
    with pytest.raises(LoadError, match=r"^f\.txt holds more than 10,000,000 characters: split it into smaller"):
        convert(b"word " * 10 * 2**20, "f.txt", ".txt")


def test_nul_bytes_and_lone_surrogates(sandbox: Sandbox) -> None:
    page = made_files.html(["The posts\x00 on the line were hit at night, QQofficials said."]).replace(
        b"QQ", b"\xed\xa0\x80"
    )
    assert "\x00" not in convert(page, "f.html", ".html", sandbox).text
    assert convert(b'{"text": "a \\ud800 b \\u0000 c"}', "f.jsonl", ".jsonl").text == "a b c"
