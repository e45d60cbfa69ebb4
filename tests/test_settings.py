"""Settings come from one place, the variable wins, and what is unknown is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, read_settings


def test_the_home_option_comes_first(tmp_path):
    environ = {"TORKHAM_HOME": str(tmp_path / "variable")}
    assert read_settings(tmp_path / "option", environ).home == tmp_path / "option"
    assert read_settings(None, environ).home == tmp_path / "variable"


def test_without_either_the_home_is_the_platforms(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert read_settings(None, {}).home == Path(tmp_path / "torkham")


def test_the_file_in_the_home_and_the_variable_above_it(tmp_path):
    (tmp_path / "torkham.toml").write_text('model = "in-file"')
    assert read_settings(tmp_path, {}) == Settings(home=tmp_path, model="in-file")
    assert read_settings(tmp_path, {"TORKHAM_MODEL": "in-variable"}).model == "in-variable"
    assert read_settings(tmp_path, {"TORKHAM_MODEL": ""}).model == "in-file"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('modle = "x"', r"Unknown setting modle in .*torkham\.toml: known are model"),
        ("model = 3", "The setting model in .* must be a text in quotes"),
        ("model = ", "is not valid TOML"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content, message):
    path = tmp_path / "torkham.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=message):
        read_settings(tmp_path, {})


def test_an_unknown_variable_is_refused(tmp_path):
    with pytest.raises(
        SettingsError, match=r"Unknown setting TORKHAM_MODLE in the environment: known are TORKHAM_HOME"
    ):
        read_settings(tmp_path, {"TORKHAM_MODLE": "x"})
