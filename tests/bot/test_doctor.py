"""What doctor sees: a processor that computes other vectors, packages that others have overwritten."""

from __future__ import annotations

import base64
import hashlib
import importlib
from importlib.metadata import PathDistribution

import numpy as np
import pytest
from conftest import WordEncoder

from bot import doctor, installed
from bot.answering.events import ask_back
from bot.answering.reading import reader, support
from bot.answering.ways import judge
from bot.console import Console
from bot.settings import Settings
from bot.workspace import Workspace
from index.model import agreement, prepare


class Otherwise(WordEncoder):
    """A processor that rounds in its own way."""

    def encode_passages(self, texts, *, progress=None):
        rows = super().encode_passages(texts)
        rows[3, 0] += 0.05
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def work(tmp_path, monkeypatch):
    made = Workspace(Settings(home=tmp_path), Console(quiet=True))
    monkeypatch.setattr(prepare, "prepared", lambda name, folder: tmp_path)
    return made


def test_the_same_processor_computes_the_same(work, tmp_path):
    agreement.store_vectors(WordEncoder(), tmp_path)
    work._encoder = WordEncoder()
    assert agreement.stored_agreement(work._encoder, tmp_path) == pytest.approx(1.0)
    assert doctor._model(work).good


def test_another_processor_is_told(work, tmp_path):
    agreement.store_vectors(WordEncoder(), tmp_path)
    work._encoder = Otherwise()
    check = doctor._model(work)
    assert not check.good
    assert "this processor computes other vectors than the one that prepared it (cosine 0.99" in check.finding
    assert "`torkham index update --full`" in check.finding


@pytest.mark.parametrize("content", [None, b"", b"x" * 200])
def test_a_model_without_stored_vectors_is_taken_as_it_is(work, tmp_path, content):
    if content is not None:
        (tmp_path / agreement.VECTORS_FILE).write_bytes(content)
    work._encoder = WordEncoder()
    assert agreement.stored_agreement(work._encoder, tmp_path) is None
    assert doctor._model(work).good


@pytest.fixture
def _reading(work, monkeypatch):
    """A reader that has its model and its written questions."""

    class Reads:
        about = {"questions": 3}  # noqa: RUF012
        known = object()

    work._encoder = WordEncoder()
    monkeypatch.setattr(reader.Reader, "open", lambda encoder, off: Reads())


@pytest.mark.usefixtures("_reading")
@pytest.mark.parametrize("lost", [None, "support.onnx is damaged: install Torkham again"])
def test_a_damaged_support_model_is_told(work, monkeypatch, lost):
    monkeypatch.setattr(support, "damage", lambda: lost)
    check = doctor._reader(work)
    assert check.good is (lost is None)
    assert (lost or "trained on 3 questions") in check.finding


@pytest.mark.usefixtures("_reading")
def test_a_lost_judge_of_whole_answers_is_told(work, monkeypatch):
    monkeypatch.setattr(judge.WholeJudge, "open", lambda how, encoder: None)
    check = doctor._reader(work)
    assert not check.good
    assert "answers.json is missing or damaged: install Torkham again" in check.finding


@pytest.mark.usefixtures("_reading")
def test_a_lost_classifier_is_told(work, monkeypatch, tmp_path):
    monkeypatch.setattr(ask_back, "WEIGHTS", tmp_path / "open_questions.json")
    for damaged in (None, "", "{}", '{"encoder": "x", "classes": 1}'):
        if damaged is not None:
            ask_back.WEIGHTS.write_text(damaged)
        check = doctor._reader(work)
        assert not check.good
        assert "no question is asked back" in check.finding
        assert "open_questions.json is missing or damaged: install Torkham again" in check.finding


def test_ten_texts_in_five_languages():
    assert len(set(agreement.STORED_TEXTS)) == 10


@pytest.mark.whole
def test_the_program_as_it_is_installed():
    assert installed.foreign() == []


@pytest.mark.parametrize("package", ["bot", "evals", "index", "sources"])
def test_another_package_of_the_same_name_is_seen(monkeypatch, package):
    claimed = {package: ["torkham", "another"], "other": ["torkham", "yet another"]}
    monkeypatch.setattr(installed, "packages_distributions", lambda: claimed)
    assert installed.foreign() == [
        f"the package another has a {package}/ of its own, which replaces files of Torkham's"
    ]
    assert not doctor._program().good


def test_a_package_from_elsewhere_is_seen(monkeypatch, tmp_path):
    (tmp_path / "sources.py").write_text("")
    real = importlib.import_module

    class Elsewhere:
        __file__ = str(tmp_path / "sources" / "__init__.py")

    monkeypatch.setattr(importlib, "import_module", lambda name: Elsewhere if name == "sources" else real(name))
    assert installed.foreign()[0].startswith(f"sources/ is imported from {tmp_path}, the rest from ")


def test_a_file_that_was_replaced_is_seen(tmp_path):
    record = []
    for name in ("bot/cli.py", "evals/run.py", "index/search.py", "other/x.py"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_bytes(name.encode())
        digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{path.stat().st_size}")
    info = tmp_path / "torkham-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: torkham\nVersion: 1\n")
    (info / "RECORD").write_text("\n".join(record) + "\n")
    assert installed.changed(PathDistribution(info)) == []
    for name in ("bot/cli.py", "evals/run.py"):
        (tmp_path / name).write_bytes(b"another")
    (tmp_path / "other" / "x.py").write_bytes(b"another")
    (tmp_path / "index" / "search.py").unlink()
    found = installed.changed(PathDistribution(info))
    replaced = [f"{name} is not the file that was installed" for name in ("bot/cli.py", "evals/run.py")]
    assert found == [*replaced, "index/search.py is missing"]
