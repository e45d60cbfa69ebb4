"""Fusion: exact scores, and the spread over documents."""

from __future__ import annotations

from index.fusion import fuse, min_max, spread


def test_min_max():
    assert min_max({"a": 2.0, "b": 4.0, "c": 3.0}) == {"a": 0.0, "b": 1.0, "c": 0.5}
    assert min_max({"a": 2.0}) == {"a": 1.0}
    assert min_max({}) == {}


def test_the_weighted_sum_is_exact():
    assert fuse({"a": 4.0, "b": 3.0, "c": 2.0}, {"c": 5.0, "d": 1.0}, weight=0.75) == [
        ("a", 0.75),
        ("b", 0.375),
        ("c", 0.25),
        ("d", 0.0),
    ]


def test_an_empty_side_gives_its_weight_to_the_other():
    assert fuse({"a": 0.9, "b": 0.1}, {}, weight=0.6) == [("a", 1.0), ("b", 0.0)]
    assert fuse({}, {"a": 3.0}, weight=0.6) == [("a", 1.0)]
    assert fuse({}, {}) == []


def test_no_document_takes_all_the_first_places_when_others_are_near():
    scores = {"a1": 1.0, "a2": 0.99, "a3": 0.98, "a4": 0.97, "b1": 0.95, "c1": 0.5}
    ranked = spread(list(scores), scores.__getitem__, lambda key: key[0])
    assert ranked == ["a1", "a2", "b1", "a3", "a4", "c1"]


def test_a_far_worse_document_does_not_displace():
    scores = {"a1": 1.0, "a2": 0.99, "a3": 0.98, "b1": 0.5}
    assert spread(list(scores), scores.__getitem__, lambda key: key[0]) == ["a1", "a2", "a3", "b1"]
