"""Turns database errors into one sentence that says what to do; never with the password."""

from __future__ import annotations

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from index.errors import DatabaseError

_SETTING = "TORKHAM_DATABASE_URL"
_INIT = "run `torkham database init`"
_BY_STATE = {
    "28P01": f"refused the user or the password: check both in {_SETTING}",
    "28000": f"refused the user: check the user in {_SETTING} and the server's pg_hba.conf",
    "3D000": f"does not exist on that server: create it, or correct its name in {_SETTING}",
    "3F000": f"has no schema to make tables in: create it, or correct search_path in {_SETTING}",
    "42P01": f"has no tables of the index yet: {_INIT}",
    "42703": f"has tables of another version: {_INIT}",
    "42501": "denies this role a required privilege: `torkham database check` says which",
    "42704": f"has no pgvector: install the extension `vector` on the server, then {_INIT}",
    "0A000": "lacks the extension pgvector: install it on the server",
    "58P01": "lacks the extension pgvector: install it on the server",
    "57014": "took too long for a statement: raise TORKHAM_DATABASE_TIMEOUT_SECONDS, or see what keeps the server busy",
    "55P03": "has a lock on what is needed: try again when the other statement is done",
    "53100": "has no disk space left: make room on the server and try again",
    "53300": "has no connection left: raise max_connections there, or lower TORKHAM_DATABASE_POOL",
    "25006": f"is read-only, a standby perhaps: name the primary in {_SETTING}",
    "57P03": "is starting or stopping: try again in a moment",
    "57P01": "was shut down: try again when it runs",
}
_BY_WORDS = (
    ("password authentication failed", _BY_STATE["28P01"]),
    ("no password supplied", _BY_STATE["28P01"]),
    ("pg_hba.conf", _BY_STATE["28000"]),
    ("starting up", _BY_STATE["57P03"]),
    ("shutting down", _BY_STATE["57P03"]),
    ("too many clients", _BY_STATE["53300"]),
    ("remaining connection slots", _BY_STATE["53300"]),
    ('database "', _BY_STATE["3D000"]),
    ('role "', _BY_STATE["28000"]),
    ("certificate", f"could not be reached over TLS: check sslmode and sslrootcert in {_SETTING}"),
    ("ssl", f"could not be reached over TLS: check sslmode and sslrootcert in {_SETTING}"),
    ("timeout", f"did not answer in time: is {_SETTING} right, and does the server run?"),
    ("invalid connection option", f"was given an option that does not exist: correct {_SETTING}"),
)


def place(url: URL) -> str:
    """Database, host and port for messages: no user, no password, no parameters."""
    host = url.host or url.query.get("host") or "this machine"
    return f"The database {url.database or url.username or 'of the user'} on {host}{f':{url.port}' if url.port else ''}"


def explain(error: Exception, url: URL) -> DatabaseError:
    """The error as a sentence."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None) or ""
    if state in _BY_STATE:
        return DatabaseError(f"{place(url)} {_BY_STATE[state]}.")
    words = str(origin).lower()
    for part, reason in _BY_WORDS:
        if part in words:
            return DatabaseError(f"{place(url)} {reason}.")
    if not state or state.startswith(("08", "57P")):
        return DatabaseError(f"{place(url)} cannot be reached or went away: is {_SETTING} right, and does it run?")
    return DatabaseError(f"{place(url)} failed ({state}, {_first_line(origin)}): see the server's log.")


def lost(error: DBAPIError) -> bool:
    """Whether the connection broke, so that a new one may succeed."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state in {"57P01", "57P02"} or state.startswith("08")


def _first_line(origin: object) -> str:
    return (str(origin).splitlines() or [""])[0][:120]
