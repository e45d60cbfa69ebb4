"""What a generation holds, and how it differs from the library. Pure."""

from __future__ import annotations

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
    """One generation: how it was made, what is in it, and the checksum of each of its files.

    `files` maps a path inside the generation to its SHA-256; `library` is a digest over all document revisions; `search`
    says how the passage vectors are searched, and with which recall@10 where not every one is looked at.
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

    def to_json(self) -> str:
        """Readable JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """The manifest that `to_json` wrote; ValueError, TypeError or KeyError when it is damaged."""
        raw = json.loads(text)
        raw["failures"] = tuple(Failure(**failure) for failure in raw["failures"])
        return cls(**raw)


@dataclass(frozen=True, slots=True)
class Changes:
    """Document ids of the library against those of a generation."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def __str__(self) -> str:
        parts = ((self.added, "new"), (self.changed, "changed"), (self.removed, "removed"))
        return ", ".join(f"{len(ids)} {word}" for ids, word in parts if ids) or "nothing"


def diff(library: Mapping[str, str], indexed: Mapping[str, str], failed: Iterable[Failure] = ()) -> Changes:
    """What differs between the stamps of the library and those indexed; a known failure of the same stamp does not."""
    known = {(failure.document_id, failure.stamp) for failure in failed}
    fresh = {identifier: stamp for identifier, stamp in library.items() if (identifier, stamp) not in known}
    return Changes(
        added=tuple(sorted(identifier for identifier in fresh if identifier not in indexed)),
        changed=tuple(sorted(i for i, stamp in fresh.items() if i in indexed and indexed[i] != stamp)),
        removed=tuple(sorted(identifier for identifier in indexed if identifier not in library)),
    )


def refuse_other_encoder(manifest: Manifest, encoder: Encoder) -> None:
    """OtherEncoderError unless the generation was built with this encoder."""
    if manifest.fingerprint != encoder.fingerprint:
        raise OtherEncoderError(
            f"The index was built with the model {manifest.encoder}, but {encoder.name} is configured:"
            " run `torkham index update` to rebuild it, or set TORKHAM_MODEL back."
        )
