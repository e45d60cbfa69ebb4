"""Parses the brief format: readable Markdown with dated, attributed statements and their references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sources.briefs import front_matter
from sources.briefs.blocks import Block, blocks, plain, without_comments
from sources.briefs.explainers import Draft, variants_of, wrong_variants
from sources.briefs.footnotes import MARKER, cut, parse_reference
from sources.briefs.front_matter import brief_metadata, read_date
from sources.clean import clean
from sources.document import OURS, Document, Explainer, Heading, Reference, Statement, Variant
from sources.edtf import DateSpan, parse_date
from sources.errors import BriefError, PartyError, Problem
from sources.parties import Parties, shipped_parties

_HEAD = re.compile(r"\*\*(.{0,400}?):\*\*\s*(.*)")
_DAYS = re.compile(r"\d{4}-\d\d-\d\d(/\d{4}-\d\d-\d\d)?")
MARKS = ("milestone", "checked")  # marks of a statement, after its party: DATE · PARTY · milestone
_SENTENCE_END = re.compile(r"[.!?…؟۔][”’»\")\]']*$")


@dataclass(frozen=True, slots=True)
class Brief:
    """A parsed brief: its document, the line of each statement and reference in the file, and the errors.

    `question_lines` are, for each explainer, those of its question and of each variant.
    """

    file: str
    document: Document
    statement_lines: tuple[int, ...]
    reference_lines: dict[str, int]
    unused: tuple[str, ...]
    problems: tuple[Problem, ...]
    question_lines: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a statement: its words as stored, and their meaning."""

    words: str = ""
    date: DateSpan | None = None
    date_text: str | None = None
    party: str | None = None
    speaker: str | None = None
    marks: frozenset[str] = frozenset()


def is_brief(text: str) -> bool:
    """Whether the front matter of a Markdown text declares it a brief (or a file of explainers)."""
    lines = text.lstrip("\ufeff").splitlines()[:40]
    if not lines or lines[0].rstrip() != "---":
        return False
    return any(re.fullmatch(rf"kind:\s*[\"']?({'|'.join(OURS)})[\"']?\s*", line) for line in lines)


def parse(text: str, document_id: str, *, file: str, parties: Parties | None = None) -> Document:
    """The document of a brief; raises BriefError with every problem of the file."""
    brief = read(text, document_id, file=file, parties=parties)
    if brief.problems:
        raise BriefError(brief.problems)
    return brief.document


def read(text: str, document_id: str, *, file: str, parties: Parties | None = None) -> Brief:
    """Parse a brief as far as possible, with all of its problems."""
    front = front_matter.split(without_comments(clean(text)), file)
    reader = _Reader(file, parties or shipped_parties(), list(front.problems))
    metadata = brief_metadata(front, reader.complain)
    reader.explains = metadata.kind == "explainer"
    found = list(blocks(front.body, front.body_line))
    for block in found:
        reader.define(block)
    for block in found:
        reader.add(block)
    document = metadata.with_metadata(
        id=document_id,
        text=reader.text,
        headings=tuple(reader.headings),
        statements=tuple(reader.statements),
        references=tuple(reader.references[identifier] for identifier in reader.used),
        explainers=tuple(reader.explainers()),
    )
    if not reader.statements and not reader.problems:
        reader.complain(front.body_line, "the brief holds no statement: write `- **DATE · PARTY:** Sentence. [^id]`")
    unused = tuple(identifier for identifier in reader.references if identifier not in reader.used)
    lines = tuple(tuple(draft.lines) for draft in reader.drafts)
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.line or 0))
    return Brief(file, document, tuple(reader.statement_lines), reader.reference_lines, unused, problems, lines)


