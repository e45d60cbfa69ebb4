"""Names as paths of words, so that the longest one that begins at a word of a text is found in a few steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.nlp.names.inflection import forms
from index.normalise import normalise

PARTICLES = frozenset({"al", "ul", "ur", "i", "e", "of", "the", "د"})  # inside a name they may come and go

_LEADING = re.compile(r"^(?:al|the|د)[ -]", re.MULTILINE)
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200d"
_WORD = re.compile(rf"(?:[^\W\d_]\.){{2,}}|[^\W\d_]\.[^\W\d_](?![\w.])|[^\W_](?:[^\W_]|[{_MARKS}])*(?P<owner>['’]s\b)?")
_STOP = re.compile(r"[,;:!?.،؛؟…\n]")
_MAX_NAME_WORDS = 8  # words of a name with its particles
_RUN_TOGETHER_LETTERS = 6  # letters from which a name of several words may be written as one word


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised word of a text and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, the place of its entry, its language, whether it counts only with a capital.

    `abroad`: whether it counts in a text of another language too.
    """

    written: str
    entry: int
    language: str
    cased: bool = False
    abroad: bool = True


# One more word of a name leads to the next node; "" holds the names that end here.
_Node = dict[str, Any]


class NameTrie:
    """Names under their first two letters; what no text asks for is never taken apart."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._buckets: dict[str, list[tuple[str, Name]]] = {}
        self._roots: dict[str, _Node] = {}
        listed = list(names)
        for folded, name in zip(fold([name.written for name in listed]), listed, strict=True):
            self._buckets.setdefault(folded[:2].rstrip(" -."), []).append((folded, name))

    def longest(self, text: str, tokens: list[Token], here: int, language: str) -> tuple[int, list[Name]]:
        """The last token of the longest name that begins at a token, and that name of every entry that has it.

        Without any: `(here, [])`. A word matches exactly or as an inflected form, the exact one first. The text's
        language decides which names count.
        """
        best: tuple[int, list[Name]] = (here, [])
        nodes, at = self._first(tokens[here].word), here
        while nodes:
            for node in nodes:
                names = [
                    name
                    for name in node.get("", ())
                    if (name.abroad or name.language == language) and (not name.cased or _capital(text, tokens, here))
                ]
                if names and (not best[1] or at > best[0]):
                    best = (at, names)
            at += 1
            while at < len(tokens) and tokens[at].word in PARTICLES:
                at += 1
            if at >= len(tokens) or at - here >= _MAX_NAME_WORDS or _parted(text, tokens[at - 1], tokens[at]):
                break
            nodes = [next_ for node in nodes for form in forms(tokens[at].word) if (next_ := node.get(form))]
        return best

    def _first(self, word: str) -> list[_Node]:
        return [node for form in forms(word) if (node := self._root(form[:2]).get(form))]

    def _root(self, letters: str) -> _Node:
        root = self._roots.get(letters)
        if root is None:
            root = {}
            for folded, name in self._buckets.get(letters, ()):
                words = words_of(folded)
                _plant(root, words, name)
                if len(words) > 1 and len("".join(words)) >= _RUN_TOGETHER_LETTERS:
                    _plant(root, ["".join(words)], name)
            self._roots[letters] = root
        return root


def tokens_of(text: str) -> list[Token]:
    """The words of a text, normalised: U.S. is one word, an English possessive is cut off."""
    tokens = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match["owner"]:
            end -= len(match["owner"])
        word = normalise(text[start:end]).replace(".", "")
        if word:
            tokens.append(Token(word, start, end))
    return tokens


def words_of(name: str) -> list[str]:
    """The normalised words of a name without its particles."""
    return [token.word for token in tokens_of(name) if token.word not in PARTICLES]


def fold(lines: list[str]) -> list[str]:
    """Each line normalised and without a leading particle; letter by letter, since that is ten times as fast here."""
    if not lines:
        return []
    text = "\n".join(lines)
    table = {ord(letter): normalise(letter) for letter in set(text)}
    return _LEADING.sub("", text.translate(table)).split("\n")


def _plant(root: _Node, words: list[str], name: Name) -> None:
    node = root
    for word in words:
        node = node.setdefault(word, {})
    if words:
        node.setdefault("", []).append(name)


def _parted(text: str, one: Token, other: Token) -> bool:
    """Whether a sentence or a part of it ends between two words; the point of an initial is none."""
    between = text[one.end : other.start]
    return bool(_STOP.search(between)) and not (between == ". " and len(one.word) == 1)


def _capital(text: str, tokens: list[Token], here: int) -> bool:
    """Whether a word is written as a name: all capitals, or a capital that does not come from standing first."""
    shown = text[tokens[here].start : tokens[here].end]
    if len(shown) > 1 and shown.isupper():
        return True
    followed = here + 1 < len(tokens) and tokens[here + 1].word[0].isdigit()
    return shown[:1].isupper() and (here > 0 or followed)
