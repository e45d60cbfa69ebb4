"""Whether the program's packages are the ones that were installed: bot, evals, index and sources are names that others use, too."""

from __future__ import annotations

import base64
import hashlib
import importlib
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

NAME = "torkham"
PACKAGES = ("bot", "evals", "index", "sources")


def foreign() -> list[str]:
    """A sentence for each package that another distribution claims, that lies elsewhere, or whose files were changed."""
    found = []
    places = {package: Path(str(importlib.import_module(package).__file__)).parent.parent for package in PACKAGES}
    for package, place in places.items():
        if place != places["bot"]:
            found.append(f"{package}/ is imported from {place}, the rest from {places['bot']}")
    claimed = packages_distributions()
    for package in PACKAGES:
        for other in sorted(set(claimed.get(package, ())) - {NAME}):
            found.append(f"the package {other} has a {package}/ of its own, which replaces files of Torkham's")
    with suppress(PackageNotFoundError):  # run from a folder that was never installed
        found += changed(distribution(NAME))
    return found


def changed(installed: Distribution) -> list[str]:
    """The files of an installed distribution that differ from what its record says; none where it is editable."""
    found = []
    for file in installed.files or ():
        if file.hash is None or file.hash.mode != "sha256" or file.parts[:1] not in [(name,) for name in PACKAGES]:
            continue
        try:
            data = Path(str(file.locate())).read_bytes()
        except OSError:
            found.append(f"{file} is missing")
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        if digest != file.hash.value:
            found.append(f"{file} is not the file that was installed")
    return found