@dataclass
class _Reader:
    """The state of the parser; `text` grows line by line, so an offset is its current length."""

    file: str
    parties: Parties
    problems: list[Problem]
    explains: bool = False
    drafts: list[Draft] = field(default_factory=list)
    text: str = ""
    headings: list[Heading] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    statement_lines: list[int] = field(default_factory=list)
    references: dict[str, Reference] = field(default_factory=dict)
    reference_lines: dict[str, int] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def complain(self, line: int | None, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def define(self, block: Block) -> None:
        """Register a footnote; other blocks are left for `add`."""
        if block.kind != "footnote":
            return
        identifier = block.words
        if identifier in self.references:
            return self.complain(block.line, f"footnote [^{identifier}] is defined twice: give one of them another id")
        reference, wrong = parse_reference(identifier, block.rest)
        self.references[identifier], self.reference_lines[identifier] = reference, block.line
        for sentence in wrong:
            self.complain(block.line, sentence)

    def add(self, block: Block) -> None:
        """Append a heading, a statement line or a paragraph to the text."""
        if block.kind == "heading":
            self._heading(block)
        elif block.kind == "bullet":
            self._bullet(block.line, block.words)
        elif block.kind == "paragraph" and self.explains:
            self.complain(
                block.line,
                "an explainer holds dated statements only: write `- **DATE · PARTY[, Speaker]:** Sentence. [^id]`",
            )
        elif block.kind == "paragraph":
            self._sentences(block.line, block.words, _Head())
        elif block.kind == "foreign":
            self.complain(block.line, block.words)

    def _heading(self, block: Block) -> None:
        if MARKER.search(block.words):
            self.complain(block.line, "a heading takes no footnote: put it behind a sentence")
        title = plain(MARKER.sub("", block.words))
        if not title:
            return self.complain(block.line, "this heading is empty: write `## ` and its words")
        if block.level == 1:
            self.complain(block.line, "`#` is the title, which belongs in the front matter: use `##` for headings")
        start = self._add_line(title)
        self.headings.append(Heading(start, start + len(title), block.level))
        if self.explains:
            self.drafts.append(Draft(title, start, [block.line]))

    def explainers(self) -> Iterator[Explainer]:
        """Each question with its variants and the slice up to its last statement."""
        for draft in self.drafts:
            following = min(
                (other.start for other in self.headings if other.start > draft.start), default=len(self.text)
            )
            ends = [statement.end for statement in self.statements if draft.start < statement.end <= following]
            yield draft.explainer(max(ends, default=draft.start + len(draft.question)))

    def _variants(self, line: int, language: str, wordings: list[str]) -> None:
        for sentence in wrong_variants(language, wordings):
            self.complain(line, sentence)
        if not self.drafts:
            return self.complain(line, "these variants come before any question: write `## Question?` above them")
        self.drafts[-1].variants += [Variant(language, words) for words in wordings]
        self.drafts[-1].lines += [line] * len(wordings)

    def _bullet(self, line: int, content: str) -> None:
        if self.explains and (variants := variants_of(content)):
            return self._variants(line, *variants)
        match = _HEAD.fullmatch(content)
        if not match:
            hint = (
                "put the colon inside the bold: `:**`"
                if "**:" in content
                else "write `- **DATE · PARTY[, Speaker]:** Sentence. [^id]`"
            )
            return self.complain(line, f"this line has no head that ends with `:**`: {hint}")
        self._sentences(line, match[2], self._head(line, match[1]))

    def _head(self, line: int, words: str) -> _Head:
        words = plain(words)
        date_text, dot, who = (part.strip() for part in words.partition("·"))
        who, *marks = (part.strip() for part in who.split(" · "))
        for mark in marks:
            if mark not in MARKS:
                self.complain(line, f"“{mark}” is no mark of a statement: use {' or '.join(MARKS)}, or remove it")
        if not dot:
            self.complain(line, f"“{words}” has no ` · ` between date and party: write DATE · PARTY[, Speaker]")
            return _Head(words)
        name, comma, speaker = (part.strip() for part in who.partition(","))
        if comma and not speaker:
            self.complain(line, "the speaker behind the comma is missing: add it or remove the comma")
        party = None
        try:
            party = self.parties.find(name).id
        except PartyError as error:
            self.complain(line, str(error) if name else "the party is missing: write DATE · PARTY[, Speaker]")
        span = read_date(parse_date, date_text, line, self.complain)
        if not date_text:
            self.complain(line, "the date is missing: write DATE · PARTY[, Speaker]")
        if "milestone" in marks and not _DAYS.fullmatch(date_text):
            self.complain(line, f"a milestone needs its day, and “{date_text}” gives none: write 2022-04-16")
        stored = f"{date_text} · {name}, {speaker}" if speaker else f"{date_text} · {name}"
        return _Head(stored, span, date_text, party, speaker or None, frozenset(marks))

    def _sentences(self, line: int, content: str, head: _Head) -> None:
        """Add the sentences of one line, each with a head of its own or (narrative) all in sequence."""
        pieces = [(plain(words), ids) for words, ids in cut(content)]
        if not pieces:
            return self.complain(line, "no sentence follows this head: write one, with its footnote")
        for number, (sentence, ids) in enumerate(pieces):
            if not sentence:
                self.complain(line, "a footnote comes before any sentence: put it after the sentence that it supports")
                continue
            self._check_sentence(line, sentence, ids)
            if head.words:
                start = self._add_line(f"{head.words}: {sentence}") + len(head.words) + 2
            elif number and self.text:
                self.text += f" {sentence}"
                start = len(self.text) - len(sentence)
            else:
                start = self._add_line(sentence)
            self._add_statement(line, start, sentence, ids, head)

    def _check_sentence(self, line: int, sentence: str, ids: Sequence[str]) -> None:
        if not ids:
            self.complain(line, f"“{_start(sentence)}” has no footnote: add [^id] behind its full stop")
        if not _SENTENCE_END.search(sentence):
            self.complain(line, f"“{_start(sentence)}” does not end with a full stop: put it before the footnotes")
        if not re.search(r"\w", sentence):
            self.complain(line, f"“{sentence}” is no sentence: put footnotes behind the full stop")
        for identifier in ids:
            if identifier in self.references:
                self.used.setdefault(identifier)
            else:
                self.complain(line, f"footnote [^{identifier}] is not defined: add `[^{identifier}]: “Title”, …`")

    def _add_line(self, line: str) -> int:
        self.text += f"\n{line}" if self.text else line
        return len(self.text) - len(line)

    def _add_statement(self, line: int, start: int, sentence: str, ids: tuple[str, ...], head: _Head) -> None:
        date_from, date_to = (head.date.date_from, head.date.date_to) if head.date else (None, None)
        known = tuple(identifier for identifier in ids if identifier in self.references)
        self.statement_lines.append(line)
        marks = {mark: mark in head.marks for mark in MARKS}
        end = start + len(sentence)
        self.statements.append(
            Statement(start, end, date_from, date_to, head.date_text, head.party, head.speaker, known, **marks)
        )


def _start(sentence: str) -> str:
    return sentence if len(sentence) <= 40 else f"{sentence[:40].rstrip()}…"
