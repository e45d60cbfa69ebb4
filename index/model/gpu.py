"""The fast form of a model with a GPU beside it, which embeds what is much; imports torch only then."""

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

BULK_CHARACTERS = (
    1_000_000  # characters, a minute of two cores: starting torch and unpacking the weights takes half of that
)
SIGNS = (
    "/proc/driver/nvidia/version",
    "/dev/kfd",
    "/dev/dxg",
)  # NVIDIA, AMD, Windows' Linux: what costs nothing to look for
Report = Callable[[str], None]


def onnx_encoder(folder: Path, model: str, report: Report) -> OnnxEncoder:
    """The fast form in a folder, with the GPU where there are signs of one; `model` is what the weights are found by."""
    if any(Path(sign).exists() for sign in SIGNS):
        return GpuEncoder(folder, model, report)
    return OnnxEncoder(folder)


class GpuEncoder(OnnxEncoder):
    """Passages in bulk by sentence-transformers on the GPU that it finds, in float; everything else in the fast form.

    Both are forms of the same weights and share a fingerprint: the GPU is used only where the model's samples agree as the
    making of the fast form asks. Whatever goes wrong there is reported, and the processor goes on.
    """

    def __init__(self, folder: Path, model: str, report: Report) -> None:
        super().__init__(folder)
        self._model = model
        self._report = report
        self._gpu: ReferenceEncoder | None = None

    @contextmanager
    def bulk(self, characters: int) -> Iterator[None]:
        """Inside, so many characters of passages are embedded on the GPU, if they are worth starting it."""
        with ExitStack() as kept:
            if characters >= BULK_CHARACTERS:
                self._gpu = self._opened(kept)
            try:
                yield
            finally:
                self._gpu = None

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """One unit row a passage or sentence."""
        if self._gpu is not None:
            try:
                return self._gpu.encode_passages(texts, progress=progress)
            except RuntimeError as error:  # torch's own, memory included
                self._gpu = None
                self._report(f"The GPU failed ({_first_line(error)}); the processor goes on")
        return super().encode_passages(texts, progress=progress)

    def _opened(self, kept: ExitStack) -> ReferenceEncoder | None:
        from index.model.agreement import MIN_AGREEMENT, SAMPLES, agreement
        from index.model.reference import ReferenceEncoder
        from index.model.source import load, unpacked

        try:
            source, _ = kept.enter_context(unpacked(self._model, report=lambda line: None))
            gpu = ReferenceEncoder(load(source), self._settings)
            if gpu.device == "cpu":
                return None
            rows = gpu.encode_passages(SAMPLES)
        except Exception as error:  # drivers, torch and the hub client each raise their own kinds
            self._report(f"The GPU is not used ({_first_line(error)})")
            return None
        worst = agreement(self, rows)  # the card is not in use yet: this is the fast form
        if not worst >= MIN_AGREEMENT:
            self._report(f"The GPU is not used: its vectors differ from the processor's (cosine {worst:.3f})")
            return None
        self._report(f"Embedding on {gpu.device}")
        return gpu


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
