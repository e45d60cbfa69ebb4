from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.clean import clean, one_line
from sources.document import Block, Heading
from sources.errors import LoadError
from sources.formats.loaded import Loaded
from sources.formats.markdown import load_markdown
from sources.formats.plain_text import load_text
from sources.formats.registry import LOADERS
from sources.sandbox.convert import load

PUSHKIN = (
    "Отношения между Талибаном и Пакистаном ухудшаются. Пакистан обвиняет Кабул в том, что он даёт убежище боевикам. "
    "Кабул это отрицает и говорит о воздушных ударах по своей территории."
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc\x0cd\u2028e", "a\nb\nc\nd\ne"),
        ("\ufeffa\x00b\x1b[31m\x7f\x9b", "ab[31m"),
        ("\u202ea\u2066b\u200f\u200e\u061c", "ab"),
        ("می\u200cخواهم \u200d", "می\u200cخواهم \u200d"),
        ("e\u0301 \ud800", "é "),
        ("e\u200e\u0301", "é"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    once.encode()
    assert one_line(once) == one_line(raw)
    assert "\n" not in one_line(raw)


@pytest.mark.parametrize(
    "data",
    [
        PUSHKIN.encode(),
        codecs.BOM_UTF8 + PUSHKIN.encode(),
        PUSHKIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PUSHKIN.encode("utf-16-be"),
        PUSHKIN.encode("utf-32"),
        PUSHKIN.encode("windows-1251"),
        PUSHKIN.encode("koi8-r"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "windows-1251", "koi8-r"],
)
def test_encodings(data: bytes) -> None:
    assert load_text(data, "f.txt").text == PUSHKIN


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, b"\x00" * 50],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"^f\.txt is not text but a binary file: convert it"):
        load_text(data, "f.txt")


def test_one_nul_is_no_binary_file() -> None:
    assert load_text(b"a\x00b", "f.txt").text == "ab"


def test_paragraphs_stay_and_wrapped_lines_are_joined() -> None:
    wrapped = "The first line of a paragraph that an editor wrapped at\nsome column, and the second one.\n"
    assert load_text(f"\n\nTitle\n \n\n{wrapped}\none\ntwo\n".encode(), "f").text == (
        "Title\n\nThe first line of a paragraph that an editor wrapped at some column, and the second one.\n\none\ntwo"
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A title\n\nText.", "A title"),
        ("A sentence.\n\nText.", None),
        ("Only one line", None),
        (f"{'x' * 151}\ny", None),
    ],
)
def test_a_first_line_may_be_the_title(text: str, title: str | None) -> None:
    assert load_text(text.encode(), "f").title == title


MARKDOWN = """---
title: 1893
date: 2022-04-16T10:00:00Z
authors: [A. One, B. Two]
source: https://example.org/x
lang: en
kind: report
tags: {a: b}
---
"""


def test_markdown_markup_goes_and_brackets_stay() -> None:
    body = """# Top *one*

A **bold** [link](http://x.y) [sic] `code` &amp; wrapped
line ![picture](p.png).

## Second

- one
- two

| a | b |
|---|---|
| 1 | 2 |

> quoted

<div>Inside <b>tags</b></div>
<!-- hidden -->

```python
x = 1
```
"""
    loaded = load_markdown(body.encode(), "f.md")
    assert loaded.text == (
        "Top one\n\nA bold link [sic] code & wrapped line picture.\n\nSecond\none\ntwo\n\na | b\n1 | 2\n\nquoted\n\n"
        "Inside tags\n\nx = 1"
    )
    start = loaded.text.index("Second")
    assert loaded.headings == (Heading(0, 7, 1), Heading(start, start + 6, 2))
    assert loaded.title == "Top one"


def test_markdown_front_matter_is_used_where_it_suits() -> None:
    assert load_markdown((MARKDOWN.replace("tags: {a: b}\n", "") + "Text.").encode(), "f.md") == Loaded(
        "Text.",
        title="1893",
        author="A. One, B. Two",
        published="2022-04-16",
        url="https://example.org/x",
        language="en",
        kind="report",
        blocks=(Block(0, 5, "paragraph"),),
        date_origin="the front matter",
        author_origin="the front matter",
    )
    odd = "---\ndate: April\nurl: javascript:x\nkind: post\nlanguage: English\n---\nText."
    assert load_markdown(odd.encode(), "f.md") == Loaded("Text.", blocks=(Block(0, 5, "paragraph"),))


def test_nested_values_do_not_spoil_the_rest_of_the_front_matter() -> None:
    assert load_markdown((MARKDOWN + "Text.").encode(), "f.md").author == "A. One, B. Two"
    assert load_markdown((MARKDOWN + "Text.").encode(), "f.md").text == "Text."


def test_a_rule_is_no_front_matter() -> None:
    assert load_markdown(b"---\n\nText.", "f.md").text == "Text."
    assert load_markdown(b"---\nText.\n\n---\nMore.", "f.md").text == "Text.\n\nMore."


def test_broken_front_matter_is_not_taken_for_text() -> None:
    with pytest.raises(
        LoadError, match=r"^f\.md:2: broken front matter \(mapping values are not allowed here\): put values"
    ):
        load_markdown(b"---\ntitle: A: b\n---\nText.", "f.md")


@given(st.text(st.sampled_from("# *_-|>`[]()!<>&\n\ta1\u202e"), max_size=300))
def test_headings_are_slices_of_clean_text(body: str) -> None:
    loaded = load_markdown(body.encode(), "f.md")
    assert clean(loaded.text) == loaded.text
    assert all(loaded.text[heading.start : heading.end].strip() for heading in loaded.headings)


def test_load_by_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.TXT").write_text("Hello there.")
    assert load(tmp_path / "a.TXT").text == "Hello there."
    assert sorted(LOADERS)[:2] == [".docx", ".eml"]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xyz", b"x", r"a\.xyz: no loader for “\.xyz” files: use one of \.docx, \.eml"),
        ("noname", b"x", "no loader for “noname” files"),
        ("a.txt", b" \n\xef\xbb\xbf", r"a\.txt is empty: add some text, or remove it"),
        ("a.md", b"<!-- only -->", r"a\.md is empty"),
    ],
)
def test_unloadable_files(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LoadError, match=message):
        load(tmp_path / name)
