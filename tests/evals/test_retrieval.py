"""Retrieval figures: hand-computed, and through a small corpus."""

from __future__ import annotations

import json
import math

import pytest
from support.running.postgres import ready

from evals.retrieval.beir import evaluate_retrieval, measure, read_qrels
from sources.errors import LoadError


def test_the_metrics_by_hand():
    figures = measure(["x", "a", "y", "b"], {"a": 1, "b": 1, "c": 1})
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert figures["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert figures["mrr@10"] == 0.5
    assert (figures["recall@1"], figures["recall@5"], figures["recall@10"]) == (0.0, 2 / 3, 2 / 3)
    assert measure([], {"a": 1}) == dict.fromkeys(("ndcg@10", "mrr@10", "recall@1", "recall@5", "recall@10"), 0.0)


@pytest.fixture
def corpus(tmp_path):
    rows = [
        {"id": "p1", "title": "Fence", "text": "The fence along the border.", "lang": "en"},
        {"id": "p2", "title": "Water", "text": "Water of the river.", "lang": "en"},
        {"id": "p3", "title": "Voda", "text": "Вода в реке.", "lang": "ru"},
    ]
    queries = [{"id": "q1", "text": "fence at the border"}, {"id": "q2", "text": "river water"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tp1\t1\nq2\tp2\t1\n")
    (tmp_path / "one.tsv").write_text("query-id\tcorpus-id\tscore\nq2\tp3\t1\n")
    return tmp_path


def test_three_columns_are_measured(corpus, home, encoder):
    figures = evaluate_retrieval(corpus, encoder, home=home)
    assert figures["queries"] == 2
    assert figures["ndcg@10"] == figures["vector"]["ndcg@10"] == figures["lexical"]["recall@1"] == 1.0


def test_a_database_gives_the_same_figures(corpus, home, encoder, postgres):
    database = ready(postgres)
    embedded = evaluate_retrieval(corpus, encoder, home=home)
    assert evaluate_retrieval(corpus, encoder, home=home, database=database) == embedded
    assert database.row("SELECT count(*) FROM documents")[0] == 0  # the corpus is in a schema of its own
    database.close()


def test_another_qrels_file_and_a_corpus_of_one_language(corpus, home, encoder):
    figures = evaluate_retrieval(corpus, encoder, home=home, qrels=corpus / "one.tsv", corpus_language="ru")
    assert (figures["queries"], figures["recall@1"]) == (1, 1.0)


def test_a_missing_file_and_a_broken_line_are_clear_errors(corpus, tmp_path):
    with pytest.raises(LoadError, match="cannot be read as qrels"):
        read_qrels(tmp_path / "none.tsv")
    (corpus / "corpus.jsonl").write_text("{")
    with pytest.raises(LoadError, match="cannot be read as JSON lines"):
        evaluate_retrieval(corpus, None, home=tmp_path)
