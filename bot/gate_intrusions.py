"""The gate's rules on what has no place in an answer: made-up quotations, links, instructions, talk about itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.chat import chat_reason
from bot.proof import Proof
from index.text import normalise

_PAIRS = (("“", "”"), ("«", "»"), ("„", "“"), ("„", "”"), ("‘", "’"), ("‹", "›"), ("「", "」"))
_SPANS = re.compile("|".join([r'"[^"]*"', r"``.*?''", *(f"{one}[^{one}{two}]*{two}" for one, two in _PAIRS)]))
_MARKS = re.compile(r"[\"“”«»„‹›「」]")
_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)([^'‘’]*(?:[’'](?=\w)[^'‘’]*)*)['’](?!\w)")
_LINK = re.compile(
    r"(?:https?|ftp|tg|mailto|javascript|data)\s*:\s*/{0,2}\S+|\bwww\.\S+|\bt\.me\b\S*|(?<!\w)@\w{3,}|\S+@\S+\.\w+"
    r"|(?<!\S)/[a-z]{2,}\w*\b(?=\s|$)"  # a command of the bot
    r"|\b[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})*"
    r"\.(?:com|org|net|info|io|ru|pk|af|ir|co|gov|edu|app|dev|xyz|ly|link|site|news)\b(?:/\S*)?",
    re.IGNORECASE,
)
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
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
    r"|\bthe (?:user|prompt|assistant|question)\b"
    r"|\b(?:the|this|these) (?:\w+ )?passages? (?:is|are|do|does|say|says|state|states|mention)"
    r"|\b(?:нажмите|подпи[сш]\w+|перейдите|свяжитесь|как (?:ии|языковая модель)|игнорируй\w*|пожалуйста)\b"
    r"|\b(?:вам (?:следует|нужно)|вы (?:должны|можете))\b"
    r"|(?:کلک کریں|رابطه کریں|سبسکرایب|براه کرم|اپ کو چاهیی|نظر انداز کریں)"
    r"|(?:کلیک کنید|لطفا|باید شما|نادیده بگیر\w*|مهربانی وکڑی|کلیک وکڑی|له پامه وغورځو\w*)"
)


def quotation_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """Words in quotation marks that do not stand so in a cited passage.

    Of a brief, which is a summary of ours, only what it quotes itself may be quoted; a mark without its other half is refused.
    """
    rest = text
    for match in [*_SPANS.finditer(text), *_SINGLE.finditer(text)]:
        words = match.group().strip("\"'`“”„«»‘’‹›「」 ")
        if not any(_quoted_in(words, proof) for proof in proofs):
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


def _plain(words: str) -> str:
    """Words as they are compared: exact but for white space, the shape of quotation marks and a stop at the end."""
    text = unicodedata.normalize("NFC", words).translate({ord(mark): "'" for mark in '‘’`"“”„«»‹›「」'})
    return " ".join(text.split()).strip("' .,;:!?،؛؟۔")


def intrusion_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """A link or markup that is not in the evidence; an instruction or talk of the model about itself, wherever it is from.

    An order inside a document may be quoted under the answer, never spoken by the answer.
    """
    evidence = "\n".join(proof.text for proof in proofs)
    for name, pattern in (("link", _LINK), ("markup", _MARKUP)):
        for match in pattern.finditer(text):
            if match.group().casefold() not in evidence.casefold():
                return name
    if any(unicodedata.category(char) in {"Cc", "Cs", "Co"} or char in _BIDI for char in text):
        return "control character"
    order = _ORDERS.search(normalise(text))
    if order:
        return f"instruction “{order.group()}”"
    return "instruction" if chat_reason(text) == "injection" else None
