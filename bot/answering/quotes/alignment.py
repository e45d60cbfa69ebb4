"""Aligns quoted words with a text: the fewest edits that turn the quotation into a substring of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlp.word_lists import word_table, words_of_all
from index.normalise import normalise

EDIT_COST = 10  # cost of an inserted or deleted token
PREFIX_LETTERS = 3  # of two words, by which one is nearer to the other
_ENGLISH = word_table("en", "numbers")
_VALUES = {words[0]: int(value) for value, words in _ENGLISH.rows("words").items() if value != "0"}
_SCALES = {"hundred": 100, "thousand": 1000}
_CARDINAL = "|".join(sorted((*_VALUES, *_SCALES), key=len, reverse=True))
_PERCENT = "|".join(words_of_all("quotation", "percent"))
_TOKEN = re.compile(
    rf"(?P<percent>{_PERCENT})|(?P<spelt>\b(?:{_CARDINAL})\b(?:(?:[ -]| and )(?:{_CARDINAL})\b)*)|\d[\d,.]*\d|\w+|[%$€£]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign: `text[start:end]`, and the form in which it is compared."""

    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A difference: tokens of the quotation (`asked`) in place of tokens of the text (`said`); either may be empty."""

    asked: tuple[Token, ...]
    said: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The range `first:last` of the text's tokens that best matches the quotation, and the edits between them."""

    first: int
    last: int
    edits: tuple[Edit, ...]


def tokens(text: str) -> list[Token]:
    """The tokens of a text, compared without case, diacritics and letter variants; “sixty per cent” is 60 %."""
    return [Token(m.start(), m.end(), _form(m)) for m in _TOKEN.finditer(text)]


def _form(match: re.Match[str]) -> str:
    if match["percent"]:
        return "%"
    if match["spelt"] and match["spelt"].casefold() not in {"one", *_SCALES}:  # “one” is hardly ever a number
        return str(_value(re.findall(r"[a-z]+", match["spelt"].casefold())))
    return normalise(match.group()).replace(",", "")


def _value(words: Sequence[str]) -> int:
    """The number that English words say."""
    whole = part = 0
    for word in words:
        if word == "thousand":
            whole, part = whole + max(part, 1) * 1000, 0
        elif word == "hundred":
            part = max(part, 1) * 100
        else:
            part += _VALUES.get(word, 0)
    return whole + part


def align(asked: Sequence[Token], said: Sequence[Token]) -> Alignment:
    """The best alignment of the whole quotation with any substring of the text (edit distance with free ends, Sellers 1980)."""
    wide = len(said) + 1
    cost = [[0] * wide]  # the match may begin anywhere
    for row, token in enumerate(asked, 1):
        line = [row * EDIT_COST]
        for column, other in enumerate(said, 1):
            line.append(
                min(cost[-1][column - 1] + _exchange(token, other), cost[-1][column] + EDIT_COST, line[-1] + EDIT_COST)
            )
        cost.append(line)
    last = min(range(wide), key=cost[-1].__getitem__)
    if last + 1 < wide and cost[-1][last + 1] == cost[-1][last]:
        last += 1  # prefer substituting the last token to appending it
    row, column = len(asked), last
    steps: list[tuple[Token | None, Token | None]] = []
    while row:
        here = cost[row][column]
        if column and here == cost[row - 1][column - 1] + _exchange(asked[row - 1], said[column - 1]):
            row, column = row - 1, column - 1
            steps.append((asked[row], said[column]))
        elif here == cost[row - 1][column] + EDIT_COST:
            row -= 1
            steps.append((asked[row], None))
        else:
            column -= 1
            steps.append((None, said[column]))
    return Alignment(column, last, _edits(steps[::-1]))


def _exchange(one: Token, other: Token) -> int:
    """The cost of substituting one token for another: less if they share their first letters."""
    if one.form == other.form:
        return 0
    return EDIT_COST - 1 if one.form[:PREFIX_LETTERS] == other.form[:PREFIX_LETTERS] else EDIT_COST


def _edits(steps: Sequence[tuple[Token | None, Token | None]]) -> tuple[Edit, ...]:
    """Merge adjacent differences."""
    found: list[Edit] = []
    open_edit = False
    for asked, said in steps:
        same = asked is not None and said is not None and asked.form == said.form
        if not same:
            added = Edit((asked,) if asked else (), (said,) if said else ())
            if open_edit:
                added = Edit(found[-1].asked + added.asked, found.pop().said + added.said)
            found.append(added)
        open_edit = not same
    return tuple(found)
