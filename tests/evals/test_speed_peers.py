"""Peers in one run: the order of the rounds, who fails, the figures, and the table."""

from __future__ import annotations

import json

import pytest

from evals.bench.measurements import Figure
from evals.bench.peers import run as competition
from evals.bench.peers.run import Peer, compete, markdown


@pytest.fixture
def calls(monkeypatch):
    seen = []

    def run(self, what, questions):
        seen.append((self.name, what, questions))
        if self.name == "broken" and what == "ask":
            raise RuntimeError("broken ask: no such thing")
        if what == "build":
            return {"build s": 2.0, "versions": {self.name: "1.0"}}
        warm = 10.0 * sum(call == (self.name, "ask", "questions.jsonl") for call in seen)
        return {"warm ms": warm, "memory MB": warm, "found": {"q1": ["a", "b"], "q2": ["b", "a"]}}

    monkeypatch.setattr(Peer, "run", run)
    return seen


def test_rounds_go_from_peer_to_peer_and_who_fails_is_left_out(tmp_path, calls):
    said: list[str] = []
    peers = [Peer(name, "python", "model", tmp_path) for name in ("one", "broken", "two")]
    done = compete(peers, rounds=2, report=said.append)
    assert [peer.name for peer in done] == ["one", "two"]
    assert calls[:5] == [
        ("one", "build", "questions.jsonl"),
        ("one", "ask", "first.jsonl"),
        ("broken", "build", "questions.jsonl"),
        ("broken", "ask", "first.jsonl"),
        ("two", "build", "questions.jsonl"),
    ]
    assert [name for name, *_ in calls[6:]] == ["one", "two"] * 4  # two cold rounds and two warm ones
    assert "broken ask: no such thing" in said


def test_the_figures_of_a_peer_by_hand(tmp_path, calls):
    (peer,) = compete([Peer("one", "python", "model", tmp_path)], rounds=4, report=lambda line: None)
    figures = peer.figures({"q1": {"a": 1}, "q2": {"a": 1}})
    assert figures["build s"] == Figure(2.0)
    assert figures["warm ms"] == Figure(20.0, 10.0, 30.0, 3)
    assert figures["memory MB"] == Figure(30.0)
    assert figures["nDCG@10"].value == pytest.approx((1 + 0.6309) / 2, abs=1e-4)
    assert figures["cold s"].runs == 4


def test_the_table_has_versions_and_the_spread_of_the_cold_starts():
    figures = {
        "build s": Figure(30.2), "cold s": Figure(6.8, 6.5, 7.25, 5), "warm ms": Figure(86.0, 80.0, 90.0, 3),
        "memory MB": Figure(918.0), "nDCG@10": Figure(0.98412),
    }  # fmt: skip
    assert markdown({"txtai": (figures, {"txtai": "9.14.0", "faiss-cpu": "1.15.1"})}).splitlines()[2] == (
        "| txtai (txtai 9.14.0, faiss-cpu 1.15.1) | 30 s | 6.80 s (6.50 to 7.25) | 86 ms | 918 MB | 0.9841 |"
    )


def test_only_a_languages_passages_and_questions_take_part(tmp_path):
    data, scratch = tmp_path / "data", tmp_path / "scratch"
    data.mkdir()
    scratch.mkdir()
    corpus = [{"id": "a", "text": "x", "lang": "en"}, {"id": "b", "text": "y", "lang": "ru"}]
    asked = [{"id": "q1", "text": "x?", "lang": "en"}, {"id": "q2", "text": "y?", "lang": "ru"}]
    for name, rows in (("corpus", corpus), ("queries", asked)):
        (data / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (data / "qrels.tsv").write_text("query\tdocument\tgrade\nq1\ta\t1\nq1\tb\t1\nq2\tb\t1\n")
    assert competition._write(data, scratch, "en", 5) == {"q1": {"a": 1}}
    kept = {name: (scratch / f"{name}.jsonl").read_text().splitlines() for name in ("corpus", "questions", "first")}
    assert [json.loads(line)["id"] for lines in kept.values() for line in lines] == ["a", "q1", "q1"]
