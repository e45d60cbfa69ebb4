"""The gate's rules on what has no place in an answer: made-up quotations, links, instructions, talk about itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.gate.cited import Proof
from bot.nlp.names.skeleton import named_in
from bot.question.small_talk import chat_reason
from index.normalise import normalise

NAME_WORDS = 4  # of the longest name in quotation marks
_PAIRS = (("“", "”"), ("«", "»"), ("„", "“"), ("„", "”"), ("‘", "’"), ("‹", "›"), ("「", "」"))
_SPANS = re.compile("|".join([r'"[^"]*"', r"``.*?''", *(f"{one}[^{one}{two}]*{two}" for one, two in _PAIRS)]))
_MARKS = re.compile(r"[\"“”«»„‹›「」]")
_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)([^'‘’]*(?:[’'](?=\w)[^'‘’]*)*)['’](?!\w)")
_LINK = re.compile(
    r"(?:https?|ftp|tg|mailto|javascript|data)\s*:\s*/{0,2}\S+|\bwww\.\S+|\bt\.me\b\S*|(?<!\w)@\w{3,}|(?<![^\s@])[^\s@]+@[^\s@]+\.\w+"
    r"|(?<!\S)/[a-z]{2,}\w*\b(?=\s|$)"  # a command of the bot
    # Any word.word is a link to whoever reads it; so are the other stops that browsers take for one.
    r"|(?<![\w-])\w[\w-]*[.．。｡․﹒](?=[^\W\d_])[\w-]{2,}\S*|(?<![\w-])[^\W\d_][\w-]+[.．。｡․﹒][^\W\d_][\w-]*\S*",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"\bwithout (?:\w+ )?(?:evidence|sources?|references?)\b")
_JOINERS = "\u200c\u200d"  # letters of Persian and Urdu are joined and parted by them
_BLANK = (
    "\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0\ufffd"  # seen as nothing, whatever their category
)
_MARKUP = re.compile(r"</?[a-z!][^>]{0,80}>|\]\(|```|\{\{|\}\}|<\||\|>|&#?\w+;|\|\s*-{2,}|^\s*#{1,6}\s", re.IGNORECASE)
_ORDERS = re.compile(
    r"\b(?:click|tap|subscribe|follow us|join (?:us|our|the channel)|visit (?:our|the site|the link)|contact (?:us|me)|sign up)\b"
    r"|\b(?:download|log ?in|send (?:money|us|me|your)|donate|enter your|your (?:password|account|card|seed|wallet)|scan the)\b"
    r"|\b(?:call (?:us|this number)|install|run the (?:command|following))\b"
    r"|\b(?:ignore|disregard|forget|override) (?:\w+ ){0,3}"
    r"(?:instructions?|rules?|prompts?|above|previous|evidence|passages?|sources?)\b"
    r"|\bas an? (?:ai|artificial|large|language model|assistant)\b|\blanguage model\b|\bsystem prompt\b"
    r"|\bmy (?:instructions?|training|knowledge|opinion)\b|\bi'(?:m|ll|d|ve)\b"
    r"|\bi (?:am|cannot|can't|will|would|think|believe|have|hope|was)\b"
    r"|\byou (?:should|must|can|may|need|are)\b|\bplease\b|\blet me\b|\bhere (?:is|are) (?:the|a|your|my)\b"
    r"|\bthe (?:user|prompt|assistant)\b|\bthe question\b(?! of\b)"
    r"|\b(?:the|this|these) (?:\w+ )?passages? (?:is|are|do|does|say|says|state|states|mention)"
    r"|\b(?:нажмите|подпи(?:шит|сывайт)\w*|перейдите|свяжитесь|как (?:ии|языковая модель)|игнорируй\w*|пожалуйста)\b"
    r"|\b(?:вам (?:следует|нужно)|вы (?:должны|можете))\b"
    r"|(?:کلک کریں|رابطه کریں|سبسکرایب|براه کرم|اپ کو چاهیی|نظر انداز کریں)"
    r"|(?:کلیک کنید|لطفا|باید شما|نادیده بگیر\w*|مهربانی وکڑی|کلیک وکڑی|له پامه وغورځو\w*)"
)


def _unseen(char: str) -> bool:
    """A character that directs or hides others: control, format (but for the joiners), half a pair, private, unassigned."""
    return char in _BLANK or (unicodedata.category(char)[0] == "C" and char not in _JOINERS)


def quotation_fault(text: str, proofs: Sequence[Proof], language: str) -> str | None:
    """Words in quotation marks that do not stand so in a cited passage.

    Of a brief, which is a summary of ours, only what it quotes itself may be quoted; a mark without its other half is refused.
    Of a passage in another language only a name may stand in quotation marks, as Russian and Persian write it.
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
    """Whether a few words begin as a name does or are a passage's name in another script."""
    parts = words.split()
    few = 0 < len(parts) <= NAME_WORDS
    return few and (parts[0][0].isupper() or all(named_in(part, proof.text) for part in parts))


def _plain(words: str) -> str:
    """Words as they are compared: exact but for white space, the shape of quotation marks and a stop at the end."""
    text = unicodedata.normalize("NFC", words).translate({ord(mark): "'" for mark in '‘’`"“”„«»‹›「」'})
    return " ".join(text.split()).strip("' .,;:!?،؛؟۔")


def intrusion_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """A link or markup that is not in the evidence; an instruction or talk of the model about itself, wherever it is from.

    An order inside a document may be quoted under the answer, never spoken by the answer.
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
    told = _WITHOUT.sub("", normalise(text))  # who accuses “without evidence” gives no order
    return "instruction" if chat_reason(told) == "injection" else None
