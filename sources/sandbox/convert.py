"""Converts the bytes of a file to text, with the loader for its kind, in a child process with limits."""

from __future__ import annotations

import shutil
from contextlib import closing, nullcontext
from pathlib import Path

from sources.errors import LoadError
from sources.files import read_bytes
from sources.formats import sniff
from sources.formats.loaded import Loaded
from sources.formats.registry import LOADERS, endings
from sources.limits import OCR_SECONDS, TEXT_LETTERS
from sources.sandbox.parent import Progress, Sandbox

_TEXT = (".eml", ".jsonl", ".markdown", ".md", ".text", ".txt")


def load(path: Path, sandbox: Sandbox | None = None) -> Loaded:
    """The loader's result for this kind of file; raises LoadError, which names the file and says what to do."""
    return convert(read_bytes(path), str(path), path.suffix, sandbox)


def convert(
    data: bytes,
    file: str,
    suffix: str,
    sandbox: Sandbox | None = None,
    *,
    ocr: str | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """The result of the loader for that extension; raises LoadError when there is no text."""
    suffix = suffix.lower()
    if suffix not in LOADERS:
        raise LoadError(f"{file}: no loader for “{suffix or Path(file).name}” files: use one of {endings()}")
    _refuse_other_kind(data, file, suffix)
    with nullcontext(sandbox) if sandbox else closing(Sandbox()) as child:
        loaded = _in_child(data, file, suffix, child, ocr, progress)
    if not loaded.text.strip():
        raise LoadError(f"{file} is empty: add some text, or remove it from the library")
    if len(loaded.text) > TEXT_LETTERS:
        raise LoadError(f"{file} holds more than {TEXT_LETTERS:,} characters: split it into smaller files")
    return loaded


def _in_child(
    data: bytes, file: str, suffix: str, sandbox: Sandbox, ocr: str | None, progress: Progress | None
) -> Loaded:
    if ocr and suffix == ".pdf":
        program = shutil.which("tesseract")
        if program is None:
            raise LoadError(f"{file} needs the program tesseract, which is not installed: install it, then try again")
        raw = sandbox.run("load", data, file, seconds=OCR_SECONDS, suffix=suffix, ocr=ocr, tesseract=program,
                          progress=progress)  # fmt: skip
    else:
        raw = sandbox.run("load", data, file, suffix=suffix, progress=progress)
    return Loaded.from_dict(raw)


def _refuse_other_kind(data: bytes, file: str, suffix: str) -> None:
    found = sniff.sniff(data)
    if found is None or found == suffix or (found == ".html" and suffix in (".htm", ".xhtml", *_TEXT)):
        return
    if found == ".zip" and suffix not in _TEXT:
        return  # a damaged office file or book: its own loader reports the error
    advice = "unpack it" if found == ".zip" else f"rename it to end in {found}"
    raise LoadError(f"{file} is {sniff.FORMAT_NAMES[found]}, whatever its ending says: {advice}")
