"""A source in its place: what stands before and after it, its page, its references. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer_types import Citation
from bot.telegram.buttons import Button, Rows, data
from bot.telegram.library_view import key_of
from bot.telegram.markup import Block, Span, block
from bot.telegram.messages import citation_spans, citation_text, quote_of
from bot.telegram.phrases import Phrases
from index.passages import Passage
from sources.document import Document

AROUND = 400  # code points before and after


def source_view(citation: Citation, document: Document | None, answer: str, say: Phrases) -> tuple[list[Block], Rows]:
    """A cited passage in its place, or as it was stored where the document has changed or is gone."""
    blocks = [block(Span(f"[{citation.number}] ", bold=True), *citation_spans(citation, say))]
    same = document is not None and document.digest == citation.digest
    if same and document is not None:
        before, after = around(document.text, citation.start, citation.end)
        blocks += [block(Span(before, italic=True))] if before else []
        blocks.append(block(quote_of(citation), quoted=True))
        blocks += [block(Span(after, italic=True))] if after else []
    else:
        blocks.append(block(Span(say("changed_since" if document else "document_gone"), italic=True)))
        blocks.append(block(quote_of(citation), quoted=True))
    buttons = [Button(say("copy"), copy=citation_text(citation, say))]
    if document is not None:
        buttons += [
            Button(say("others"), data("o", answer, citation.number)),
            Button(say("whole_document"), data("k", key_of(document.id), 0)),
        ]
    return blocks, (tuple(buttons),)


def others_view(citation: Citation, passages: Sequence[Passage], say: Phrases) -> tuple[list[Block], Rows]:
    """Other passages of the document, the nearest to the question first."""
    if not passages:
        return [block(say("no_others"))], ()
    title = block(Span(f"{say('other_passages')}: {citation.title}", bold=True))
    return [
        title,
        *(
            block(Span(passage.heading or "", bold=True), "\n" * bool(passage.heading), passage.text, quoted=True)
            for passage in passages
        ),
    ], ()


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a slice, cut at words, with ellipses where the text goes on."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before.strip(), after.strip()
