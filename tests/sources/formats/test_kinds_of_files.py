"""Content that files of each format hide, split or join: one small input per kind of fault."""

from __future__ import annotations

import io
import zipfile

import pytest

from evals.fuzz.made_files import packed
from sources.clean import clean
from sources.errors import LoadError
from sources.formats.html.loader import load_html
from sources.formats.mail import load_mail
from sources.formats.markdown import load_markdown
from sources.formats.plain_text import load_text
from sources.formats.registry import LOADERS
from sources.formats.rtf import load_rtf
from sources.text.encoding import decoded
from sources.text.titles import plausible_author, plausible_title
from sources.text.written_dates import dates_in

TEXT = (
    "The governor of the province said on Tuesday that the bridge would be opened to lorries in the coming week.",
    "Traders on both banks of the river had waited for it since the flood of last summer carried away two pillars.",
    "A spokesman of the customs office said that no more than forty lorries a day would be let across at first.",
)
ARTICLE = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)


def page(body: str = ARTICLE, head: str = "", lang: str = "en") -> bytes:
    return (
        f"<!doctype html><html lang={lang}><head><meta charset=utf-8><title>A bridge opens</title>{head}</head>"
        f"<body><nav><a href=/>Home</a></nav><main><article><h1>A bridge opens</h1>{body}</article></main></body></html>"
    ).encode()


def read(body: str = ARTICLE, head: str = "", lang: str = "en"):
    return load_html(page(body, head, lang), "f.html")


# dates and names of web pages


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ('<meta property="article:published_time" content="2025-03-04T08:00:00Z">', "", "2025-03-04"),
        ('<meta property="article:modified_time" content="2025-03-04T08:00:00Z">', "", None),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-03"}</script>', "", "2025-03"),
        ('<script type="application/ld+json">{"@type": "Event", "datePublished": "2025-03-04"}</script>', "", None),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "datePublished": "2020-01-01"},'
            ' {"@type": "Article", "dateModified": "2026-01-01", "datePublished": "2025-03-04"}]}</script>',
            "",
            "2025-03-04",
        ),
        ("", '<p class="date">March 2025</p>', "2025-03"),
        ("", '<p class="byline">By Zar Gul | 4 March 2025 | Kunar</p>', "2025-03-04"),
        ("", '<p class="meta">Updated 9 May 2026. Published 4 March 2025.</p>', "2025-03-04"),
        ("", '<p class="meta">Updated 9 May 2026</p>', None),
        ("", "<p>The treaty was signed on 26 May 1879 in a camp near the pass, as every child in the valley learns.</p>", None),
        ("", '<section class="comments"><time datetime="2019-01-01">then</time></section>', None),
        ("", '<footer><p class="date">© 2026 Kunar Post</p></footer>', None),
        ("", '<p class="date">25/04/2024</p>', "2024-04-25"),
        ("", '<p class="date">03/04/2024</p>', "2024"),
        ("", "<p>KABUL, 7 May 2025 (Agency) — The gate was opened to lorries on Wednesday, traders of both sides said.</p>", "2025-05-07"),
        ('<link rel="canonical" href="https://news.example/2025/03/04/bridge">', "", "2025-03-04"),
        ('<link rel="canonical" href="https://news.example/2028064/bridge">', "", None),
    ],
)  # fmt: skip
def test_the_date_of_a_page_is_that_of_its_publication(head: str, body: str, published: str | None) -> None:
    loaded = read(body + ARTICLE, head)
    assert loaded.published == published
    assert (loaded.date_origin is not None) == (published is not None)


