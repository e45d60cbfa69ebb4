"""Logistic regressions in the forms that bot.nlp.weighing and bot.nlp.sparse read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

LEAST_WEIGHT = 0.05  # of a named feature that is kept


def regression(strength: float) -> Any:
    """A pipeline that standardises its columns; `strength` is scikit-learn's C."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def plain(model: Any, names: Sequence[str]) -> dict[str, Any]:
    """The weights of a fitted pipeline; prints them by name."""
    scaler, fitted = model[0], model[1]
    print(dict(zip(names, fitted.coef_[0].round(2).tolist(), strict=True)))
    return {
        "weights": _rounded(fitted.coef_[0]),
        "means": _rounded(scaler.mean_),
        "scales": _rounded(scaler.scale_),
        "intercept": round(float(fitted.intercept_[0]), 5),
    }


def sparse(given: Iterable[Iterable[str]], right: Sequence[bool], strength: float) -> dict[str, Any]:
    """The weights and the intercept of a regression over named features; `strength` is scikit-learn's C."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vocabulary = DictVectorizer()
    table = vocabulary.fit_transform([dict.fromkeys(each, 1.0) for each in given])
    model = LogisticRegression(C=strength, max_iter=2000).fit(table, right)
    named = zip(vocabulary.get_feature_names_out().tolist(), model.coef_[0].tolist(), strict=True)
    weights = {name: round(weight, 2) for name, weight in named if abs(weight) >= LEAST_WEIGHT}
    return {"weights": weights, "intercept": round(float(model.intercept_[0]), 3)}


def of_sets(found: Sequence[frozenset[Any]], wanted: Sequence[frozenset[Any]]) -> dict[str, float]:
    """Precision and recall of what was found in each of some texts, where other things were wanted."""
    right = sum(len(own & other) for own, other in zip(found, wanted, strict=True))
    return {
        "precision": right / max(1, sum(map(len, found))),
        "recall": right / max(1, sum(map(len, wanted))),
    }


def _rounded(values: npt.NDArray[np.float64]) -> list[float]:
    rounded: list[float] = values.round(5).tolist()
    return rounded
