"""Adds a GPU path for bulk embedding to the ONNX encoder; torch is imported only when it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.encoder import Progress, Vectors
from index.model.onnx import OnnxEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.model.reference import ReferenceEncoder

BULK_CHARACTERS = 1_000_000  # about a minute on two cores; starting torch and unpacking the weights take half of it
GPU_SIGNS = (
    "/proc/driver/nvidia/version",
    "/dev/kfd",
    "/dev/dxg",
)  # NVIDIA, AMD, WSL: device files that are cheap to look for
Report = Callable[[str], None]


def onnx_encoder(folder: Path, model: str, report: Report) -> OnnxEncoder:
    """Open the encoder in a folder, with a GPU path if there are signs of a GPU; `model` locates the weights."""
    if any(Path(sign).exists() for sign in GPU_SIGNS):
        return GpuEncoder(folder, model, report)
    return OnnxEncoder(folder)


class GpuEncoder(OnnxEncoder):
    """Embeds passages in bulk with sentence-transformers on the GPU, in float; everything else with ONNX.

    Both run the same weights and share a fingerprint: the GPU is used only if it agrees with ONNX on the samples. Any
    failure there is reported, and the CPU takes over.
    """

    def __init__(self, folder: Path, model: str, report: Report) -> None:
        super().__init__(folder)
        self._model = model
        self._report = report
        self._gpu: ReferenceEncoder | None = None

    @contextmanager
    def bulk(self, characters: int) -> Iterator[None]:
        """Context in which `characters` of passages are embedded on the GPU, if they are worth starting it."""
        with ExitStack() as kept:
            if characters >= BULK_CHARACTERS:
                self._gpu = self._opened(kept)
            try:
                yield
            finally:
                self._gpu = None

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row per passage or sentence."""
        if self._gpu is not None:
            try:
                return self._gpu.encode_passages(texts, progress=progress)
            except RuntimeError as error:  # any error of torch, out of memory included
                self._gpu = None
                self._report(f"The GPU failed ({_first_line(error)}); the processor goes on")
        return super().encode_passages(texts, progress=progress)

    def _opened(self, kept: ExitStack) -> ReferenceEncoder | None:
        from index.model.agreement import MIN_AGREEMENT, SAMPLES, agreement
        from index.model.reference import ReferenceEncoder, load, unpacked

        try:
            source, _ = kept.enter_context(unpacked(self._model, report=lambda line: None))
            gpu = ReferenceEncoder(load(source), self._settings)
            if gpu.device == "cpu":
                return None
            rows = gpu.encode_passages(SAMPLES)
        except Exception as error:  # drivers, torch and the hub client raise their own types
            self._report(f"The GPU is not used ({_first_line(error)})")
            return None
        worst = agreement(self, rows)  # the GPU is not active yet: this encodes with ONNX
        if not worst >= MIN_AGREEMENT:
            self._report(f"The GPU is not used: its vectors differ from the processor's (cosine {worst:.3f})")
            return None
        self._report(f"Embedding on {gpu.device}")
        return gpu


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
