"""The settings, and the only code that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from bot.errors import SettingsError

PREFIX = "TORKHAM_"
FILE = "torkham.toml"
DEFAULT_MODEL = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting; each is a variable `TORKHAM_<NAME>` or a key of `torkham.toml` in the home (the variable wins)."""

    home: Path
    model: str = DEFAULT_MODEL


def read_settings(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a run; a given `home` comes before `TORKHAM_HOME`, that before the platform's data folder."""
    environ = os.environ if environ is None else environ
    known = {field.name for field in fields(Settings)}
    given = {key.removeprefix(PREFIX).lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    _refuse_unknown(given, known, "in the environment", lambda name: PREFIX + name.upper())
    place = Path(home or given.pop("home", "") or _platform_home()).expanduser().absolute()
    given.pop("home", None)
    values = {**_read_file(place / FILE, known - {"home"}), **{key: value for key, value in given.items() if value}}
    return Settings(home=place, **values)


def _platform_home() -> str:
    import platformdirs

    return platformdirs.user_data_dir("torkham", appauthor=False)


def _read_file(path: Path, known: set[str]) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): mend or remove it.") from error
    import tomllib

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML ({error}): mend it.") from error
    _refuse_unknown(values, known, f"in {path}", str)
    for name, value in values.items():
        if not isinstance(value, str):
            raise SettingsError(f"The setting {name} in {path} must be a text in quotes.")
    return values


def _refuse_unknown(given: Mapping[str, object], known: set[str], where: str, spell: object) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        names = ", ".join(spell(name) for name in unknown)  # type: ignore[operator]
        choices = ", ".join(spell(name) for name in sorted(known))  # type: ignore[operator]
        raise SettingsError(f"Unknown setting {names} {where}: known are {choices}.")
