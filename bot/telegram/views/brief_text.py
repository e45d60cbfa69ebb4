"""Formats a document's text for readers: the heads of a brief's lines in words, dates in the reader's language. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left

from bot.answering.answer import Claim
from bot.rendering.heads import AGREED, head
from bot.rendering.phrases import texts
from bot.telegram.views.phrases import Phrases
from sources.document import Document, Statement
from sources.errors import PartyError
from sources.parties import Parties

_DAY = r"\d{4}(?:-\d\d(?:-\d\d)?)?"
_RAW_HEAD = re.compile(rf"^({_DAY}(?:/{_DAY})?~?) · ([^:,\n]{{1,80}})(?:, ([^:\n]{{1,200}}))?: ", re.MULTILINE)


def statement_head(claim: Claim, parties: Parties, say: Phrases, written: str = "en") -> str:
    """Date and speaker, each only if the sentence lacks it; both if it is in another language than the reader's."""
    if written == say.language:
        return head(claim, parties, texts(say.language))
    known = claim.party and claim.party != AGREED
    name = parties[claim.party].display(say.language) if claim.party and known else None
    speaker = say.isolated(claim.speaker) if claim.speaker and claim.speaker != name else None
    who = say.listed([name, speaker])
    return " · ".join(filter(None, [say.date(claim.date), who]))


def claim_of(statement: Statement, said: str) -> Claim:
    """A statement as a claim without citations."""
    return Claim(said, statement.party, statement.speaker, statement.date_text, ())


def readable_quote(text: str, parties: Parties, say: Phrases) -> str:
    """A passage of a brief, as stored, with the raw heads of its lines in words."""

    def words(raw: re.Match[str]) -> str:
        try:
            party = parties.find(raw[2])
        except PartyError:
            return raw[0]
        said = text[raw.end() :].partition("\n")[0]
        before = statement_head(Claim(said, party.id, raw[3], raw[1], ()), parties, say, "en")
        return f"{before}: " if before else ""

    return _RAW_HEAD.sub(words, text)


def first_statement(text: str) -> str:
    """A passage of a brief, as stored, up to the head of its second statement."""
    heads = [found.start() for found in _RAW_HEAD.finditer(text)]
    after = [start for start in heads if text[:start].strip()]
    return text[: after[0]].strip() if after else text


def readable_lines(
    document: Document, parties: Parties, say: Phrases, start: int = 0, end: int | None = None
) -> list[str]:
    """The lines of `text[start:end]`, with each raw statement head in words.

    A line truncated by `start` or `end` keeps what lies between.
    """
    end = len(document.text) if end is None else end
    starts = [statement.start for statement in document.statements]
    lines, at = [], start
    for line in document.text[start:end].split("\n"):
        first = bisect_left(starts, at)
        statement = document.statements[first] if first < len(starts) and starts[first] <= at + len(line) else None
        if statement is not None and statement.date_text and at + len(line) > statement.start > at:
            said = document.text[statement.start : at + len(line)]
            before = statement_head(claim_of(statement, said), parties, say, document.language)
            lines.append(f"{before}: {say.isolated(said)}" if before else say.isolated(said))
        else:
            lines.append(line)
        at += len(line) + 1
    return lines


def statements_around(document: Document, start: int) -> tuple[list[Statement], list[Statement]]:
    """The two dated statements before and after the one at an offset, in text order."""
    dated = [statement for statement in document.statements if statement.date_text]
    before = [statement for statement in dated if statement.end <= start]
    after = [statement for statement in dated if statement.start > start]
    return before[-2:], after[:2]
