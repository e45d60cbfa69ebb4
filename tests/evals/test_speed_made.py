"""Measuring speed: made libraries of both forms, common words, the plot, and the arithmetic."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from evals.bench import exact_vs_ivf as speed_crossing
from evals.bench.exact_vs_ivf import COMPARED, crossing, giving_way
from evals.bench.measurements import Figure
from evals.bench.products import flop
from evals.bench.report import LINES, plot
from evals.bench.sizes import doomed, written
from evals.bench.synthetic import batches, material, write
from evals.retrieval import common_words as speed_common
from evals.retrieval.common_words import Paired
from index.build.update import update
from index.files.generations import Generations
from index.lexical import bm25 as lexical
from index.search import Index
from index.types import Scope
from index.vectors import writer as vector_writer


@pytest.fixture
def made(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    return material(Index.open(home, encoder), home)


def test_made_passages_are_slices_of_their_documents(made):
    documents, embedded = next(batches(made, 25))
    assert len(documents) == 3
    for passage in embedded.passages:
        assert documents[passage.document_id].text[passage.start : passage.end] == passage.text
    for position, (start, end) in zip(embedded.sentences.positions, embedded.sentences.spans, strict=True):
        text = documents[embedded.passages[position].document_id].text[start:end]
        assert text in made.texts
    assert np.linalg.norm(embedded.rows, axis=1) == pytest.approx(np.ones(25), abs=1e-5)


def test_a_made_library_is_written_added_to_and_taken_from(tmp_path, made, encoder):
    manifest, seconds = write(tmp_path, encoder, batches(made, 30))
    assert manifest.counts == {"documents": 3, "passages": 30, "sentences": 90}
    assert seconds > 0
    added, _ = write(tmp_path, encoder, batches(made, 10, seed=2), base=True, gone=("made-1-0",))
    assert added.counts == {"documents": 3, "passages": 30, "sentences": 90}
    assert Generations(tmp_path).open().records.allowed(Scope(documents=("made-1-0",))) == []
    assert Generations(tmp_path).verify() == []


@pytest.mark.whole
@pytest.mark.parametrize(("form", "kind"), [("exact", "exact"), ("lists", "IVF-SQ8")])
def test_both_forms_of_a_made_library_are_written_updated_and_taken_from(tmp_path, made, encoder, form, kind):
    before = vector_writer.APPROXIMATE
    with giving_way(speed_crossing.FORMS[form]):
        figures = written(tmp_path, encoder, made, 300)
    assert before == vector_writer.APPROXIMATE
    assert ("recall@10 in the manifest" in figures) == (form == "lists")
    assert all(
        figures[f"{name} s"].value > 0 for name in ("build", "update with 1000 passages", "deletion of 10 documents")
    )
    manifest = Generations(tmp_path).manifest()
    assert (manifest.search["kind"], manifest.counts["passages"]) == (kind, 300 + 1_000 - 100)
    assert Generations(tmp_path).open().records.allowed(Scope(documents=("made-1-0",)))
    assert Generations(tmp_path).verify() == []


def test_what_is_taken_away_is_spread_and_differs_from_turn_to_turn():
    assert doomed(100, 1) == [f"made-1-{at}" for at in range(20, 1_000, 100)]
    turns = [set(doomed(100, turn)) for turn in range(9)]
    assert sum(len(turn) for turn in turns) == len(set.union(*turns)) == 90
    assert "made-1-0" not in set.union(*turns)


def test_lists_take_over_where_they_are_no_worse_at_any_larger_size():
    def both(exact, lists, name):
        return {"exact": {name: Figure(exact)}, "lists": {name: Figure(lists)}}

    slow = {
        size: both(*pair, "open ms")
        for size, pair in {10: (1, 2), 20: (3, 2), 50: (3, 4), 100: (9, 4), 200: (9, 9.4)}.items()
    }
    assert crossing(slow, "open ms") == 100
    found = {size: both(1.0, share, "recall@10 of questions") for size, share in {10: 0.996, 20: 0.99}.items()}
    assert crossing(found, "recall@10 of questions") is None
    figures = {name: Figure(1.0) for name in COMPARED}
    said = speed_crossing.table({5_000: {"exact": figures, "lists": figures}})
    assert "lists no worse in open ms: from 5,000 passages on" in said


def test_a_pair_of_rankings_by_hand():
    pair = Paired.of([1.0, 0.5, 0.0, 1.0], [1.0, 1.0, 0.0, 0.5])
    assert (pair.questions, pair.off, pair.on, pair.difference, pair.better, pair.worse) == (4, 0.625, 0.625, 0.0, 1, 1)
    assert pair.low < 0 < pair.high


def test_common_words_are_left_out_for_one_ranking_and_kept_for_the_other(made, home, encoder):
    index = Index.open(home, encoder)
    asked = [("the fence", {"fence": 1}), ("refugees", {"refugees": 1})]
    before = lexical.LARGE_PASSAGES
    with speed_common.large(0):
        assert not lexical.LARGE_PASSAGES
    pairs = speed_common.compare(index, asked)
    assert before == lexical.LARGE_PASSAGES
    assert set(pairs) == {"hybrid", "lexical"}
    assert pairs["hybrid"].questions == 2
    assert pairs["hybrid"].off == 1.0


def test_the_plot_has_a_line_and_its_points_for_every_figure():
    results = {str(size): dict.fromkeys(LINES, Figure(10.0)) for size in (1_000, 10_000, 100_000)}
    drawn = ElementTree.fromstring(plot(results))
    lines = drawn.findall("{*}polyline")
    assert len(lines) == len(LINES)
    assert all(len(line.attrib["points"].split()) == 3 for line in lines)
    assert {"1,000", "10,000", "100,000", *LINES} <= {text.text for text in drawn.findall("{*}text")}
    (memory,) = (line for line in lines if line.attrib["stroke"] == LINES["memory MB"])
    assert {point.split(",")[1] for point in memory.attrib["points"].split()} == {
        "206.0"
    }  # 10 is two of five decades up
    assert plot({"1000": {"memory MB": Figure(1.0)}}).count("<circle") == 1


def test_the_arithmetic_of_a_passage():
    assert flop(1) == 12 * (2 * (4 * 384 * 384 + 2 * 384 * 1536) + 4 * 384)
