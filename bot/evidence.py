"""From passages to the statements or sentences that bear on the question, each scored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.asked import Asked
from bot.gazetteer import Gazetteer
from bot.kinds import fits
from bot.word_evidence import word_evidence
from index.fusion import min_max
from index.passages import Hit, Passage, Scope, Sentence
from index.search import Index
from sources.document import Document, Statement

PASSAGES = 14  # passages whose sentences are weighed
WEIGHTS = {"vector": 0.6, "words": 0.3, "passage": 0.1}
DEFINES = 0.5  # what saying what the thing is is worth, where that is asked
FIT = 0.12  # what holding the kind of thing asked for is worth
IN_TIME = 0.15  # what lying in the time asked about is worth, where time is a preference
WEAK = 0.05  # what resting on weak sources alone costs
_IS = re.compile(
    r"^[”’]?(?: \([^)]*\)|, [^,]{1,60},)? (?:is|are|was|were|has been|stands for|means) (?!said|reported|about \d)"
)
REACH = "How far this brief reaches"  # the section of a brief about itself: no evidence on the subject
_LEANS = re.compile(
    r"^(He|She|It|They|His|Her|Their|Its|This|These|Those|That|The (following|next|same|latter|former|attack|strike|ban|move|deal"
    r"|agreement|talks|two sides)|Both|There|Then|Later|However|But|Instead|Meanwhile|In response)\b"
    r"|^(Он|Она|Они|Это|Затем|Однако|Его|Её|Их)\b|^(وه|اس|ان|یہ|وہ|او|آن|این|هغه|دوی)\s"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that bears on the question: `document.text[start:end]`.

    `vector` is a cosine, `words` how much of the question's words it has beside the other candidates (0..1), `score` their
    weighted sum with the passage's own score and what the kind of answer and the time asked for add.
    """

    document: Document
    passage: Passage
    sentence: Sentence
    start: int
    end: int
    statement: Statement | None
    vector: float
    words: float
    score: float
    why: Mapping[str, float]
    defines: bool = False

    @property
    def text(self) -> str:
        """The slice of the stored text."""
        return self.document.text[self.start : self.end]

    @property
    def in_context(self) -> str:
        """The text with the title and the heading that it stands under."""
        return f"{self.passage.title} {self.passage.heading} {self.text}"


def rank_evidence(
    index: Index, asked: Asked, hits: Sequence[Hit], gazetteer: Gazetteer | None = None
) -> list[Evidence]:
    """Every sentence of the best passages that lies in the scope, best first."""
    rarities = {term: index.rarity(term) for term in dict.fromkeys(index.terms(asked.words))}
    rows: list[Evidence] = []
    for hit in hits[:PASSAGES]:
        rows += rows_of(index, asked, hit)
    distinct = list({(row.document.id, row.sentence.start): row for row in reversed(rows)}.values())
    texts = [index.terms(f"{row.passage.heading} {row.text}") for row in distinct]
    words = word_evidence(rarities, texts)
    distinct = [replace(row, words=share) for row, share in zip(distinct, words, strict=True)]
    defining = {
        id(row) for row in distinct if asked.defines and gazetteer and _defines(gazetteer, asked.defines, row.text)
    }
    marked = [replace(row, defines=id(row) in defining) for row in distinct]
    return sorted(_scored(asked, marked), key=lambda row: -row.score)


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


def rows_of(index: Index, asked: Asked, hit: Hit) -> list[Evidence]:
    """The sentences of a passage that lie in the scope, not scored yet; none where a brief speaks of itself."""
    document = index.document(hit.passage.document_id)
    if document is None or REACH in hit.passage.heading:
        return []
    sentences = index.sentences(hit.passage)
    cosines = index.cosines(asked.lookup, sentences)
    rows = []
    for position, (sentence, cosine) in enumerate(zip(sentences, cosines.tolist(), strict=True)):
        statement = next((s for s in document.statements if s.start == sentence.start), None)
        if statement is not None and not in_scope(statement, asked.scope):
            continue
        start = _start(document, sentences, position)
        why = {"passage": hit.score}
        rows.append(Evidence(document, hit.passage, sentence, start, sentence.end, statement, cosine, 0.0, 0.0, why))
    return rows


def days_of(row: Evidence) -> tuple[str | None, str | None]:
    """The first and the last day of a piece of evidence: those of its statement, else of its passage."""
    dated = row.statement or row.passage
    return dated.date_from, dated.date_to


def day_of(row: Evidence) -> str:
    """The first day, to sort by; empty where there is none."""
    return days_of(row)[0] or ""


def _start(document: Document, sentences: Sequence[Sentence], position: int) -> int:
    """Where a sentence starts, with the one before it when it leans on that one."""
    sentence = sentences[position]
    if position and _LEANS.match(document.text[sentence.start : sentence.end]):
        before = sentences[position - 1]
        if "\n" not in document.text[before.end : sentence.start]:
            return before.start
    return sentence.start


def _scored(asked: Asked, rows: Sequence[Evidence]) -> list[Evidence]:
    vector = min_max({number: row.vector for number, row in enumerate(rows)})
    words = min_max({number: row.words for number, row in enumerate(rows)})
    scored = []
    for number, row in enumerate(rows):
        parts = {"vector": vector[number], "words": words[number], "passage": row.why["passage"]}
        why = {name: WEIGHTS[name] * value for name, value in parts.items()}
        why["defines"] = DEFINES if row.defines else 0.0
        why["kind"] = FIT if fits(asked.kind, row.text) else 0.0
        why["time"] = IN_TIME if asked.time_scope and in_time(row, asked.time_scope) else 0.0
        why["weak"] = -WEAK if _weak(row) else 0.0
        scored.append(replace(row, score=sum(why.values()), why=why))
    return scored


def in_time(row: Evidence, scope: Scope) -> bool:
    """Whether a piece of evidence is dated inside a scope, or names a year or month of it."""
    if row.statement is not None and overlaps(row.statement.date_from, row.statement.date_to, scope):
        return True
    if row.statement is None and overlaps(row.passage.date_from, row.passage.date_to, scope):
        return True
    return names_time(row.text, scope)


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


def _defines(gazetteer: Gazetteer, name: str, text: str) -> bool:
    """Whether a sentence begins with a name and goes on to say what it is."""
    first = next((mention for mention in gazetteer.find(text) if mention.entry_id == name), None)
    if first is None or first.start > len("The “"):
        return False
    return _IS.match(text[first.end :]) is not None


def _weak(row: Evidence) -> bool:
    references = [row.document.reference(i) for i in row.statement.reference_ids] if row.statement else []
    return bool(references) and all(reference.weak for reference in references)
