"""The connection pool; only this folder imports sqlalchemy in the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from index.errors import DatabaseError
from index.postgres.errors import explain, lost, place

DRIVER = "postgresql+psycopg"
EF_SEARCH = 200  # the candidate list of an HNSW scan; the pool of one search is 100
# Unless the URL says otherwise: time out connecting, and notice a dead server, within seconds.
_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "torkham",
}


class Database:
    """A connection pool for a URL; its parameters are libpq's: sslmode, sslrootcert, connect_timeout, options.

    `timeout` is in seconds, for a statement and for a free connection; `also` is SQL run on every new connection (SET
    …). Thread-safe.
    """

    def __init__(self, url: str, *, pool: int = 5, timeout: int = 15, also: str = "") -> None:
        self.url = parse(url)
        self.timeout = timeout
        self._pool = pool
        self._also = also
        self._engine = create_engine(
            self.url.update_query_dict({k: v for k, v in _PATIENCE.items() if k not in self.url.query}),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=timeout,
            pool_recycle=1800,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", self._configure)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def __str__(self) -> str:
        return place(self.url).removeprefix("The ")

    def in_schema(self, *names: str) -> Database:
        """The same database with another search path."""
        url = self.url.update_query_dict({"options": f"-csearch_path={','.join(names)}"})
        return Database(
            url.render_as_string(hide_password=False), pool=self._pool, timeout=self.timeout, also=self._also
        )

    def _configure(self, connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(
            f"SET statement_timeout = {1000 * self.timeout}; SET hnsw.ef_search = {EF_SEARCH};"
            f" SET hnsw.iterative_scan = strict_order; SET jit = off; {self._also}"
        )
        connection.autocommit = False

    def close(self) -> None:
        """Close every idle connection."""
        self._engine.dispose()

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """The rows of a read-only statement; retried once on a new connection if the old one broke."""
        try:
            return self._rows(statement, values)
        except DBAPIError as error:
            if not lost(error):
                raise explain(error, self.url) from error
        with self._explained():
            return self._rows(statement, values)

    def once(self, statement: str, **values: Any) -> tuple[list[Any], int]:
        """Execute one statement in its own transaction; returns its rows and the number of changed rows."""
        with self._explained(), self._reading.connect() as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else [], int(result.rowcount)

    def row(self, statement: str, **values: Any) -> Any:
        """The first row, or None."""
        found = self.rows(statement, **values)
        return found[0] if found else None

    def _rows(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        try:
            with self._reading.connect() as connection:
                return list(connection.execute(text(statement), values))
        except PoolTimeout as error:
            raise self._all_in_use() from error

    @contextmanager
    def transaction(self, *, patient: bool = False) -> Iterator[Transaction]:
        """A transaction; `patient` lifts the statement timeout."""
        with self._explained(), self._engine.begin() as connection:
            if patient:
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield Transaction(connection)

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A dedicated connection in autocommit mode, for locks and notifications."""
        with self._explained(), self._reading.connect() as connection:
            try:
                yield connection
            finally:
                connection.invalidate()  # its locks and subscriptions go with it

    @contextmanager
    def within(self, session: Connection) -> Iterator[Transaction]:
        """A transaction without statement timeout on a connection from `session`."""
        with self._explained():
            session.exec_driver_sql("BEGIN")
            session.exec_driver_sql("SET LOCAL statement_timeout = 0")
            try:
                yield Transaction(session)
            except BaseException:
                if not session.invalidated and not session.closed:
                    session.exec_driver_sql("ROLLBACK")
                raise
            session.exec_driver_sql("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise self._all_in_use() from error
        except SQLAlchemyError as error:
            raise explain(error, self.url) from error

    def _all_in_use(self) -> DatabaseError:
        return DatabaseError(
            f"All connections to {self} stayed in use for {self.timeout} s: raise TORKHAM_DATABASE_POOL."
        )


class Transaction:
    """The statements of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """The rows of a query."""
        return list(self.connection.execute(text(statement), values))

    def value(self, statement: str, **values: Any) -> Any:
        """The first column of the first row."""
        return self.connection.execute(text(statement), values).scalar()

    def run(self, statement: str, **values: Any) -> int:
        """Execute a statement; returns how many rows it changed."""
        return int(self.connection.execute(text(statement), values).rowcount)

    def copy(self, table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
        """Insert many rows at once (COPY)."""
        driver: Any = self.connection.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(f"COPY {table}({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except driver_error() as error:
            raise DBAPIError("COPY", None, error) from error


def driver_error() -> type[Exception]:
    """The base class of the driver's errors."""
    import psycopg

    return psycopg.Error


def parse(url: str) -> URL:
    """Parse the URL; DatabaseError, which never repeats it, if it is not a supported one."""
    wanted = f"TORKHAM_DATABASE_URL has to look like {DRIVER}://user:password@host:5432/database."
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseError(wanted) from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername=DRIVER)
    if parsed.drivername != DRIVER:
        raise DatabaseError(wanted)
    return parsed