@pytest.mark.parametrize(
    ("lang", "written", "iso"),
    [
        ("en-US", "03/04/2024", "2024-03-04"),
        ("en-GB", "03/04/2024", "2024-04-03"),
        ("ru", "03.04.2024", "2024-04-03"),
        ("fa", "۱۴۰۳/۰۲/۱۵", "2024-05-04"),
        ("fa", "1403/02/15", "2024-05-04"),
        ("fa", "۱۵ ثور ۱۴۰۳", "2024-05-04"),
        ("ps", "د ۱۴۰۳ وږی ۱۲", "2024-09-02"),
        ("ur", "۱۲ اکتوبر ۲۰۲۵", "2025-10-12"),
        ("ur", "12 اکتوبر، 2025", "2025-10-12"),
        ("ar", "12 أكتوبر 2025", "2025-10-12"),
        ("ru", "12 октября 2025 года", "2025-10-12"),
        ("de", "4. März 2025", "2025-03-04"),
        ("fr", "1er mars 2025", "2025-03-01"),
        ("es", "4 de marzo de 2025", "2025-03-04"),
        ("en", "October 12th, 2025", "2025-10-12"),
        ("en", "31 February 2025", None),
        ("ja", "2025年10月12日", "2025-10-12"),
    ],
)
def test_written_dates(lang: str, written: str, iso: str | None) -> None:
    assert next((found.iso for found in dates_in(written, lang)), None) == iso


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ('<meta name="author" content="admin">', "", None),
        ('<meta name="author" content="Zar Gul">', "", "Zar Gul"),
        ('<meta name="author" content="https://news.example/zar">', "", None),
        ('<script type="application/ld+json">{"author": [{"name": "Zar Gul"}, {"name": "A. Khan"}]}</script>', "", "Zar Gul, A. Khan"),
        ('<script type="application/ld+json">{"author": {"@type": "Organization", "name": "Kunar Post"}}</script>', "", None),
        ("", '<p class="byline">By Zar Gul | 4 March 2025 | Kunar</p>', "Zar Gul"),
        ("", "<p>The report was written by Zar Gul, they said, and nobody read it for a year.</p>", None),
    ],
)  # fmt: skip
def test_the_author_of_a_page_is_named_as_such(head: str, body: str, author: str | None) -> None:
    assert read(body + ARTICLE, head).author == author


@pytest.mark.parametrize(
    "written",
    ["python-docx", "user", "Administrator", "Windows User", "HP", "a@b.org", "C:\\x", "Microsoft Office User", ""],
)
def test_accounts_are_no_authors(written: str) -> None:
    assert plausible_author(written) is None


@pytest.mark.parametrize(
    "written",
    ["Page 1 of 21", "10811.exe", "Microsoft Word - a.doc", "untitled", "document1", "a_b_c", "20240319", "…"],
)
def test_defaults_are_no_titles(written: str) -> None:
    assert plausible_title(written) is None
    assert plausible_title("Treaties of the frontier") == "Treaties of the frontier"


# text of web pages


@pytest.mark.parametrize(
    ("body", "there", "not_there"),
    [
        ("<p>It was signed in 1879<sup>1</sup> with 12<sup>[3]</sup> guns on 40 km<sup>2</sup>.</p>", "in 1879 with 12 guns on 40 km²", "18791"),
        ('<p>It was signed in 1879<a href="#n1" role="doc-noteref">1</a> there.</p>', "in 1879 there", "18791"),
        ("<p>On the 4<sup>th</sup> of May it rained on the camp and on the road.</p>", "the 4th of May", ""),
        ("<ul><li><p>First</p><p>It begins.</p></li><li>Gate<ul><li>One opens</li><li>Two shuts</li></ul></li></ul>", "Gate\nOne opens\nTwo shuts", "FirstIt"),
        ("<table><tr><td rowspan=2>Wana</td><td>in</td><td>12</td></tr><tr><td>out</td><td>9</td></tr></table>", "Wana | out | 9", ""),
        ("<table><tr><td>a<p>b</p></td><td>7<br>8</td></tr><tr><td>c</td><td>9</td></tr></table>", "a b | 7 8", "ab"),
        ('<div class="box"><p>We use cookies to improve our service. Read our privacy policy.</p></div>', "", "cookies"),
        ('<div><h3>Read next</h3><ul><li><a href=/1>Kabul bans the sale of fruit</a></li><li><a href=/2>Three men killed at a gate</a></li></ul></div>', "", "Read next"),
        ('<div class="paywall"><p>Subscribe to read on: become a member for 3 euros a month.</p></div>', "", "3 euros"),
        ('<section id="comments"><p>Reader one: this is all wrong, nobody was there and nobody saw it.</p></section>', "", "Reader one"),
    ],
)  # fmt: skip
def test_the_text_of_a_page(body: str, there: str, not_there: str) -> None:
    text = read(ARTICLE + body + f"<p>{TEXT[0]} Again.</p>").text
    assert there in text
    assert not not_there or not_there not in text
    assert all(paragraph in text for paragraph in TEXT)


