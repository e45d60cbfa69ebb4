"""Searching: scopes are applied first, duplicates appear once, nothing is lost."""

from __future__ import annotations

import pytest

from index.build.update import update
from index.search import Index
from index.types import Scope
from sources.document import Document


def found(index, question, scope):
    return {hit.passage.document_id for hit in index.search(question, scope=scope)}


@pytest.mark.parametrize(
    ("scope", "documents"),
    [
        (Scope(), {"fence", "refugees", "truce"}),
        (Scope(since="2023-06-01"), {"refugees", "truce"}),
        (Scope(until="2017-03-15"), {"fence"}),
        (Scope(since="2017-04-01", until="2022-12-31"), set()),
        (Scope(documents=("truce",)), {"truce"}),
        (Scope(languages=("ur",)), set()),
    ],
)
def test_a_scope_restricts_both_sides(index, scope, documents):
    assert found(index, "fence refugees truce", scope) == documents
    assert {key for key, _ in index._lexical.search("fence refugees truce", 10, scope=scope)} == set(
        index._records.allowed(scope)
    )


def test_a_filter_leaves_the_word_score_alone(index):
    everywhere = dict(index._lexical.search("fence", 10))
    assert dict(index._lexical.search("fence", 10, scope=Scope(since="1893-01-01", until="2030-01-01"))) == everywhere


def test_parties_and_undated_documents(storage, shelf, encoder):
    shelf.documents = {}
    shelf.put(Document("a", "A", "A fence.", party="taliban", published="1893-11-12"))
    shelf.put(Document("b", "B", "A fence too."))
    update(shelf, storage, encoder)
    index = Index.open(storage, encoder)
    assert found(index, "fence", Scope(parties=("taliban", "iran"))) == {"a"}
    assert found(index, "fence", Scope(until="1893-12-31")) == {"a"}
    assert found(index, "fence", Scope(since="1800-01-01")) == {"a"}
    assert index.undated() == 1


def test_the_same_text_is_found_once(storage, shelf, encoder):
    shelf.put(Document("copy", "The fence", "Pakistan built  a fence. The fence follows the border."))
    shelf.put(Document("copy2", "The fence", "PAKISTAN built a fence. The fence follows the border."))
    update(shelf, storage, encoder)
    texts = [" ".join(hit.passage.text.lower().split()) for hit in Index.open(storage, encoder).search("fence")]
    assert texts.count("pakistan built a fence. the fence follows the border.") == 1


@pytest.mark.parametrize("question", ['"', "a:b (c", "NOT OR AND", "fence)", "[x TO y]", "^~*?", "\\"])
def test_query_syntax_is_plain_text(index, question):
    index.search(question)


def test_spelling_variants_match(index):
    assert index.terms("Fences ۱۲") == ["fenc", "12"]
    assert index.rarity("fenc") > index.rarity("the")
