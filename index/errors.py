"""The errors of the index.

IndexingError
├── NoIndexError          there is no generation yet
├── CorruptIndexError     a file of the generation is missing or differs from its checksum
├── OtherEncoderError     the generation was built with another encoder
├── IndexBusyError        another process is updating
├── StorageError          the disk is full or the home is not writable
│   └── DatabaseError     the database cannot be reached or used
└── ModelError            the model cannot be loaded or used
"""

from __future__ import annotations

import errno
from pathlib import Path


class IndexingError(Exception):
    """Base class of index errors. The message is a sentence that says what to do."""


class NoIndexError(IndexingError):
    """There is no generation yet."""


class CorruptIndexError(IndexingError):
    """A file of the generation is missing or differs from its checksum."""


class OtherEncoderError(IndexingError):
    """The generation was built with another encoder than the one configured."""


class IndexBusyError(IndexingError):
    """Another process is updating the index."""


class StorageError(IndexingError):
    """The disk is full or the home is not writable."""

    @classmethod
    def of(cls, folder: Path | str, error: OSError) -> StorageError:
        """The error for what the operating system refused in a folder."""
        if error.errno == errno.ENOSPC:
            return cls(f"The disk of {folder} is full: free some space and try again; the last index still serves.")
        if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
            return cls(f"{folder} cannot be written: make it writable or choose another folder with --home.")
        return cls(f"{folder} cannot be used: {error.strerror or error}.")


class DatabaseError(StorageError):
    """The database cannot be reached or used."""


class ModelError(IndexingError):
    """The model cannot be loaded or used."""