def test_an_article_about_cookies_is_kept() -> None:
    body = "".join(
        f"<p>{paragraph} Cookies of browsers were no part of it, whatever the privacy policy says.</p>"
        for paragraph in TEXT
    )
    assert "no part of it" in read(body * 3).text


def test_a_page_that_asks_to_log_in_is_refused() -> None:
    form = "<form><p>Log in to read this article.</p><input name=user><input type=password name=secret></form>"
    with pytest.raises(LoadError, match=r"is a page that asks to log in: save the article itself"):
        load_html(page(form), "f.html")


def test_a_paywall_is_reported() -> None:
    loaded = read(ARTICLE + '<div class="paywall"><p>Subscribe to read on and become a member.</p></div>')
    assert loaded.notices == ("the page shows only a part of its text without a subscription",)


def test_kinds_of_text_beside_the_text() -> None:
    loaded = read(f"{ARTICLE}<blockquote><p>We were not asked.</p></blockquote><ul><li>coal</li></ul>")
    kinds = {loaded.text[block.start : block.end]: block.kind for block in loaded.blocks}
    assert (kinds["coal"], kinds[TEXT[0]], kinds["We were not asked."]) == ("list", "paragraph", "quotation")


# encodings

RUSSIAN = "Представитель министерства сообщил в среду, что переход снова открыт."
ARABIC = "أعلنت الحكومة يوم الأربعاء إعادة فتح المعبر أمام الشاحنات."
FRENCH = "Le gouverneur a déclaré que la frontière était rouverte, « très bien » selon lui."
POLISH = "Gubernator powiedział, że przejście będzie znów otwarte dla ciężarówek w środę."
TURKISH = "Vali salı günü köprünün açılacağını söyledi; şoförler için güzel bir gün."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp866"), (RUSSIAN, "utf-16-le"), (RUSSIAN, "utf-16-be"),
        (ARABIC, "cp1256"), (ARABIC, "utf-16-le"), (FRENCH, "cp1252"), (FRENCH, "iso-8859-1"), (POLISH, "cp1250"),
        (TURKISH, "cp1254"), ("“It’s true” – €5", "cp1252"), ("It is so, said both of them.", "utf-16-be"),
    ],
)  # fmt: skip
def test_undeclared_encodings(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", "x-unknown", "punycode", "idna", "unicode_escape", None])
def test_a_declared_encoding_counts_only_if_plausible(declared: str | None) -> None:
    assert decoded(RUSSIAN.encode(), declared) == RUSSIAN
    assert decoded(RUSSIAN.encode("cp1251"), declared) == RUSSIAN
    assert decoded("“café”".encode("cp1252"), declared) == "“café”"


@pytest.mark.parametrize("bad", [b"\x92", b"\xff", b"\xd0"])
def test_utf8_with_one_bad_byte_is_utf8(bad: bytes) -> None:
    text = decoded(RUSSIAN.encode() + b" It" + bad + b"s so. " + ARABIC.encode())
    assert text is not None
    assert text.replace("It’s", "Its").replace("Itÿs", "Its") == f"{RUSSIAN} Its so. {ARABIC}"
    assert decoded(ARABIC.encode()[:-1]) == ARABIC[:-1] or decoded((ARABIC + "م").encode()[:-1]) == ARABIC


def test_a_charset_in_a_comment_or_script_is_ignored() -> None:
    head = '<!-- <meta charset="windows-1251"> --><script>var a = "<meta charset=koi8-r>"</script>'
    source = page(f"<p>The café “Dangam” was opened by the river.</p>{ARTICLE}").replace(
        b"<meta charset=utf-8>", head.encode()
    )
    assert "The café “Dangam” was" in load_html(source, "f.html").text


def test_invisible_characters_go_from_words() -> None:
    assert clean("gov\u00adern\u200bor\u2060 of\ufeff \u202eKunar") == "governor of Kunar"
    assert clean("می\u200cشود") == "می\u200cشود"


def test_endless_combining_marks_are_cut() -> None:
    assert len(clean("a" + "\u0301\u0316" * 100_000)) < 100
    assert clean("e\u0301") == "é"


def test_wrapped_lines_and_their_hyphens() -> None:
    text = "The crossing was shut by order of the cross-\nborder commission on 4 May, and the organi-\nzation of traders protested.\n"
    assert load_text(text.encode(), "f").text == (
        "The crossing was shut by order of the cross-border commission on 4 May, and the organization of traders protested."
    )


# office files, books, mail

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="mc" xmlns:v="v"'

NOT_HIDDEN, RAISED = '<w:vanish w:val="0"/>', '<w:vertAlign w:val="superscript"/>'


def word(body: str, **parts: str) -> str:
    files = {f"word/{name}.xml": f"<w:x {W}>{content}</w:x>" for name, content in parts.items()}
    return LOADERS[".docx"](
        packed({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>", **files}), "f.docx"
    ).text


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<w:p>{run('seen')}{run(' hidden', '<w:vanish/>')}</w:p>", "seen"),
        (f"<w:p>{run('seen', NOT_HIDDEN)}</w:p>", "seen"),
        (f"<w:p>{run('in 1879')}{run('1', RAISED)}{run(' there')}</w:p>", "in 1879 there"),
        ("<w:p><w:r><w:t>12</w:t><w:noBreakHyphen/><w:t>14 men</w:t></w:r></w:p>", "12-14 men"),
        (f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('one ')}</w:p><w:p>{run('two')}</w:p>", "one two"),
        (
            f"<w:p>{run('the depot')}<w:r><w:pict><w:txbxContent><w:p>{run('Box.')}</w:p></w:txbxContent></w:pict></w:r>"
            f"{run(' was full')}</w:p>",
            "the depot was full\n\nBox.",
        ),
        (f"<w:tbl><w:tr><w:tc><w:p>{run('a')}</w:p><w:p>{run('b')}</w:p></w:tc><w:tc><w:p>{run('7')}</w:p></w:tc></w:tr></w:tbl>", "a b | 7"),
    ],
)  # fmt: skip
def test_words_of_a_word_document(body: str, text: str) -> None:
    assert word(body) == text


def test_notes_and_headers_of_a_word_document() -> None:
    note = (
        f'<w:footnote w:type="separator"><w:p/></w:footnote><w:footnote><w:p>{run("Eleven sacks.")}</w:p></w:footnote>'
    )
    header = f"<w:p>{run('Ministry of Supply, letter 4471')}</w:p>"
    body = f"<w:p>{run('It was robbed')}<w:r><w:footnoteReference/></w:r>{run(' in July.')}</w:p>"
    text = word(body, footnotes=note, header1=header)
    assert text == "Ministry of Supply, letter 4471\n\nIt was robbed in July.\nEleven sacks."


def test_notes_boxes_and_tables_of_an_open_document() -> None:
    space = 'xmlns:text="t" xmlns:office="o" xmlns:draw="d" xmlns:table="b" xmlns:style="s"'
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note>"
    box = "<draw:frame><draw:text-box><text:p>Box.</text:p></draw:text-box></draw:frame>"
    styles = '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>'
    table = (
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p></table:table-cell>"
        "<table:table-cell><text:p>7</text:p></table:table-cell></table:table-row></table:table>"
    )
    body = f'<text:p>In 1879{note}<text:span text:style-name="up">2</text:span> the{box} depot</text:p>{table}'
    content = f"<office:d {space}>{styles}<office:body><office:text>{body}</office:text></office:body></office:d>"
    text = LOADERS[".odt"](packed({"content.xml": content}), "f.odt").text
    assert text == "In 1879 the depot\n\nBox.\na b | 7\nA note."


def test_slides_in_the_order_of_their_list_with_notes_and_tables() -> None:
    space = 'xmlns:a="a" xmlns:p="p" xmlns:r="r"'
    relation = '<Relationship Id="{}" Type="x/{}" Target="{}"/>'
    slide = "<p:sld {} {}><p:spTree><p:sp><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sp>{}</p:spTree></p:sld>"
    cell = "<a:tc><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:tc>"
    table = f"<p:graphicFrame><a:tbl><a:tr>{cell.format('Wana')}{cell.format('7')}</a:tr></a:tbl></p:graphicFrame>"
    listed = "".join(f'<p:sldId id="{at}" r:id="{name}"/>' for at, name in enumerate(("r9", "r1", "r2"), 256))
    targets = {"r1": "slide1", "r2": "slide2", "r3": "slide3", "r9": "slide9"}
    relations = "".join(relation.format(name, "slide", f"slides/{target}.xml") for name, target in targets.items())
    presentation = LOADERS[".pptx"](
        packed(
            {
                "ppt/presentation.xml": f"<p:presentation {space}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
                "ppt/_rels/presentation.xml.rels": f"<Relationships>{relations}</Relationships>",
                "ppt/slides/slide1.xml": slide.format(space, "", "Second shown", table),
                "ppt/slides/slide2.xml": slide.format(space, 'show="0"', "Hidden", ""),
                "ppt/slides/slide3.xml": slide.format(space, "", "Deleted", ""),
                "ppt/slides/slide9.xml": slide.format(space, "", "First shown", ""),
                "ppt/slides/_rels/slide1.xml.rels": (
                    f"<Relationships>{relation.format('n', 'notesSlide', '../notesSlides/notesSlide4.xml')}</Relationships>"
                ),
                "ppt/notesSlides/notesSlide4.xml": slide.format(space, "", "A note", ""),
            }
        ),
        "f.pptx",
    )
    assert presentation.text == "First shown\nSecond shown\nWana | 7\nA note"
    assert [page.number for page in presentation.pages] == [1, 2]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"{\rtf1 Seen.{\v  Hidden.}{\deleted  Gone.} End.\par}", "Seen. End."),
        (r"{\rtf1 In 1879{\super 1} there{\footnote A note.} it was.\par}", "In 1879 there it was.\nA note."),
        (r"{\rtf1\trowd a\cell 7\cell\row b\cell 9\cell\row\pard End.\par}", "a | 7\nb | 9\n\nEnd."),
        (r"{\rtf1\ansi\ansicpg1256 \'c7\'e1 \u8220?x\u8221?\par}", "ال “x”"),
        (r"{\rtf1{\fonttbl{\f1\fcharset204 A;}}\f1 \'ec\'e8\'f0\par}", "мир"),
        (r"{\rtf1 one{\*\unknown not this}\~two\_three\par}", "one two-three"),
    ],
)
def test_rich_text(source: str, text: str) -> None:
    assert load_rtf(source.encode(), "f.rtf").text == text


