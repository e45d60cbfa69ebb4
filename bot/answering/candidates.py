"""Extracts from passages the single statements that may answer a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.question.query import Asked
from index.search import Index
from index.types import Hit, Passage, Scope, Sentence
from sources.document import Document, Statement
from sources.events import digest

MAX_HITS = 20  # passages taken from a search
MAX_PASSAGES = 14  # passages whose statements are considered
REACH = "How far this brief reaches"  # the section in which a brief describes itself
_LEANS = re.compile(
    r"^(He|She|It|They|His|Her|Their|Its|This|These|Those|That|The (following|next|same|latter|former|attack|strike|ban|move|deal"
    r"|agreement|talks|two sides)|Both|There|Then|Later|However|But|Instead|Meanwhile|In response)\b"
    r"|^(Он|Она|Они|Это|Затем|Однако|Его|Её|Их)\b|^(وه|اس|ان|یہ|وہ|او|آن|این|هغه|دوی)\s"
)


@dataclass(frozen=True, slots=True)
class Said:
    """The speaker of a sentence in an article; `quoted` if the article gives somebody else's words.

    `denies` is the party that the sentence contradicts, `columns` the header if the sentence is a row of a table.
    """

    party: str | None
    speaker: str | None
    denies: str | None = None
    quoted: bool = False
    columns: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement or sentence that may answer: `document.text[start:end]`; `cosine` is its similarity to the question.

    `said` is the speaker in a document without statements (articles.py). `start` includes the
    preceding sentence if this one depends on it.
    """

    document: Document
    passage: Passage
    sentence: Sentence
    start: int
    end: int
    statement: Statement | None
    cosine: float
    said: Said | None = None

    @property
    def text(self) -> str:
        """The slice of the stored text."""
        return self.document.text[self.start : self.end]

    @property
    def place(self) -> tuple[str, int]:
        """A key that identifies the statement."""
        return (self.document.id, self.sentence.start)

    @property
    def context(self) -> str:
        """The title and the heading above it."""
        return f"{self.passage.title} {self.passage.heading}"

    @property
    def party(self) -> str | None:
        """The party of the statement, of the speaker in an article, or of the document."""
        if self.said is not None:
            return self.said.party
        return self.statement.party if self.statement else self.document.party

    @property
    def voice(self) -> tuple[str | None, str | None]:
        """Party and speaker."""
        if self.said is not None:
            return (self.said.party, self.said.speaker)
        return (self.party, self.statement.speaker if self.statement else self.document.author)

    @property
    def days(self) -> tuple[str | None, str | None]:
        """The first and last day of the statement, or else of its passage."""
        dated = self.statement or self.passage
        return dated.date_from, dated.date_to

    @property
    def day(self) -> str:
        """The first day as a sort key; empty if there is none."""
        return self.days[0] or ""

    @property
    def weak(self) -> bool:
        """Whether it rests on weak references alone."""
        references = [self.document.reference(i) for i in self.statement.reference_ids] if self.statement else []
        return bool(references) and all(reference.weak for reference in references)


def candidates(index: Index, asked: Asked, hits: Sequence[Hit]) -> list[Candidate]:
    """Every statement of the best passages that is within the scope, once, in the order of the passages."""
    rows = [row for hit in hits[:MAX_PASSAGES] for row in of_passage(index, asked, hit.passage)]
    return list({row.place: row for row in reversed(rows)}.values())[::-1]


def of_passage(index: Index, asked: Asked, passage: Passage) -> list[Candidate]:
    """The statements of a passage that are within the scope; none where a brief describes itself."""
    document = index.document(passage.document_id)
    if document is None or REACH in passage.heading:
        return []
    sentences = index.sentences(passage)
    statements = {statement.start: statement for statement in document.statements}
    cosines = index.cosines(asked.lookup, sentences).tolist()
    rows = []
    for position, (sentence, cosine) in enumerate(zip(sentences, cosines, strict=True)):
        statement = statements.get(sentence.start)
        if statement is None or in_scope(statement, asked.scope):
            start = _start(document, sentences, position)
            rows.append(Candidate(document, passage, sentence, start, sentence.end, statement, cosine))
    return rows


def of_statements(index: Index, asked: Asked, told: Sequence[tuple[str, str]]) -> list[Candidate]:
    """The statements within the scope that are named by document and digest; those that the index no longer has are left out."""
    return [row for identifier, said in told for row in _of_statement(index, asked, identifier, said)]


def _of_statement(index: Index, asked: Asked, identifier: str, said: str) -> Iterator[Candidate]:
    document = index.document(identifier)
    for statement in document.statements if document else ():
        if document and digest(document.text[statement.start : statement.end]) == said:
            around = [p for p in index.passages_of(identifier) if p.start <= statement.start < p.end]
            inside = [row for passage in around for row in of_passage(index, asked, passage)]
            yield from (row for row in inside if row.sentence.start == statement.start)
            return


def texts_of(index: Index, passage: Passage) -> list[str]:
    """The text of every candidate that a passage can yield."""
    document = index.document(passage.document_id)
    if document is None:
        return []
    sentences = index.sentences(passage)
    return [document.text[_start(document, sentences, at) : each.end] for at, each in enumerate(sentences)]


def in_scope(statement: Statement, scope: Scope) -> bool:
    """Whether a statement overlaps the days and parties of a scope; undated ones do not when days are given."""
    if scope.parties and statement.party not in scope.parties:
        return False
    return overlaps(statement.date_from, statement.date_to, scope)


def overlaps(first: str | None, last: str | None, scope: Scope) -> bool:
    """Whether two days overlap those of a scope."""
    if not (scope.since or scope.until):
        return True
    if not first or not last:
        return False
    return not ((scope.since and last < scope.since) or (scope.until and first > scope.until))


def in_time(row: Candidate, scope: Scope) -> bool:
    """Whether a candidate is dated within a scope, or names a year or month of it."""
    return overlaps(*row.days, scope) or names_time(row.text, scope)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def names_time(text: str, scope: Scope) -> bool:
    """Whether a text names the month of a short scope, or a year of a longer one."""
    if not scope.since or not scope.until:
        return False
    if scope.since[:7] == scope.until[:7]:
        year, month = int(scope.since[:4]), int(scope.since[5:7])
        return re.search(rf"\b{_MONTHS[month - 1]}(?: of)?,? {year}\b", text) is not None
    years = range(int(scope.since[:4]), int(scope.until[:4]) + 1)
    return len(years) <= 3 and any(str(year) in text for year in years)


def _start(document: Document, sentences: Sequence[Sentence], position: int) -> int:
    """The start of a sentence, or of the preceding one if the sentence depends on it."""
    sentence = sentences[position]
    if position and _LEANS.match(document.text[sentence.start : sentence.end]):
        before = sentences[position - 1]
        if "\n" not in document.text[before.end : sentence.start]:
            return before.start
    return sentence.start
