"""The GPU path of the ONNX encoder: used for bulk text and if it agrees, and never the cause of a failed update."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import Bookshelf, WordEncoder

from index.build.update import update
from index.encoder import bulk_mode, unit
from index.files.generations import Generations
from index.model import gpu, prepare, reference
from index.model.agreement import SAMPLES
from index.model.gpu import GpuEncoder, onnx_encoder
from index.model.onnx import OnnxEncoder
from sources.document import Document

pytestmark = pytest.mark.model
TEXTS = ["The fence has towers.", "Торговля остановилась."]


class Card:
    """A sentence-transformers model on a GPU: vectors close to the CPU's, far from them, or a failure."""

    def __init__(self, fast: OnnxEncoder, kind: str = "cuda", *, noise: float = 0.02, lasts: int = 100) -> None:
        self.device = SimpleNamespace(type=kind)
        self._fast, self._noise, self._lasts = fast, noise, lasts
        self.calls = 0

    def encode(self, texts: list[str], **_: Any) -> Any:
        self.calls += 1
        if self.calls > self._lasts:
            raise RuntimeError("CUDA out of memory.\nTried to allocate 2 GiB")
        rows = OnnxEncoder.encode_passages(self._fast, texts)
        wrong = unit(np.random.default_rng(1).standard_normal(rows.shape))
        return unit(rows + self._noise * wrong)


@pytest.fixture
def beside(home, monkeypatch, tmp_path):
    """The encoder with a given GPU, and its reports."""
    sign = tmp_path / "version"
    sign.write_text("a driver")
    monkeypatch.setattr(gpu, "GPU_SIGNS", (str(sign),))
    folder = prepare.prepared(reference.DEFAULT_MODEL, home / "model")

    def with_card(**options: Any) -> tuple[GpuEncoder, Card, list[str]]:
        said: list[str] = []
        encoder = onnx_encoder(folder, reference.DEFAULT_MODEL, said.append)
        card = Card(encoder, **options)
        monkeypatch.setattr(reference, "load", lambda source: card)
        monkeypatch.setattr(reference, "unpacked", unpacked)
        return encoder, card, said

    return with_card


@contextmanager
def unpacked(name: str, **_: Any) -> Iterator[tuple[str, None]]:
    yield name, None


@pytest.fixture(scope="module")
def home():

    path = Path(__file__).parents[3] / ".cache" / "home"
    prepare.prepare(reference.DEFAULT_MODEL, path / "model", report=lambda line: None)
    return path


def test_without_signs_of_a_gpu_there_is_only_the_fast_form(home, monkeypatch):
    monkeypatch.setattr(gpu, "GPU_SIGNS", ("/nowhere/version",))
    encoder = prepare.open_encoder(reference.DEFAULT_MODEL, home, report=lambda line: None)
    assert type(encoder) is OnnxEncoder
    with bulk_mode(encoder, gpu.BULK_CHARACTERS):
        assert len(encoder.encode_passages(TEXTS)) == 2


def test_bulk_text_uses_the_gpu_and_questions_never_do(beside):
    encoder, card, said = beside()
    plain = encoder.encode_passages(TEXTS)
    with bulk_mode(encoder, gpu.BULK_CHARACTERS):
        rows = encoder.encode_passages(TEXTS)
        asked = card.calls
        encoder.encode_queries(["How many towers?"])
        assert card.calls == asked == 2  # the samples, the texts
    assert 0.99 < float((rows * plain).sum(axis=1).min()) < 1 - 1e-5
    assert said == ["Embedding on cuda"]
    assert np.array_equal(encoder.encode_passages(TEXTS), plain)
    assert card.calls == 2


def test_little_text_does_not_start_the_gpu(beside):
    encoder, card, said = beside()
    with bulk_mode(encoder, gpu.BULK_CHARACTERS - 1):
        encoder.encode_passages(TEXTS)
    assert (card.calls, said) == (0, [])


def test_a_gpu_that_disagrees_is_not_used(beside):
    encoder, card, said = beside(noise=0.5)
    with bulk_mode(encoder, gpu.BULK_CHARACTERS):
        encoder.encode_passages(TEXTS)
    assert card.calls == 1
    assert said[0].startswith("The GPU is not used: its vectors differ from the processor's (cosine 0.")


def test_a_gpu_that_fails_midway_is_abandoned_without_loss(beside):
    encoder, card, said = beside(lasts=2)
    done: list[int] = []
    with bulk_mode(encoder, gpu.BULK_CHARACTERS):
        encoder.encode_passages(TEXTS)
        rows = encoder.encode_passages(TEXTS, progress=done.append)
        encoder.encode_passages(TEXTS)
    assert np.array_equal(rows, encoder.encode_passages(TEXTS))
    assert (card.calls, sum(done)) == (3, 2)
    assert said == ["Embedding on cuda", "The GPU failed (CUDA out of memory.); the processor goes on"]


def test_signs_without_a_gpu_that_torch_can_use_change_nothing(beside):
    encoder, card, said = beside(kind="cpu")
    with bulk_mode(encoder, gpu.BULK_CHARACTERS):
        encoder.encode_passages(TEXTS)
    assert (card.calls, said) == (0, [])


def test_a_gpu_that_cannot_be_opened_is_reported(beside, monkeypatch):
    encoder, _, said = beside()

    def broken(source: str) -> Any:
        raise ValueError("no kernel image is available")

    monkeypatch.setattr(reference, "load", broken)
    with bulk_mode(encoder, gpu.BULK_CHARACTERS):
        assert len(encoder.encode_passages(list(SAMPLES))) == len(SAMPLES)
    assert said == ["The GPU is not used (no kernel image is available)"]


def test_a_large_update_uses_bulk_mode(tmp_path, monkeypatch):
    asked: list[int] = []

    class Bulky(WordEncoder):
        @contextmanager
        def bulk(self, characters: int) -> Iterator[None]:
            asked.append(characters)
            yield

    shelf = Bookshelf({"fence": Document("fence", "The fence", "It has towers. It follows the border.")})
    update(shelf, Generations(tmp_path), Bulky())
    assert len(asked) == 1
    assert asked[0] > 40