def book(package: str, **parts: str | bytes) -> bytes:
    container = '<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>'
    names = {name.replace("_", "."): content for name, content in parts.items()}
    return packed({"META-INF/container.xml": container, "p.opf": package, **names})


PACKAGE = (
    '<package xmlns:dc="d" xmlns:opf="o"><metadata>{}</metadata><manifest><item id="a" href="a.xhtml"/></manifest>'
    '<spine><itemref idref="a"/></spine></package>'
)


def test_dates_titles_and_people_of_a_book() -> None:
    about = (
        '<dc:title><span>Letters</span> from Tirah</dc:title><dc:creator opf:role="trl">A. One</dc:creator>'
        '<dc:creator opf:role="aut">B. Two</dc:creator><dc:date opf:event="modification">2024-06-01</dc:date>'
        '<dc:date opf:event="publication">1998</dc:date>'
    )
    body = '<body><p>In 1897<a href="#n" epub:type="noteref">1</a>, snow.</p><table><tr><td>a</td><td>7</td></tr></table></body>'
    loaded = LOADERS[".epub"](book(PACKAGE.format(about), a_xhtml=f"<html>{body}</html>"), "f.epub")
    assert (loaded.title, loaded.author, loaded.published) == ("Letters from Tirah", "B. Two", "1998")
    assert loaded.text == "In 1897, snow.\na | 7"


