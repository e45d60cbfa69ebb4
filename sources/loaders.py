"""LOADERS: which function reads which kind of file; all but plain text are read in a child process with limits."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

from sources import sniff
from sources.epub import load_epub
from sources.errors import LoadError
from sources.files import read_bytes
from sources.html import load_html
from sources.jsonl import load_jsonl
from sources.limits import OCR_SECONDS, TEXT_LETTERS
from sources.loaded import Loaded
from sources.mail import load_mail
from sources.markdown import load_markdown
from sources.office import load_docx, load_odt, load_pptx
from sources.pdf import load_pdf
from sources.rtf import load_rtf
from sources.sandbox import Sandbox
from sources.text import load_text

__all__ = ["LOADERS", "Loaded", "Loader", "convert", "load"]

# A loader takes the bytes of a file and its name (for messages only), returns cleaned plain text and raises LoadError;
# heavy libraries are imported inside it.
Loader = Callable[[bytes, str], Loaded]

LOADERS: dict[str, Loader] = {
    ".docx": load_docx,
    ".eml": load_mail,
    ".epub": load_epub,
    ".htm": load_html,
    ".html": load_html,
    ".jsonl": load_jsonl,
    ".markdown": load_markdown,
    ".md": load_markdown,
    ".odt": load_odt,
    ".pdf": load_pdf,
    ".pptx": load_pptx,
    ".rtf": load_rtf,
    ".text": load_text,
    ".txt": load_text,
    ".xhtml": load_html,
}
HERE = (".text", ".txt", ".jsonl")  # read in this process: only the standard library and code of ours touch them
_TEXT = (".eml", ".jsonl", ".markdown", ".md", ".text", ".txt")
_SMALL = 100_000  # bytes of Markdown that are read here too: a brief asked about should not wait for a child


def load(path: Path, sandbox: Sandbox | None = None) -> Loaded:
    """What the loader for this kind of file makes of it; raises LoadError naming the file and what to do."""
    return convert(read_bytes(path), str(path), path.suffix, sandbox)


def convert(data: bytes, file: str, suffix: str, sandbox: Sandbox | None = None, *, ocr: str | None = None) -> Loaded:
    """What the loader for files with that ending makes of these bytes; raises LoadError where no text comes out."""
    suffix = suffix.lower()
    if suffix not in LOADERS:
        raise LoadError(f"{file}: no loader for “{suffix or Path(file).name}” files: use one of {_endings()}")
    _refuse_other_kind(data, file, suffix)
    if suffix in HERE or (suffix in (".md", ".markdown") and len(data) <= _SMALL):
        loaded = LOADERS[suffix](data, file)
    else:
        with nullcontext(sandbox) if sandbox else closing(Sandbox()) as child:
            loaded = _in_child(data, file, suffix, child, ocr)
    if not loaded.text.strip():
        raise LoadError(f"{file} holds no text: fill it or remove it from the library")
    if len(loaded.text) > TEXT_LETTERS:
        raise LoadError(f"{file} holds more than {TEXT_LETTERS:,} characters: split it into smaller files")
    return loaded


def _in_child(data: bytes, file: str, suffix: str, sandbox: Sandbox, ocr: str | None) -> Loaded:
    if ocr and suffix == ".pdf":
        program = shutil.which("tesseract")
        if program is None:
            raise LoadError(f"{file} needs the program tesseract, which is not installed: install it, then try again")
        raw = sandbox.run("load", data, file, seconds=OCR_SECONDS, suffix=suffix, ocr=ocr, tesseract=program)
    else:
        raw = sandbox.run("load", data, file, suffix=suffix)
    return Loaded.from_dict(raw)


def _refuse_other_kind(data: bytes, file: str, suffix: str) -> None:
    found = sniff.sniff(data)
    if found is None or found == suffix or (found == ".html" and suffix in (".htm", ".xhtml", *_TEXT)):
        return
    if found == ".zip" and suffix not in _TEXT:
        return  # a damaged office file or book: its own loader says what is wrong
    advice = "unpack it" if found == ".zip" else f"rename it to end in {found}"
    raise LoadError(f"{file} is {sniff.NAMES[found]}, whatever its ending says: {advice}")


def _endings() -> str:
    return ", ".join(sorted(LOADERS))
