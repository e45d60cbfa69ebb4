"""The requests of the service, with bounds; unknown fields are refused. Their JSON Schemas are the public contracts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.answering.answer import DEFAULT_CLAIMS
from sources.events import EventType

ASK_MOST, SEARCH_MOST = 20, 100  # claims per answer, passages per search
AROUND, AROUND_MOST = 400, 10_000  # characters shown before and after cited words
SLICE_MOST = 20_000  # characters of a document's text per reply
LISTED, LISTED_MOST = 100, 1000  # documents per reply
EVENTS, EVENTS_MOST = 50, 500  # events per reply

Text = Annotated[str, Field(max_length=20_000)]
Named = Annotated[str, Field(max_length=300)]
Few = Annotated[list[Named], Field(max_length=50)]
Language = Literal["en", "ur", "ps", "fa", "ru"]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000)


class _Scoped(_Request):
    since: Named | None = Field(
        None, description="Only what happened from this date: 2021, 2021-08, 2021-08-15.", examples=["2021-08"]
    )
    until: Named | None = Field(None, description="Only what happened up to this date.")
    party: Few = Field([], description="Only what these parties say: id or name in any of the five languages.")
    document: Few = Field([], description="Only from the documents with these ids.")
    source: Few = Field([], description="Only from documents whose publisher, author, title or address holds this.")


class AskRequest(_Scoped):
    """A question on Taliban–Pakistan relations, in English, Urdu, Pashto, Persian or Russian."""

    question: Text = Field(description="The question, in a full sentence.", examples=["What is the Durand Line?"])
    history: Annotated[list[Text], Field(max_length=20)] = Field(
        [], description="Earlier questions of the conversation, oldest first: a follow-up is understood by them."
    )
    k: int = Field(DEFAULT_CLAIMS, ge=1, le=ASK_MOST, description="How many claims at most.")
    language: Language | None = Field(None, description="Language of the fixed phrases; without it the question's.")


class SearchRequest(_Scoped):
    """Words to look for in the library's passages."""

    query: Text = Field(description="What to look for.", examples=["border fence"])
    k: int = Field(10, ge=1, le=SEARCH_MOST, description="How many passages.")


class QuoteRequest(_Request):
    """Words that somebody is to have said."""

    words: Text = Field(
        description="What was said, three words or more.",
        examples=["it stood in open war with the Taliban government"],
    )
    speaker: Named | None = Field(
        None, description="The person or party that is to have said it.", examples=["Mujahid"]
    )


class TimelineRequest(_Request):
    """Which events to list; without words and type the milestones."""

    words: Named = Field("", description="What is named: places, persons, groups, other words.", examples=["Torkham"])
    since: Named | None = Field(
        None,
        alias="from",
        description="Only what happened from this date: 2021, 2021-08, 2021-08-15.",
        examples=["2021"],
    )
    until: Named | None = Field(None, alias="to", description="Only what happened up to this date.")
    party: Few = Field([], description="Only what these parties say: id or name in any of the five languages.")
    type: EventType | None = Field(None, description="Only events of this type.")
    limit: int = Field(EVENTS, ge=1, le=EVENTS_MOST, description="How many at most.")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to pass over, oldest first.")


class SourcesRequest(_Request):
    """Which documents to list."""

    words: Named = Field("", description="Only documents whose title, publisher, author or address holds this.")
    kind: Named | None = Field(None, description="Only of this kind: brief, explainer, news, report, statement …")
    limit: int = Field(LISTED, ge=1, le=LISTED_MOST, description="How many at most.")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to pass over, in the order of their ids.")


class SourceRequest(_Request):
    """A place in a document: the cited words `text[start:end]` with what stands around them."""

    document_id: Named = Field(description="The id of the document, as a citation has it.")
    start: int = Field(0, ge=0, le=1_000_000_000, description="Where the cited words begin, in code points.")
    end: int | None = Field(
        None, ge=0, le=1_000_000_000, description="Where they end; without it the text from `start` on is shown."
    )
    around: int = Field(AROUND, ge=0, le=AROUND_MOST, description="How many characters before and after them.")
