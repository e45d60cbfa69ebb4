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
        ('modle = "x"', r"Unknown setting modle in .*torkham\.toml; did you mean model\?"),
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
        SettingsError, match=r"Unknown setting TORKHAM_MODLE in the environment; did you mean TORKHAM_MODEL\?"
    ):
        read_settings(tmp_path, {"TORKHAM_MODLE": "x"})


def test_numbers_lists_and_yes_or_no(tmp_path):
    environ = {
        "TORKHAM_TELEGRAM_PER_MINUTE": "0",
        "TORKHAM_TELEGRAM_ADMINS": "7, 8",
        "TORKHAM_TELEGRAM_ADMIN_CHANGES": "yes",
        "TORKHAM_LOG_FORMAT": "json",
    }
    settings = read_settings(tmp_path, environ)
    assert (settings.telegram_per_minute, settings.telegram_admins) == (0, (7, 8))
    assert (settings.telegram_admin_changes, settings.log_format) == (True, "json")


def test_the_file_takes_native_values(tmp_path):
    (tmp_path / "torkham.toml").write_text(
        "telegram_per_day = 5\ntelegram_users = [1, 2]\ntelegram_admin_changes = true"
    )
    settings = read_settings(tmp_path, {})
    assert (settings.telegram_per_day, settings.telegram_users, settings.telegram_admin_changes) == (5, (1, 2), True)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TELEGRAM_PER_MINUTE", "many", "TORKHAM_TELEGRAM_PER_MINUTE is 'many': use a whole number."),
        ("TELEGRAM_PER_MINUTE", "-1", "TORKHAM_TELEGRAM_PER_MINUTE is -1: use 0 or more."),
        ("TELEGRAM_AT_ONCE", "0", "TORKHAM_TELEGRAM_AT_ONCE is 0: use 1 or more."),
        ("TELEGRAM_USERS", "@me", "TORKHAM_TELEGRAM_USERS is '@me': use numeric ids with commas between them."),
        ("TELEGRAM_ADMIN_CHANGES", "maybe", "TORKHAM_TELEGRAM_ADMIN_CHANGES is 'maybe': use yes or no."),
        ("LOG_FORMAT", "xml", "TORKHAM_LOG_FORMAT is 'xml': use one of text, json."),
    ],
)
def test_a_wrong_value_says_what_is_wanted(tmp_path, name, value, message):
    with pytest.raises(SettingsError, match=message):
        read_settings(tmp_path, {f"TORKHAM_{name}": value})


def test_the_token_is_in_no_repr(tmp_path):
    given = {"TORKHAM_TELEGRAM_TOKEN": "12345:zebra", "TORKHAM_TELEGRAM_WEBHOOK_SECRET": "zebra"}
    assert "zebra" not in repr(read_settings(tmp_path, given))
