"""Fitting and testing the gate of composed answers: `python -m evals.gate.run --data DIR --home HOME [--write]`.

DIR holds wice (claims with the page they cite, supported or not) and flores_bitext (the same sentences in several
languages). Claims outside the test split are fitted, those of the test split only reported on. The result is written to
bot/gate/support.json with where it came from. With an index in HOME, the gate's rules are tried on altered statements of it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.gate.entailment import MODEL
from evals.gate.claims import Example, area, halves, rates, read_claims, table, threshold_for
from evals.gate.language_bounds import MERGED, bounds, likenesses, read_languages
from evals.gate.perturbations import try_changes
from index.encoder import Encoder
from index.model.prepare import open_encoder

DELETED = 0.15  # of the supported claims that may be deleted
STRETCHED = 0.08  # of the supported claims that may reach the limit on new words in a row
UNLIKE = 0.03  # of the supported claims that may lie under the bound of likeness
TODAY = date(2026, 11, 22)
# More of the first may only speak for support, more of the second only against it.
SIGNS = dict.fromkeys(("covered", "nearest", "pairs", "meaning"), 1) | dict.fromkeys(
    ("missing", "rarest", "run", "figures", "names", "denied", "contrary"), -1
)


def fit(examples: Sequence[Example]) -> dict[str, Any]:
    """A logistic regression on standardised features; one that comes out with the wrong sign is left out.

    The threshold is read off predictions that each claim did not take part in (ten folds).
    """
    names = sorted(examples[0].features)
    while True:
        model = _fit(examples, names)
        wrong = [name for name, weight in model["weights"].items() if weight * SIGNS.get(name, 0) < 0]
        if not wrong:
            return model
        names = [name for name in names if name not in wrong]


def _fit(examples: Sequence[Example], names: Sequence[str]) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    rows, wrong = table(examples, names)
    means, scales = rows.mean(axis=0), np.where(rows.std(axis=0) > 1e-6, rows.std(axis=0), 1.0)
    scaled = (rows - means) / scales
    model = LogisticRegression(C=0.1, max_iter=2000)
    blind = cross_val_predict(model, scaled, wrong, cv=10, method="predict_proba")[:, 1]
    model.fit(scaled, ~wrong)
    supported = [each.stretch for each in examples if not each.unsupported]
    most = next(n for n in range(1, 20) if sum(each >= n for each in supported) <= STRETCHED * len(supported))
    blind = np.where([each.stretch >= most for each in examples], 1.0, blind)
    return {
        "weights": dict(zip(names, model.coef_[0].round(4).tolist(), strict=True)),
        "means": dict(zip(names, means.round(5).tolist(), strict=True)),
        "scales": dict(zip(names, scales.round(5).tolist(), strict=True)),
        "intercept": round(float(model.intercept_[0]), 4),
        "threshold": round(1 - threshold_for(blind, wrong, DELETED), 4),
        "stretch": most,
    }


def doubts(model: dict[str, Any], examples: Sequence[Example]) -> npt.NDArray[np.float64]:
    """How far each claim is doubted, 0..1; 1 if it has too many new words in a row."""
    names = list(model["weights"])
    rows, _ = table(examples, names)
    means, scales = (np.array([model[part][name] for name in names]) for part in ("means", "scales"))
    total = model["intercept"] + (rows - means) / scales @ np.array([model["weights"][name] for name in names])
    stretched = [each.stretch >= model["stretch"] for each in examples]
    return np.where(stretched, 1.0, 1 / (1 + np.exp(total)))


def compare(model: dict[str, Any], examples: Sequence[Example]) -> dict[str, str]:
    """The fitted judgement against likeness alone, fitted and tested; thresholds come from what was fitted."""
    rows: dict[str, str] = {}
    fitted = [each for each in examples if each.fitted]
    like = {id(each): -each.features["meaning"] for each in examples}
    base = threshold_for(np.array([like[id(each)] for each in fitted]), table(fitted, ["meaning"])[1], DELETED)
    for half, part in halves(examples):
        for kind, chosen in (
            ("all", part),
            ("without the partly supported", [each for each in part if each.label != "partially_supported"]),
        ):
            wrong = table(chosen, ["meaning"])[1]
            plain = np.array([like[id(each)] for each in chosen])
            judged = doubts(model, chosen)
            for name, values, threshold in (("gate", judged, 1 - model["threshold"]), ("likeness alone", plain, base)):
                rows[f"{half}, {kind}, {name}"] = (
                    f"{rates(values, wrong, threshold)}, area {area(values, wrong):.3f}"
                    f" ({int(wrong.sum())} unsupported, {int((~wrong).sum())} supported)"
                )
            least = threshold_for(judged, wrong, DELETED)
            rows[f"{half}, {kind}, gate at the half's own threshold"] = str(rates(judged, wrong, least))
    return rows


def fit_and_report(data: Path, encoder: Encoder, *, write: bool) -> None:
    """Fit on what may be learnt from, print the figures of both halves and of the languages, write the result if asked to."""
    examples = read_claims(data / "wice", encoder)
    fitted = [each for each in examples if each.fitted]
    model = fit(fitted)
    figures = compare(model, examples)
    for name, value in figures.items():
        print(f"{name:60} {value}")
    english = float(np.quantile([each.features["meaning"] for each in fitted if not each.unsupported], UNLIKE))
    found = likenesses(read_languages(data / "flores_bitext"), encoder)
    likeness = bounds(found, round(english, 4))
    pairs = {}
    for (one, other), (right, wrong) in found.items():
        if {one, other} & set(MERGED):
            continue
        least = likeness[f"{one}-{other}"]
        pairs[f"{one}-{other}"] = (
            f"bound {least:.3f}: translations kept {float((right >= least).mean()):.3f},"
            f" neighbours deleted {float((wrong < least).mean()):.3f}"
        )
        print(f"{one}-{other:8} {pairs[f'{one}-{other}']}")
    about = {
        "fitted": TODAY.isoformat(),
        "with": "logistic regression on standardised features (scikit-learn, C=0.1); python -m evals.gate.run",
        "on": "WiCE: claims of the dev split with the sentences of the cited page; its test split only reported on. Likeness"
        " by language: FLORES-200 devtest, a sentence against a passage with its translation",
        "claims": figures,
        "pairs": pairs,
    }
    if write:
        written = {"about": about, **model, "likeness": likeness}
        MODEL.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Fit, report, and with `--write` replace bot/gate/support.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("."))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--statements", type=int, default=300)
    parser.add_argument("--seed", type=int, default=8, help="Which statements are altered; 7 were looked at.")
    parser.add_argument("--changes-only", action="store_true")
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    if not chosen.changes_only:
        fit_and_report(chosen.data, encoder, write=chosen.write)
    for name, value in try_changes(chosen.home, encoder, chosen.statements, chosen.seed).items():
        print(f"{name:40} {value}")


if __name__ == "__main__":
    main()
