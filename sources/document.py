"""The domain types of a source document: its text, statements, structure and references."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

OURS = ("brief", "explainer")  # summaries in our own words, with references for every statement
KINDS = (*OURS, "news", "report", "statement", "opinion", "book", "other")
BLOCK_KINDS = ("paragraph", "heading", "list", "table", "caption", "quotation", "footnote", "code")


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication cited by a footnote of a brief; `published` is ISO (YYYY, YYYY-MM or YYYY-MM-DD) or None.

    `url` is the address to open: the original, or a copy if the original's is unknown. `read_at` is the copy in which
    the text was read, None if the original was read.
    """

    id: str
    title: str
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    weak: bool = False
    read_at: str | None = None

    @property
    def original(self) -> str | None:
        """The address at the publisher, None if only a copy's is known."""
        return None if self.url == self.read_at else self.url


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a brief: `text[start:end]` of its document, in code points.

    `date_from` and `date_to` are inclusive ISO days; `date_text` is the date as written. In narrative they are None, as
    are party (an id of parties.json) and speaker. A `milestone` belongs on a timeline; the day of a `checked` one was
    verified against a second source.
    """

    start: int
    end: int
    date_from: str | None = None
    date_to: str | None = None
    date_text: str | None = None
    party: str | None = None
    speaker: str | None = None
    reference_ids: tuple[str, ...] = ()
    milestone: bool = False
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line, `text[start:end]`; level 1 is the outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Variant:
    """An alternative wording of a question, in the language of that code (en, ur, ps, fa, ru)."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Explainer:
    """A question and its answer: `text[start:end]`, from its heading to the end of its last statement."""

    question: str
    variants: tuple[Variant, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document: its number in the file (from 1), its slice of the text, the number printed on it.

    `label` is None if the printed number is the same. A footnote moved behind the sentence it interrupted makes another
    `Page` of the same number.
    """

    number: int
    start: int
    end: int
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A slice `text[start:end]` of a document and its role, one of BLOCK_KINDS; a table has one per row."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Document:
    """A source with its stored plain text; all offsets elsewhere count code points of `text`."""

    id: str
    title: str
    text: str
    kind: str = "other"
    language: str = "en"
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    party: str | None = None
    url: str | None = None
    summary: str | None = None
    covers_from: str | None = None
    covers_to: str | None = None
    subject: str | None = None
    limits: str | None = None
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    date_origin: str | None = None  # where in the file the date was found; None if the operator gave it
    author_origin: str | None = None
    statements: tuple[Statement, ...] = ()
    references: tuple[Reference, ...] = ()
    explainers: tuple[Explainer, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether its sentences are our summaries, to be cited by their references."""
        return self.kind in OURS

    @property
    def digest(self) -> str:
        """The SHA-256 of the stored text, as 64 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def revision(self) -> str:
        """A digest over text and metadata: it changes whenever anything indexed or displayed changes."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def reference(self, identifier: str) -> Reference:
        """The reference with that footnote id; KeyError if there is none."""
        for reference in self.references:
            if reference.id == identifier:
                return reference
        raise KeyError(identifier)

    def page_at(self, offset: int) -> int | None:
        """The number of the page at an offset, or None if the document has no pages."""
        return next((page.number for page in self.pages if page.start <= offset < page.end), None)

    def kind_at(self, offset: int) -> str:
        """The kind of the block at an offset, “paragraph” by default."""
        return next((block.kind for block in self.blocks if block.start <= offset < block.end), "paragraph")

    def with_metadata(self, **changes: Any) -> Document:
        """A copy with other metadata; text and offsets stay."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """The whole document as one line of JSON, keys sorted."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> Document:
        """Parse the output of `to_json`."""
        return cls.from_dict(json.loads(line))

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Document:
        """Build the document from a `dataclasses.asdict` dictionary that went through JSON."""
        raw = dict(raw)
        raw["pages"] = tuple(Page(**page) for page in raw["pages"])
        raw["headings"] = tuple(Heading(**heading) for heading in raw["headings"])
        raw["blocks"] = tuple(Block(**block) for block in raw.get("blocks", ()))
        raw["statements"] = tuple(
            Statement(**{**statement, "reference_ids": tuple(statement["reference_ids"])})
            for statement in raw["statements"]
        )
        raw["references"] = tuple(Reference(**reference) for reference in raw["references"])
        raw["explainers"] = tuple(
            Explainer(**{**explainer, "variants": tuple(Variant(**variant) for variant in explainer["variants"])})
            for explainer in raw.get("explainers", ())
        )
        return cls(**raw)
