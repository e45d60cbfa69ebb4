"""`torkham check-quote`: whether the library holds that somebody said these words."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.commands.ask import from_stdin
from bot.cli.parser import command
from bot.rendering.phrases import LANGUAGES

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

NOT_SAID = 3
_ABOUT = "Tell whether the library holds quoted words: said, said otherwise, or not held; exit status 3 unless they are said."
_EXAMPLES = """
torkham check-quote "it stood in open war with the Taliban government" --speaker Asif
torkham check-quote "40 people were killed" --json
"""


def add_to(commands: Commands) -> None:
    """The command `check-quote`."""
    made = command(commands, "check-quote", _check, _ABOUT, examples=_EXAMPLES, intermixed=True)
    made.add_argument("words", nargs="+", help="what was said; - reads standard input")
    made.add_argument("--speaker", metavar="NAME", help="the person or party that is to have said it")
    made.add_argument("--language", choices=LANGUAGES, metavar="L", help="language of the verdict: en, ur, ps, fa, ru")
    made.add_argument("--json", action="store_true", help="one JSON object")


def _check(work: Workspace, given: argparse.Namespace) -> int:
    work.warm()
    from bot.answering.quotes.check import NOT_HELD, SAID, check_quote
    from bot.cli.display import show_lines, show_sources
    from bot.rendering.quotes import quote_json, quote_lines, quoted_answer

    words = " ".join(given.words)
    check = check_quote(work.answerer(), work.parties, from_stdin() if words == "-" else words, given.speaker)
    if given.json:
        work.console.json(quote_json(check, work.parties))
    else:
        language = given.language or check.language
        show_lines(quote_lines(check, work.parties, language), work.console)
        if check.verdict != NOT_HELD:
            work.console.text()
            show_sources(quoted_answer(check, language), work.console)
    return 0 if check.verdict == SAID else NOT_SAID
