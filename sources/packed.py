"""Reading zip files that nobody vouches for: bounds on number, size and ratio, and no name that leads out."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from sources.errors import LoadError, why
from sources.limits import ARCHIVE_BYTES, ARCHIVE_FILES, ARCHIVE_RATIO, FILE_BYTES, MB

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, UnicodeDecodeError)


class Packed:
    """An opened zip; `names` are its files in order. Raises LoadError, a sentence that begins with `file`."""

    def __init__(self, data: bytes, file: str) -> None:
        self._file = file
        self._taken = 0
        self._most = min(ARCHIVE_BYTES, max(MB, len(data)) * ARCHIVE_RATIO)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except _BROKEN as error:
            raise LoadError(f"{file} is a broken archive ({why(error)}): make or download it again") from error
        if len(infos) > ARCHIVE_FILES:
            raise LoadError(f"{file} holds more than {ARCHIVE_FILES:,} files: split it into smaller archives")
        if sum(info.file_size for info in infos) > self._most:
            raise self._bomb()
        if any(info.flag_bits & 1 for info in infos):
            raise LoadError(f"{file} is protected by a password: unpack it and add the files")
        self._infos = {info.filename: info for info in infos if not info.is_dir()}
        self.names = tuple(self._infos)

    def read(self, name: str) -> bytes:
        """The bytes of a file inside; what it says of its size is not believed."""
        if name not in self._infos:
            raise LoadError(f"{self._file} lacks its part {name}: it is damaged, export or download it again")
        room = min(FILE_BYTES, self._most - self._taken)
        try:
            with self._zip.open(self._infos[name]) as part:
                data = part.read(room + 1)
        except (*_BROKEN, RuntimeError) as error:
            raise LoadError(f"{self._file} is broken ({name}: {why(error)}): make or download it again") from error
        if len(data) > room:
            raise self._bomb()
        self._taken += len(data)
        return data

    def files(self) -> Iterator[tuple[str, bytes | LoadError]]:
        """Every file inside, or why it is refused; names that lead out of the archive are."""
        for name in self.names:
            try:
                yield name, self._checked(name)
            except LoadError as error:
                yield name, error

    def _checked(self, name: str) -> bytes:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or ":" in parts[0] or "\0" in name:
            raise LoadError(f"{self._file}: “{name}” leads out of the archive: remove it from there")
        return self.read(name)

    def _bomb(self) -> LoadError:
        return LoadError(f"{self._file} unpacks to far more than it should (a zip bomb): do not use it")
