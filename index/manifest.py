"""The manifest of a generation. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from index.errors import OtherEncoderError

if TYPE_CHECKING:
    from index.encoder import Encoder


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed, and why."""

    document_id: str
    path: str
    stamp: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation: how it was built, its contents, and the checksum of each of its files.

    `files` maps a path inside the generation to its SHA-256, `sizes` to its bytes; `library` is a digest over all
    document revisions; `search` names the search method of the passage vectors and, if it is approximate, its
    recall@10.
    """

    generation: str
    created: str
    recipe: str
    encoder: str
    fingerprint: str
    dimension: int
    library: str
    counts: Mapping[str, int]
    failures: tuple[Failure, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    search: Mapping[str, str | int | float] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """Readable JSON with a digest of its own, since everything else is checked against it."""
        about = asdict(self)
        return json.dumps({**about, "seal": _seal(about)}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """The manifest that `to_json` wrote; ValueError, TypeError or KeyError when it is damaged."""
        raw = json.loads(text)
        seal = raw.pop("seal", None)  # manifests of earlier versions have none
        if seal is not None and seal != _seal(raw):
            raise ValueError("the manifest differs from its own digest")
        raw["failures"] = tuple(Failure(**failure) for failure in raw["failures"])
        return cls(**raw)


def _seal(about: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def library_digest(revisions: Iterable[tuple[str, str]]) -> str:
    """The digest of a library: SHA-256 over its (document id, revision) pairs in order."""
    return hashlib.sha256(repr(sorted(revisions)).encode()).hexdigest()


def refuse_other_encoder(manifest: Manifest, encoder: Encoder) -> None:
    """OtherEncoderError unless the generation was built with this encoder."""
    if manifest.fingerprint != encoder.fingerprint:
        raise OtherEncoderError(
            f"The index was built with the model {manifest.encoder}, but {encoder.name} is configured:"
            " run `torkham index update` to rebuild it, or set TORKHAM_MODEL back."
        )
