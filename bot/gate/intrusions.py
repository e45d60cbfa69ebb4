"""Rules against what does not belong in an answer: invented quotations, links, instructions, the model talking about itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.names.skeleton import named_in
from bot.nlp.word_lists import word_table, words_of_all
from bot.question.small_talk import chat_reason
from index.normalise import normalise

MAX_NAME_WORDS = 4  # of a name in quotation marks
_PAIRS = (("“", "”"), ("«", "»"), ("„", "“"), ("„", "”"), ("‘", "’"), ("‹", "›"), ("「", "」"))
_SPANS = re.compile("|".join([r'"[^"]*"', r"``.*?''", *(f"{one}[^{one}{two}]*{two}" for one, two in _PAIRS)]))
_MARKS = re.compile(r"[\"“”«»„‹›「」]")
_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)([^'‘’]*(?:[’'](?=\w)[^'‘’]*)*)['’](?!\w)")
_LINK = re.compile(
    r"(?:https?|ftp|tg|mailto|javascript|data)\s*:\s*/{0,2}\S+|\bwww\.\S+|\bt\.me\b\S*|(?<!\w)@\w{3,}|(?<![^\s@])[^\s@]+@[^\s@]+\.\w+"
    r"|(?<!\S)/[a-z]{2,}\w*\b(?=\s|$)"  # a command of the bot
    # Messaging apps turn any word.word into a link; browsers treat the other full stops here as dots, too.
    r"|(?<![\w-])\w[\w-]*[.．。｡․﹒](?=[^\W\d_])[\w-]{2,}\S*|(?<![\w-])[^\W\d_][\w-]+[.．。｡․﹒][^\W\d_][\w-]*\S*",
    re.IGNORECASE,
)
_NO_ORDER = re.compile("|".join(word_table("en", "intrusions", WORD_FILES).words("no_order")))
_JOINERS = "\u200c\u200d"  # ZWNJ and ZWJ: Persian and Urdu spelling needs them
_BLANK = (
    "\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0\ufffd"  # blank or unreadable, whatever their category
)
_MARKUP = re.compile(r"</?[a-z!][^>]{0,80}>|\]\(|```|\{\{|\}\}|<\||\|>|&#?\w+;|\|\s*-{2,}|^\s*#{1,6}\s", re.IGNORECASE)
_ORDERS = re.compile("|".join(words_of_all("intrusions", "orders", WORD_FILES)))


def _unseen(char: str) -> bool:
    """Whether a character is blank, control, format (except the joiners), surrogate, private-use or unassigned."""
    return char in _BLANK or (unicodedata.category(char)[0] == "C" and char not in _JOINERS)


def quotation_fault(text: str, proofs: Sequence[Proof], language: str) -> str | None:
    """Rejects quoted words that no cited passage has in that form, and unpaired quotation marks.

    From a brief, our own summary, only what it quotes itself may be quoted. With a passage in another language a name in
    quotation marks is accepted, too: Russian and Persian set names in them.
    """
    rest = text
    for match in [*_SPANS.finditer(text), *_SINGLE.finditer(text)]:
        words = match.group().strip("\"'`“”„«»‘’‹›「」 ")
        if not any(
            _quoted_in(words, proof) or (proof.language != language and _is_name(words, proof)) for proof in proofs
        ):
            return f"quotation of “{words[:40]}”"
        rest = rest.replace(match.group(), " ", 1)
    return "half a quotation" if _MARKS.search(rest) else None


def _quoted_in(words: str, proof: Proof) -> bool:
    wanted = _plain(words)
    if not wanted:
        return False
    if not proof.own:
        return wanted in _plain(proof.text)
    inside = [match.group() for match in [*_SPANS.finditer(proof.text), *_SINGLE.finditer(proof.text)]]
    return any(wanted in _plain(each) for each in inside)


def _is_name(words: str, proof: Proof) -> bool:
    """Whether at most MAX_NAME_WORDS words begin with a capital, or all occur in the passage in another script."""
    parts = words.split()
    few = 0 < len(parts) <= MAX_NAME_WORDS
    return few and (parts[0][0].isupper() or all(named_in(part, proof.text) for part in parts))


def _plain(words: str) -> str:
    """Text for comparison: exact except for whitespace, the shape of quotation marks and punctuation at the ends."""
    text = unicodedata.normalize("NFC", words).translate({ord(mark): "'" for mark in '‘’`"“”„«»‹›「」'})
    return " ".join(text.split()).strip("' .,;:!?،؛؟۔")


def intrusion_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """Rejects links and markup that are not in the evidence, invisible characters, instructions, and talk about the model.

    An instruction in a document may be quoted below the answer, but never be part of it.
    """
    evidence = "\n".join(f"{proof.head} {proof.publisher or ''} {proof.text}" for proof in proofs)
    for name, pattern in (("link", _LINK), ("markup", _MARKUP)):
        for match in pattern.finditer(text):
            if match.group().rstrip(".,;:!?)”").casefold() not in evidence.casefold():
                return name
    if any(_unseen(char) for char in text):
        return "control character"
    order = _ORDERS.search(normalise(text))
    if order:
        return f"instruction “{order.group()}”"
    told = _NO_ORDER.sub("", normalise(text))  # “accused them without evidence” is no instruction
    return "instruction" if chat_reason(told) == "injection" else None
