"""Opens the store that the settings name: a SQLite file under the home, or a PostgreSQL database."""

from __future__ import annotations

from bot.settings import Settings
from bot.store.sqlite import Store


def open_store(settings: Settings) -> Store:
    """Open the store that the settings name; raises StoreError."""
    if not settings.database_url:
        return Store(settings.home / "bot")
    from bot.store.postgres import DatabaseStore

    return DatabaseStore(settings.database_url, pool=settings.database_pool, timeout=settings.database_timeout_seconds)
