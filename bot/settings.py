"""The settings, and the only code that reads them from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.setting_values import parse

PREFIX = "TORKHAM_"
FILE = "torkham.toml"
DEFAULT_MODEL = "multilingual-e5-small"


ACCESS = ("public", "allowlist", "closed")


def _setting(default: Any, about: str, choices: tuple[str, ...] = (), *, least: int = 0, secret: bool = False) -> Any:
    """A setting with what it is for; its type is that of its default."""
    return field(
        default=default,
        repr=not secret,
        metadata={"about": about, "choices": choices, "least": least, "secret": secret},
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting; each is a variable `TORKHAM_<NAME>` or a key of `torkham.toml` in the home (the variable wins)."""

    home: Path
    model: str = DEFAULT_MODEL
    database_url: str = _setting(
        "",
        "A PostgreSQL with pgvector for index and store: postgresql+psycopg://user:password@host/database.",
        secret=True,
    )
    database_pool: int = _setting(5, "Connections to the database that a process keeps at most.", least=2)
    database_timeout_seconds: int = _setting(15, "How long a statement of the database may take.", least=1)
    answering: str = _setting(
        "balanced",
        "How sure the reader must be: strict refuses more, generous shows more.",
        ("strict", "balanced", "generous"),
    )
    reader: str = _setting(
        "on", "Whether the reader's model is used; off judges by words and likeness alone.", ("on", "off")
    )
    log_answers: int = _setting(1000, "Answers of the command line kept for log, show and ask -c.", least=1)
    telegram_token: str = _setting("", "The bot's token as BotFather gave it; better in a file.", secret=True)
    telegram_token_file: str = _setting("", "A file with mode 0600 that holds the token.")
    telegram_base_url: str = _setting("https://api.telegram.org", "The Bot API server.")
    telegram_access: str = _setting(
        "public", "Who may ask: everybody, the listed users and groups, or admins only.", ACCESS
    )
    telegram_users: tuple[int, ...] = _setting((), "Numeric ids of the users of the allowlist.")
    telegram_groups: tuple[int, ...] = _setting((), "Numeric ids of the groups of the allowlist.")
    telegram_blocked: tuple[int, ...] = _setting((), "Numeric ids of users who may not use the bot at all.")
    telegram_admins: tuple[int, ...] = _setting((), "Numeric ids of the admins.")
    telegram_admin_changes: bool = _setting(False, "Whether admins may reindex and add sources from Telegram.")
    telegram_per_minute: int = _setting(10, "Questions of a user within a minute; 0 allows none.")
    telegram_per_day: int = _setting(200, "Questions of a user within a day; 0 allows none.")
    telegram_group_per_minute: int = _setting(
        20, "Questions, commands and buttons in a group within a minute; 0 allows none."
    )
    telegram_actions_per_minute: int = _setting(
        30, "Commands and buttons of a user within a minute, and as many inline queries; 0 allows none."
    )
    telegram_waiting: int = _setting(500, "Questions that may wait in the whole bot; beyond it says that it is busy.")
    telegram_at_once: int = _setting(16, "Updates worked on at the same time.", least=1)
    telegram_processes: int = _setting(
        2, "Processes beside the bot's own that make answers, some 200 MB each; 0: the bot makes them itself."
    )
    telegram_answer_seconds: int = _setting(
        30, "An answer that takes longer is given up, and the process that makes it replaced.", least=1
    )
    telegram_poll_seconds: int = _setting(30, "How long one request for updates stays open.", least=1)
    telegram_watchdog_seconds: int = _setting(120, "Without a good poll for so long the process ends.", least=1)
    telegram_webhook_url: str = _setting(
        "", "Where a proxy takes Telegram's updates for the bot (https); empty: the bot fetches them itself."
    )
    telegram_webhook_secret: str = _setting(
        "", "What Telegram sends along to prove itself, 32 to 256 of A-Z a-z 0-9 _ -; better in a file.", secret=True
    )
    telegram_webhook_secret_file: str = _setting("", "A file with mode 0600 that holds that secret.")
    telegram_webhook_host: str = _setting("127.0.0.1", "The address on which the bot waits for the proxy.")
    telegram_webhook_port: int = _setting(8080, "The port on which the bot waits for the proxy.")
    telegram_too_old_minutes: int = _setting(10, "Older questions get an apology instead of an answer.", least=1)
    keep_conversation_hours: int = _setting(24, "How long the questions of a conversation are kept for follow-ups.")
    keep_answers_days: int = _setting(30, "How long answers can be reached by button and link.")
    keep_asked_days: int = _setting(30, "How long unanswered and disliked questions are kept for the operator.")
    keep_deleted_days: int = _setting(30, "How long sentences that the gate deleted are kept for the operator.")
    llm_base_url: str = _setting("", "Any OpenAI-compatible server; with it and a model answers are composed.")
    llm_model: str = _setting("", "The name of the language model on that server.")
    llm_api_key: str = _setting("", "The key of that server, where it wants one.", secret=True)
    llm_deadline_seconds: int = _setting(25, "Composing takes no longer; then the extracts are shown.", least=1)
    llm_timeout_seconds: int = _setting(10, "The longest silence of the server.", least=1)
    llm_retries: int = _setting(2, "How often a request is repeated that failed before its first word.")
    llm_at_once: int = _setting(2, "Requests to the server at the same time.", least=1)
    llm_evidence_tokens: int = _setting(3000, "Tokens of evidence in a prompt.", least=200)
    llm_answer_tokens: int = _setting(700, "Tokens of an answer.", least=50)
    llm_tokens_per_day: int = _setting(1_000_000, "Tokens of a day (UTC); 0 sets no limit.")
    llm_cents_per_day: int = _setting(0, "Money of a day (UTC), in cents; 0 sets no limit.")
    llm_cents_per_million_in: int = _setting(0, "What a million tokens of prompts cost, in cents.")
    llm_cents_per_million_out: int = _setting(0, "What a million tokens of answers cost, in cents.")
    llm_breaker_failures: int = _setting(4, "Failures in a row after which the server is left alone.", least=1)
    llm_breaker_seconds: int = _setting(60, "How long it is left alone.", least=1)
    llm_rewrite: bool = _setting(False, "Whether the model completes follow-up questions for the search.")
    public_url: str = _setting(
        "", "Where readers reach `torkham serve` (https://…); Telegram and the command line then link passages there."
    )
    http_host: str = _setting("127.0.0.1", "The address on which `torkham serve` listens.")
    http_port: int = _setting(8765, "The port on which `torkham serve` listens.")
    http_tokens_file: str = _setting(
        "",
        "A file with mode 0600, a line `NAME TOKEN` for each client; needed where not only this machine can connect.",
    )
    http_per_minute: int = _setting(60, "Requests of a token, or of an address without one, within a minute.", least=1)
    http_origin: str = _setting("", "The one origin (https://…) whose pages may call from a browser; empty: none.")
    http_processes: int = _setting(
        2, "Processes beside the server's own that make answers, some 200 MB each; 0: it makes them itself."
    )
    http_answer_seconds: int = _setting(30, "An answer over HTTP or MCP that takes longer is given up.", least=1)
    health_port: int = _setting(0, "Port of /healthz and /metrics on 127.0.0.1; 0 switches them off.")
    log_format: str = _setting("text", "How the bot writes its log.", ("text", "json"))
    log_level: str = _setting("info", "What the bot writes to its log.", ("debug", "info", "warning", "error"))

    @property
    def composes(self) -> bool:
        """Whether a language model is configured."""
        return bool(self.llm_base_url and self.llm_model)


