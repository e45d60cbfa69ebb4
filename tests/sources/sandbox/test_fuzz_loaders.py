from __future__ import annotations

import random

import pytest

from evals.fuzz import loaders
from evals.fuzz.loaders import fuzz, main
from evals.fuzz.made_files import SEEDS
from sources.sandbox.parent import Sandbox


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [*SEEDS, "feed"])
def test_mutated_files_do_no_harm(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred here; `python -m evals.fuzz.loaders` runs ten thousand. The sandbox limits the processor time of each."""
    monkeypatch.setattr(loaders, "HANG_SECONDS", float("inf"))
    sandbox = Sandbox()
    read, _, wrong = fuzz(suffix, 300, random.Random(suffix), sandbox)
    sandbox.close()
    assert wrong == []
    assert read > 0


@pytest.mark.whole
def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([".txt", "--files", "5"]) == 0
    assert capsys.readouterr().out.startswith(".txt    5 files, ")
