"""Reads untrusted zip files: bounded in number, size and ratio, with no name that escapes the archive."""

from __future__ import annotations

import io
import zipfile
import zlib

from sources.errors import LoadError, why
from sources.limits import ARCHIVE_BYTES, ARCHIVE_FILES, ARCHIVE_NAME_BYTES, ARCHIVE_RATIO, FILE_BYTES, MB

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, UnicodeDecodeError)


class Packed:
    """An open zip; `names` are its files in order. Raises LoadError, with a message that begins with `file`."""

    def __init__(self, data: bytes, file: str) -> None:
        self._file = file
        self._taken = 0
        self._most = min(ARCHIVE_BYTES, max(MB, len(data)) * ARCHIVE_RATIO)
        _refuse_large_directory(data, file)
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
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
            raise LoadError(
                f"{file} is packed by a method that cannot be unpacked within bounds (bzip2, LZMA): pack it as a common zip"
            )
        self._infos = {info.filename: info for info in infos if not info.is_dir()}
        self.names = tuple(self._infos)

    def read(self, name: str) -> bytes:
        """The bytes of a file in the archive; its declared size is not trusted."""
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

    def member(self, name: str) -> bytes:
        """The bytes of a file in the archive that is meant to be a document; names that escape the archive are
        refused.
        """
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or ":" in parts[0] or "\0" in name:
            raise LoadError(f"{self._file}: “{name}” leads out of the archive: remove it from there")
        return self.read(name)

    def _bomb(self) -> LoadError:
        return LoadError(f"{self._file} unpacks to far more than it should (a zip bomb): do not use it")


def _refuse_large_directory(data: bytes, file: str) -> None:
    """LoadError for an oversized directory, before it is read."""
    end = data.rfind(b"PK\x05\x06")
    size = int.from_bytes(data[end + 12 : end + 16], "little") if end >= 0 else 0
    if size > ARCHIVE_FILES * ARCHIVE_NAME_BYTES:
        raise LoadError(f"{file} holds more than {ARCHIVE_FILES:,} files: split it into smaller archives")
