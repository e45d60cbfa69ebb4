"""Formatted text: escaped once, measured as Telegram does, split where it does no harm."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes.bot_api import rendered
from support.fakes.bot_api import units as strict_units

from bot.rendering import clean
from bot.telegram.views.html import Span, block, shorten, split, units

TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&\"'😀🏽👩‍🚀اپڅ\n ")), max_size=300)


def test_lengths_are_in_utf16_units():
    assert units("a😀پ") == strict_units("a😀پ") == 4


def test_a_message_of_4096_units_is_one_of_4097_are_two():
    assert [units(part.plain) for part in split([block("x" * 4096)])] == [4096]
    assert [units(part.plain) for part in split([block("x" * 4097)])] == [4096, 1]
    assert [units(part.plain) for part in split([block("😀" * 2049)])] == [4096, 2]


def test_a_multi_character_emoji_is_not_split():
    family = "👩🏽‍🚀"
    first, second = split([block("x" * 4090 + family)])
    assert first.plain == "x" * 4090
    assert second.plain == family


def test_blocks_are_kept_whole_where_they_fit():
    parts = split([block("a" * 3000), block("b" * 3000, quoted=True), block("c" * 900)])
    assert [part.plain[0] for part in parts] == ["a", "b"]
    assert parts[1].html == f"<blockquote expandable>{'b' * 3000}</blockquote>\n\n{'c' * 900}"


def test_hostile_words_are_only_words():
    part = split(
        [
            block(
                Span("<b>&amp;", bold=True),
                Span('"x"', url='https://e.org/?a="b"&c'),
                Span("y", url="javascript:alert(1)"),
            )
        ]
    )[0]
    assert part.html == '<b>&lt;b&gt;&amp;amp;</b><a href="https://e.org/?a=&quot;b&quot;&amp;c">"x"</a>y'
    assert rendered(part.html, "HTML") == '<b>&amp;"x"y'


def test_many_links_do_not_pass_the_limit_of_entities():
    parts = split([block(*(Span(f"{n} ", url="https://e.org") for n in range(30))) for _ in range(10)])
    assert [part.html.count("<a ") for part in parts] == [90, 90, 90, 30]


def test_shortened_at_a_word():
    assert shorten("one two three", 9) == "one two…"
    assert shorten("one", 3) == "one"


def blocks_of(texts, quoted):
    return block(*(Span(text, bold=len(text) % 2 == 0, italic=len(text) % 3 == 0) for text in texts), quoted=quoted)


BLOCKS = st.lists(st.builds(blocks_of, st.lists(TEXTS, min_size=1, max_size=5), st.booleans()), max_size=8)


@settings(max_examples=80)
@given(BLOCKS, st.integers(1, 8))
def test_whatever_the_texts_telegram_takes_every_part_and_nothing_is_lost(blocks, times):
    blocks = [whole for whole in blocks if any(clean(span.text).strip() for span in whole.spans)] * times
    seen = "".join(rendered(part.html, "HTML") for part in split(blocks))
    written = "".join(clean(span.text) for whole in blocks for span in whole.spans)
    assert "".join(seen.split()) == "".join(written.split())