def read_settings(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a run; a given `home` comes before `TORKHAM_HOME`, that before the platform's data folder."""
    environ = os.environ if environ is None else environ
    known = {field.name for field in fields(Settings)}
    given = {key.removeprefix(PREFIX).lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    _refuse_unknown(given, known, "in the environment", lambda name: PREFIX + name.upper())
    place = Path(home or given.pop("home", "") or _platform_home()).expanduser().absolute()
    given.pop("home", None)
    values = {**_read_file(place / FILE, known - {"home"}), **{key: value for key, value in given.items() if value}}
    parsed = {
        each.name: parse(PREFIX + each.name.upper(), values[each.name], each.default, **_rules(each.metadata))
        for each in fields(Settings)
        if each.name in values
    }
    return Settings(home=place, **parsed)


def _rules(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {"choices": metadata.get("choices", ()), "least": metadata.get("least", 0)}


def _platform_home() -> str:
    import platformdirs

    return platformdirs.user_data_dir("torkham", appauthor=False)


def _read_file(path: Path, known: set[str]) -> dict[str, Any]:
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
    texts = {each.name for each in fields(Settings) if isinstance(each.default, str)}
    for name, value in values.items():
        if name in texts and not isinstance(value, str):
            raise SettingsError(f"The setting {name} in {path} must be a text in quotes.")
    return values


def _refuse_unknown(given: Mapping[str, object], known: set[str], where: str, spell: Callable[[str], str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        import difflib

        near = [difflib.get_close_matches(name, known, n=1, cutoff=0.6) for name in unknown]
        meant = "; did you mean {}?" if all(near) else ": `torkham doctor` lists the settings."
        names, others = (", ".join(map(spell, each)) for each in (unknown, [name for names in near for name in names]))
        raise SettingsError(f"Unknown setting {names} {where}{meant.format(others)}")
