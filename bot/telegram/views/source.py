"""A source in context: the text around it, its page, its publications. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from bot.answering.answer import Citation
from bot.rendering.addresses import place_address
from bot.telegram.views.answer import citation_spans, citation_text, quote_of
from bot.telegram.views.brief_text import claim_of, readable_lines, readable_quote, statement_head, statements_around
from bot.telegram.views.html import Block, Span, block, shorten
from bot.telegram.views.keyboards import Button, Rows, data
from bot.telegram.views.library import key_of
from bot.telegram.views.phrases import Phrases
from index.types import Passage
from sources.document import Document, Statement
from sources.parties import Parties
from sources.text.urls import link_to_words

CONTEXT_CHARS = 400  # before and after
MAX_PASSAGE_UNITS = 1800  # of a passage without context
MAX_ARTICLE_LINKS = 2  # articles that can be opened


def source_view(
    citation: Citation,
    document: Document | None,
    parties: Parties,
    answer: str,
    say: Phrases,
    *,
    page: int = 0,
    bot_name: str = "",
    public_url: str = "",
) -> tuple[list[Block], Rows]:
    """A cited passage in context, or as stored if the document has changed or is gone.

    `page` is the message of the answer it was opened from; at `public_url`, if given, the document can be read with its
    words marked.
    """
    blocks = [block(Span(f"[{citation.number}] ", bold=True), *citation_spans(citation, say))]
    words = quote_of(citation) if citation.kind != "brief" else readable_quote(citation.quote, parties, say)
    shown = block(say.isolated(shorten(words, MAX_PASSAGE_UNITS)), quoted=True)
    if document is not None and document.digest == citation.digest:
        before, after = _around(citation, document, parties, say)
        blocks += [block(Span(before, italic=True))] * bool(before)
        blocks.append(shown)
        blocks += [block(Span(after, italic=True))] * bool(after)
    else:
        blocks.append(block(Span(say("changed_since" if document else "document_gone"), italic=True)))
        blocks.append(shown)
    buttons = _buttons(citation, document, answer, say, page, bot_name)
    return blocks, (*_in_context(citation, document, say, public_url), *buttons)


def _buttons(
    citation: Citation, document: Document | None, answer: str, say: Phrases, page: int, bot_name: str
) -> Rows:
    first = [Button(say("back_arrow"), data("m", answer, page)), Button("✕", data("m", answer, 0))]
    second = [Button(say("copy"), copy=citation_text(citation, say))]
    if bot_name:
        link = f"https://t.me/{bot_name}?start=a_{answer}"
        second.append(Button(say("share"), url=f"https://t.me/share/url?url={quote(link, safe='')}"))
    third = []
    if document is not None:
        third = [
            Button(say("others"), data("o", answer, citation.number, page)),
            Button(say("whole_document"), data("k", key_of(document.id), 0, answer, citation.number, page)),
        ]
    return (tuple(_articles(citation, say)), tuple(second), tuple(third), tuple(first))


def _in_context(citation: Citation, document: Document | None, say: Phrases, public_url: str) -> Rows:
    """A button to the passage on the web; Telegram accepts public addresses only."""
    if document is None or not public_url.startswith("https://"):
        return ()
    return ((Button(f"{say('in_context')} ↗", url=place_address(public_url, citation)),),)


def _articles(citation: Citation, say: Phrases) -> list[Button]:
    """The publications of a passage that can be opened."""
    if citation.kind != "brief":
        url = link_to_words(citation.url, citation.quote) if citation.url else None
        named = [(citation.publisher, url)]
    else:
        named = [(reference.publisher or reference.title, reference.url) for reference in citation.references]
    links = {url: name for name, url in reversed(named) if url and url.startswith(("https://", "http://"))}
    ordered = [(name, url) for name, url in named if url in links][:MAX_ARTICLE_LINKS]
    return [Button(f"{shorten(name or say('article'), 24)} ↗", url=url) for name, url in ordered if url]


def others_view(
    citation: Citation, passages: Sequence[Passage], answer: str, page: int, say: Phrases
) -> tuple[list[Block], Rows]:
    """Other passages of the document, those nearest to the question first."""
    back = ((Button(say("back_arrow"), data("s", answer, citation.number, page)), Button("✕", data("m", answer, 0))),)
    if not passages:
        return [block(say("no_others"))], back
    title = block(Span(f"{say('other_passages')}: {say.isolated(citation.title)}", bold=True))
    quoted = [
        block(
            Span(passage.heading or "", bold=True),
            "\n" * bool(passage.heading),
            shorten(passage.text, MAX_PASSAGE_UNITS // 3),
            quoted=True,
        )
        for passage in passages
    ]
    return [title, *quoted], back


def _around(citation: Citation, document: Document, parties: Parties, say: Phrases) -> tuple[str, str]:
    """The context before and after: of a brief the statements, of any other document its text."""
    if not document.ours:
        before, after = around(document.text, citation.start, citation.end)
        return say.isolated(before) if before else "", say.isolated(after) if after else ""

    def line(statement: Statement) -> str:
        words = document.text[statement.start : statement.end]
        head = statement_head(claim_of(statement, words), parties, say, document.language)
        said = say.isolated(shorten(words, CONTEXT_CHARS))
        return f"{head}: {said}" if head else said

    earlier, later = statements_around(document, citation.start)
    return "\n".join(map(line, earlier)), "\n".join(map(line, later))


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The context of a slice, truncated at words, with ellipses."""
    before, after = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
    if start > CONTEXT_CHARS:
        before = "… " + before.partition(" ")[2]
    if end + CONTEXT_CHARS < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before.strip(), after.strip()


def opened_passage(passage: Passage, document: Document | None, parties: Parties, say: Phrases) -> str:
    """The text of a passage as shown to readers."""
    if document is None or not document.ours:
        return say.isolated(passage.text)
    return "\n".join(readable_lines(document, parties, say, passage.start, passage.end))