@pytest.mark.parametrize(("part", "protected"), [("OEBPS/f.otf", False), ("a.xhtml", True)])
def test_masked_fonts_are_no_protection(part: str, protected: bool) -> None:
    data = book(PACKAGE.format(""), a_xhtml="<html><body><p>Words.</p></body></html>")
    masked = f'<e><EncryptedData><EncryptionMethod Algorithm="x"/><CipherReference URI="{part}"/></EncryptedData></e>'
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("META-INF/encryption.xml", masked)
    if protected:
        with pytest.raises(LoadError, match="is protected against copying"):
            LOADERS[".epub"](file.getvalue(), "f.epub")
    else:
        assert LOADERS[".epub"](file.getvalue(), "f.epub").text == "Words."


def test_second_parts_forwarded_messages_and_soft_breaks_of_mail() -> None:
    message = (
        "From: A <a@example.org>\nSubject: x\nDate: Tue, 4 Mar 2025 23:30:00 -0500\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain; format=flowed\n\nThe gate was \nopened.\n\n> It stays \n> shut.\n"
        "--b\nContent-Type: image/png; name=a.png\nContent-Disposition: inline; filename=a.png\n\nx\n"
        "--b\nContent-Type: text/plain; charset=utf-8\n\nSecond part.\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: C <c@example.org>\nSubject: y\n\nForwarded words.\n--b--\n"
    )
    loaded = load_mail(message.encode(), "f.eml")
    assert loaded.text == "The gate was opened.\n\nIt stays shut.\n\nSecond part.\n\ny\n\nC\n\nForwarded words."
    assert (loaded.published, loaded.left_out) == ("2025-03-04", ("the attachment a.png",))
    assert [block.kind for block in loaded.blocks][:2] == ["paragraph", "quotation"]


