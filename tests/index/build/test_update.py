"""Updates: only what changed is embedded, failures lose nothing, deletions leave nothing."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from conftest import WordEncoder, broken

from index.build.changes import pending
from index.build.update import update
from index.errors import IndexBusyError, OtherEncoderError
from index.files.generations import Generations
from index.files.records import RECORDS_FILE
from index.search import Index
from index.vectors.flat import FlatRows
from sources.document import Document, Explainer, Heading, Variant


def ask(storage, encoder, question):
    index = Index.open(storage, encoder)
    found = [hit.passage.document_id for hit in index.search(question)]
    index.close()
    return found


def test_the_first_update_indexes_everything(storage, shelf, encoder):
    outcome = update(shelf, storage, encoder)
    assert outcome.written
    assert outcome.changes.added == ("fence", "refugees", "truce")
    assert outcome.manifest.counts == {"documents": 3, "passages": 3, "sentences": 6}
    assert ask(storage, encoder, "the fence")[0] == "fence"


def test_nothing_changed_writes_nothing(storage, shelf, encoder):
    first = update(shelf, storage, encoder)
    encoder.embedded.clear()
    second = update(shelf, storage, encoder)
    assert (second.written, second.manifest.generation) == (False, first.manifest.generation)
    assert encoder.embedded == []


def test_only_new_text_is_embedded(storage, shelf, encoder):
    update(shelf, storage, encoder)
    encoder.embedded.clear()
    shelf.put(Document("water", "Water", "Dams hold the water."))
    update(shelf, storage, encoder)
    assert set(encoder.embedded) == {"Water. Dams hold the water."}
    assert ask(storage, encoder, "water")[0] == "water"


def test_a_changed_document_replaces_its_passages(storage, shelf, encoder):
    update(shelf, storage, encoder)
    shelf.put(Document("truce", "A truce", "Trade resumed."))
    outcome = update(shelf, storage, encoder)
    assert outcome.changes.changed == ("truce",)
    index = Index.open(storage, encoder)
    assert index.search("trade")[0].passage.text == "Trade resumed."
    assert not any("Doha" in hit.passage.text for hit in index.search("truce in Doha"))


def test_an_edited_library_ranks_like_one_that_is_indexed_at_once(storage, home, shelf, encoder):
    question = "Where did the truce on the border begin?"
    update(shelf, storage, encoder)
    shelf.put(Document("truce", "A truce", "Trade resumed at the border, and no truce was made. Troops stayed."))
    del shelf.documents["refugees"]
    update(shelf, storage, encoder)
    update(shelf, Generations(home / "fresh"), encoder)
    edited, fresh = Index.open(storage, encoder), Index.open(home / "fresh", encoder)
    assert [(hit.passage.text, hit.score) for hit in edited.search(question)] == [
        (hit.passage.text, hit.score) for hit in fresh.search(question)
    ]
    assert [edited.rarity(term) for term in edited.terms(question)] == [
        fresh.rarity(term) for term in fresh.terms(question)
    ]
    edited.close()
    fresh.close()


def test_explainers_come_back_out_of_a_generation_and_a_new_wording_is_a_change(storage, shelf, encoder):
    line = Document("line", "The line", "What is it?\nA border.", kind="explainer", headings=(Heading(0, 11, 2),))
    asked = Explainer("What is it?", (Variant("ur", "یہ کیا ہے؟"),), 0, 21)
    shelf.put(line.with_metadata(explainers=(asked,)))
    update(shelf, storage, encoder)
    assert storage.document("line").explainers == (asked,)
    more = Explainer("What is it?", (*asked.variants, Variant("en", "the line")), 0, 21)
    shelf.put(line.with_metadata(explainers=(more,)))
    encoder.embedded.clear()
    assert update(shelf, storage, encoder).changes.changed == ("line",)
    assert storage.document("line").explainers == (more,)
    assert encoder.embedded == []  # wordings are stored, not searched


def test_a_removed_document_leaves_nothing_behind(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    del shelf.documents["truce"]
    generations = Generations(home)
    manifest = update(shelf, generations, encoder).manifest
    assert manifest.counts == {"documents": 2, "passages": 2, "sentences": 4}
    assert ask(generations, encoder, "truce in Doha") == ask(generations, encoder, "nothing")
    assert len(FlatRows.load(generations.path())) == 2
    assert b"Doha" not in (generations.path() / RECORDS_FILE).read_bytes()
    kept = sqlite3.connect(generations.root / "cache" / "vectors.sqlite").execute("SELECT count(*) FROM vectors")
    assert kept.fetchone() == (6,)


def test_a_failing_document_is_reported_and_the_others_are_indexed(storage, shelf, encoder):
    shelf.documents["bad"] = broken("bad")
    outcome = update(shelf, storage, encoder)
    assert [failure.reason for failure in outcome.failures] == ["/shelf/bad: is broken: mend it."]
    assert outcome.manifest.counts["documents"] == 3
    assert not pending(shelf, storage)
    assert not update(shelf, storage, encoder).written
    shelf.put(Document("bad", "Mended", "Water again."))
    outcome = update(shelf, storage, encoder)
    assert outcome.failures == ()
    assert outcome.manifest.counts["documents"] == 4


def test_a_broken_edit_keeps_the_last_good_version(storage, shelf, encoder):
    update(shelf, storage, encoder)
    shelf.documents["truce"] = broken("truce")
    outcome = update(shelf, storage, encoder)
    assert len(outcome.failures) == 1
    assert ask(storage, encoder, "truce in Doha")[0] == "truce"


def test_a_removed_document_is_no_longer_a_failure(storage, shelf, encoder):
    shelf.documents["bad"] = broken("bad")
    update(shelf, storage, encoder)
    del shelf.documents["bad"]
    assert update(shelf, storage, encoder).failures == ()


def test_an_incremental_index_equals_a_full_one(storage, tmp_path, shelf, encoder):
    documents = dict(shelf.documents)
    shelf.documents = {"truce": documents["truce"]}
    update(shelf, storage, encoder)
    shelf.documents = documents
    update(shelf, storage, encoder)
    update(shelf, Generations(tmp_path / "other"), encoder)
    one, other = Index.open(storage, encoder), Index.open(tmp_path / "other", encoder)
    for question in ("the fence", "refugees at the border", "truce"):
        left = {hit.passage.id: (hit.score, hit.lexical) for hit in one.search(question)}
        right = {hit.passage.id: (hit.score, hit.lexical) for hit in other.search(question)}
        assert left.keys() == right.keys()
        for identifier, scores in left.items():
            assert scores == pytest.approx(right[identifier], abs=0.002)  # a database keeps half precision
    assert one.manifest.library == other.manifest.library


def test_another_encoder_is_refused_when_reading_and_rebuilt_when_updating(storage, shelf, encoder):
    update(shelf, storage, encoder)

    class Other(WordEncoder):
        fingerprint = "words-2"

    with pytest.raises(OtherEncoderError, match=r"run `torkham index update`"):
        Index.open(storage, Other())
    update(shelf, storage, Other())
    assert ask(storage, Other(), "fence")[0] == "fence"


def test_a_full_update_embeds_nothing_twice(storage, shelf, encoder):
    update(shelf, storage, encoder)
    encoder.embedded.clear()
    outcome = update(shelf, storage, encoder, full=True)
    assert outcome.written
    assert encoder.embedded == []


def test_one_writer_at_a_time(storage, shelf, encoder):
    with storage.writing(), pytest.raises(IndexBusyError, match="Another process"):
        update(shelf, storage, encoder)


def test_an_empty_library_gives_an_empty_index(storage, shelf, encoder):
    shelf.documents = {}
    update(shelf, storage, encoder)
    assert ask(storage, encoder, "fence") == []


def test_sentences_carry_their_vectors(index):
    hit = index.search("the fence follows the border")[0]
    sentences = index.sentences(hit.passage)
    cosines = index.cosines("border", sentences)
    assert [hit.passage.text[s.start : s.end] for s in sentences] == [
        "Pakistan built a fence.",
        "The fence follows the border.",
    ]
    # title gives "fence" once; the second sentence is (fence 2, border 1, 1) against (border 1, 1)
    assert cosines[1] == pytest.approx(2 / np.sqrt(6 * 2), abs=0.01)
