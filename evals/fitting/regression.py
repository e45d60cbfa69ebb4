"""Logistic regressions in the form that bot.nlp.weighing reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def regression(strength: float = 1.0, **options: Any) -> Any:
    """A pipeline that standardises its columns; `strength` is scikit-learn's C."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000, **options))


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


def _rounded(values: npt.NDArray[np.float64]) -> list[float]:
    rounded: list[float] = values.round(5).tolist()
    return rounded