def test_mail_whose_plain_part_only_refers_to_the_html_part() -> None:
    head = "From: A <a@b.org>\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
    parts = (
        "--b\nContent-Type: text/plain\n\nUse a browser.\n--b\nContent-Type: text/html\n\n"
        f"<html><body>{ARTICLE}</body></html>\n--b--\n"
    )
    assert load_mail((head + parts).encode(), "f.eml").text == "\n\n".join(TEXT)


def test_mail_without_a_charset_is_guessed() -> None:
    head = b"From: A <a@b.org>\nSubject: " + ARABIC[:20].encode("cp1256") + b"\nContent-Type: text/plain\n\n"
    loaded = load_mail(head + ARABIC.encode("cp1256"), "f.eml")
    assert (loaded.text, loaded.title) == (ARABIC, ARABIC[:20].strip())


def test_note_marks_of_markdown() -> None:
    body = "Signed in 1879[^1], with 12<sup>3</sup> guns on 40 km<sup>2</sup>.\n\n- one[^a]\n\n[^1]: See the text.\n[^a]: Here.\n"
    loaded = load_markdown(body.encode(), "f.md")
    assert loaded.text == "Signed in 1879, with 12 guns on 40 km².\none\n\nSee the text.\n\nHere."
    assert [block.kind for block in loaded.blocks] == ["paragraph", "list", "paragraph", "paragraph"]
