"""Explainers: a question in everyday wordings and several languages, and the statements that answer it as one text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sources.briefs.blocks import plain
from sources.document import Document, Explainer, Statement, Variant
from sources.parties import LANGUAGES

FEWEST_STATEMENTS, MOST_STATEMENTS = 3, 8  # statements

_VARIANTS = re.compile(r"\*\*([^\s*·]*):\*\*\s*(.*)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question or variant, its language, and its explainer: `document.explainers[index]`."""

    text: str
    language: str
    document_id: str
    index: int


@dataclass(slots=True)
class Draft:
    """An explainer while its file is parsed; `lines` are those of its question and of each variant."""

    question: str
    start: int
    lines: list[int]
    variants: list[Variant] = field(default_factory=list)

    def explainer(self, end: int) -> Explainer:
        """The explainer that ends with the statement ending there."""
        return Explainer(self.question, tuple(self.variants), self.start, end)


def variants_of(content: str) -> tuple[str, list[str]] | None:
    """(language, wordings) of a bullet `**ur:** wording · wording`; None for any other bullet."""
    match = _VARIANTS.fullmatch(content)
    if match is None:
        return None
    wordings = (words.strip() for words in plain(match[2]).split("·"))
    return match[1], [words for words in wordings if words]


def wrong_variants(language: str, wordings: Iterable[str]) -> Iterator[str]:
    """The errors of a line of variants, as sentences."""
    if language not in LANGUAGES:
        yield f"“{language}” is no language of a variant: use one of {', '.join(LANGUAGES)}"
    if not list(wordings):
        yield "there is no variant here: write `- **LANGUAGE:** wording · wording`"


def questions(documents: Iterable[Document]) -> Iterator[Asked]:
    """Every question and variant in those documents, in order; a heading is in its document's language."""
    for document in documents:
        for index, explainer in enumerate(document.explainers):
            yield Asked(explainer.question, document.language, document.id, index)
            for variant in explainer.variants:
                yield Asked(variant.text, variant.language, document.id, index)


def statements_of(document: Document, explainer: Explainer) -> tuple[Statement, ...]:
    """The statements of an explainer in reading order."""
    return tuple(s for s in document.statements if explainer.start <= s.start and s.end <= explainer.end)


def normalised(question: str) -> str:
    """A question normalised for comparison: letters and digits only, without case, accents and short vowels."""
    letters = question.casefold()
    if not letters.isascii():
        letters = "".join(one for one in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", letters))
