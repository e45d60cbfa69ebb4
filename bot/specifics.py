"""Does everything specific that a question names stand in the evidence? What is missing was probably never told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.asked import Asked
from bot.evidence import Evidence
from bot.gazetteer import SPECIFIC, Gazetteer, Mention
from bot.skeleton import foreign_skeletons, like, skeleton
from index.search import Index
from index.text import normalise

LOOKED_AT = 6  # pieces of evidence
STEM = 4  # consonants of a name in another script that may be followed by an ending
TITLE = 2  # letters of PM, TV and the like, which are no names
ABBREVIATION = 3  # letters up to which a name in small letters may be another word
# A capital stands for its government, and the evidence may name the country instead.
CAPITALS = {
    "kabul": "afghanistan",
    "islamabad": "pakistan",
    "rawalpindi": "pakistan",
    "washington": "united-states",
    "new-delhi": "india",
    "moscow": "russia",
    "beijing": "china",
    "tehran": "iran",
}
_PROPER = re.compile(r"(?<![.?!:;“\"'‘(] )(?<!^)\b[A-ZА-ЯЁ][\w’'-]+")
_PART = re.compile(r"\b(clause|article|section|paragraph|annex|chapter|point|resolution) (?:no\.? )?(\d+)\b")


def missing(index: Index, gazetteer: Gazetteer, asked: Asked, ranked: Sequence[Evidence]) -> list[str]:
    """The names, proper nouns and numbered parts of a text that the question has and the best evidence has not."""
    best = [row.in_context for row in ranked[:LOOKED_AT]]
    return [
        *_names(gazetteer, asked.question, best),
        *_proper(index, gazetteer, asked, best),
        *_parts(asked.question, best),
    ]


def _names(gazetteer: Gazetteer, question: str, texts: Sequence[str]) -> list[str]:
    held = {mention.entry_id for text in texts for mention in gazetteer.find(text)}
    wanted = {
        mention.entry_id for mention in gazetteer.find(question) if mention.kind in SPECIFIC and _is_name(mention)
    }
    return sorted(name for name in wanted - held if CAPITALS.get(name) not in held)


def _is_name(mention: Mention) -> bool:
    """Whether what was written can only be the name: “acc” in small letters may be short for something else."""
    return len(mention.surface) > ABBREVIATION or not mention.surface.isascii() or not mention.surface.islower()


def _proper(index: Index, gazetteer: Gazetteer, asked: Asked, texts: Sequence[str]) -> list[str]:
    """Capitalised words that are no known name; none where capital letters say nothing, as in a headline."""
    question = asked.question
    words = [word for word in question.split() if word[:1].isalpha()]
    if asked.spelt or sum(word[:1].isupper() for word in words) > len(words) / 2:
        return []
    known = [(mention.start, mention.end) for mention in gazetteer.find(question)]
    held = {term for text in texts for term in index.terms(text)}
    found = []
    for match in _PROPER.finditer(question):
        inside = any(start <= match.start() < end for start, end in known)
        terms = index.terms(re.sub(r"[’']s?$", "", match.group()))
        short = len(match.group()) <= TITLE and match.group().isupper()
        if inside or short or not terms or any(term in held for term in terms):
            continue
        if not _transcribed(match.group(), texts):
            found.append(match.group())
    return found


def _transcribed(word: str, texts: Sequence[str]) -> bool:
    """Whether a name stands there in another script, with or without an ending of its language."""
    wanted, held = skeleton(word), foreign_skeletons(word, " ".join(texts))
    return like(wanted, held) or any(len(each) >= STEM and wanted.startswith(each) for each in held)


def _parts(question: str, texts: Sequence[str]) -> list[str]:
    """“Clause 7” and the like, where no piece of evidence has that number of that kind."""
    held = {part for text in texts for part in _PART.findall(normalise(text))}
    return [" ".join(part) for part in _PART.findall(normalise(question)) if part not in held]
