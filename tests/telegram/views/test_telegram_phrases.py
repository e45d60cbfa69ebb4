"""The interface is complete in all five languages."""

from __future__ import annotations

import re
import tomllib

import pytest

from bot.rendering.phrases import LANGUAGES, texts
from bot.telegram.views.phrases import FOLDER, phrases


def shape(language):
    """Every key with its placeholders."""
    raw = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        key: sorted(re.findall(r"\{(\w+)\}", value))
        if isinstance(value, str)
        else list(value)
        if isinstance(value, dict)
        else len(value)
        for key, value in raw.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase_with_the_same_placeholders(language):
    assert shape(language) == shape("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_respect_telegrams_limits(language):
    say = phrases(language)
    assert len(say("description")) <= 512
    assert len(say("short_description")) <= 120
    for key in ("thanks", "noted", "expired", "yours_only", "closed"):
        assert len(say(key)) <= 200
    assert all(1 <= len(about) <= 256 for about in [*say.commands().values(), *say.admin_commands().values()])


def test_every_used_phrase_exists_and_every_phrase_is_used():
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.parents[1].rglob("*.py"))
    own = set(shape("en"))
    said = set(re.findall(r"""(?:say|\)|several|around)\(\s*"(\w+)\"""", code))
    assert {key for key in said if key not in own and key not in texts("en").phrases} <= {"TORKHAM_TELEGRAM_TOKEN"}
    mentioned = set(re.findall(r"""["'](\w+)["']""", code))
    parts = {f"{kind}_{name}" for kind in ("preview", "add") for name in mentioned} | mentioned
    assert own - parts == set()


def test_an_unknown_language_is_english_and_a_region_does_not_matter():
    assert phrases("de").language == "en"
    assert phrases("ru-RU").language == "ru"
    assert phrases(None)("new_done") == "New conversation started."
