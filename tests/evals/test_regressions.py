"""Regressions over named features and vectors, as they are fitted and as they are read."""

from __future__ import annotations

import json

import numpy as np

from bot.nlp.sparse import WithVector
from evals.fitting.regression import WithVectors


def test_words_and_vectors_tell_what_neither_tells_alone(tmp_path):
    chance = np.random.default_rng(1)
    said, meant = chance.integers(0, 2, 600), chance.normal(size=600)
    right = said + meant > 0.5
    table = WithVectors(
        [{"now"} if each else {"then"} for each in said],
        np.stack([meant, chance.normal(size=600)], 1).astype(np.float32),
        right,
        1.0,
        1.0,
    )
    by_words, both = table.crossed()
    assert np.mean((both > 0) == right) > np.mean((by_words > 0) == right) + 0.1
    bounds = []

    def least(name, odds, wanted):
        bounds.append(name)
        return float(np.quantile(odds[wanted], 0.1))

    path = tmp_path / "told.json"
    path.write_text(json.dumps(table.fitted("an encoder", least)))
    told = WithVector.open(path)
    assert bounds == ["by words", "with the vector"]
    assert told.encoder == "an encoder"
    assert told.holds({"now"}, np.array([1.0, 0.0], np.float32))
    assert not told.holds({"then"}, np.array([-1.0, 0.0], np.float32))
    assert told.holds({"now"})
