"""Tokens are counted offline, and no text is taken for an instruction to the tokenizer."""

from __future__ import annotations

import pytest

from bot.composing.tokens import count_tokens


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("hello world", 2), ("<|endoftext|>", 7)])
def test_tokens(text, tokens):
    assert count_tokens(text) == tokens


def test_the_same_sentence_costs_more_in_urdu():
    assert count_tokens("سرحد پر باڑ لگائی گئی۔") > count_tokens("A fence was built along the border.")
