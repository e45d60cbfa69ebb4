"""Files of secrets, which only their owner may read."""

from __future__ import annotations

import stat
from pathlib import Path

from bot.errors import SetupError


def read_secret(name: str) -> str:
    """What stands in the file; SetupError where others can read it, too, or where it cannot be read."""
    path = Path(name).expanduser()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SetupError(f"{path} can be read by others: run `chmod 600 {path}`.")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read ({error}): put the secret into it.") from error
