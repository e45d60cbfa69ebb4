"""Telegram and the command line lead to the page of a source, where `torkham serve` is reached under a public address."""

from __future__ import annotations

import pytest
from support.made.answers import PARTIES, citation
from support.running.telegram_bot import TRUCE, brief

from bot.cli.display import show_source
from bot.console import Console
from bot.telegram.views.phrases import phrases
from bot.telegram.views.source import source_view

DOCUMENT = brief()
START = DOCUMENT.text.index(TRUCE)
CITED = citation(document_id="doha", digest=DOCUMENT.digest, start=START, end=START + len(TRUCE), quote=TRUCE, number=3)
ADDRESS = f"https://x.org/sources/doha?m=3.{START}.{START + len(TRUCE)}&v={DOCUMENT.digest[:12]}#cite-3"


def addresses(public_url, document=DOCUMENT):
    _, rows = source_view(CITED, document, PARTIES, "abc", phrases("en"), public_url=public_url)
    return [button.url for row in rows for button in row if button.url and "/sources/" in button.url]


def test_a_button_leads_to_the_words_in_their_place():
    assert addresses("https://x.org/") == [ADDRESS]


@pytest.mark.parametrize("public_url", ["", "http://localhost:8765"])
def test_no_button_leads_where_telegram_would_not(public_url):
    assert addresses(public_url) == []


def test_no_button_leads_to_a_document_that_is_gone():
    assert addresses("https://x.org", None) == []


def test_show_names_the_address(capsys):
    show_source(CITED, DOCUMENT.text, Console(), public_url="https://x.org")
    assert ADDRESS in capsys.readouterr().out.replace("\n", "").replace("  ", "")
    show_source(CITED, DOCUMENT.text, Console())
    assert "/sources/" not in capsys.readouterr().out
