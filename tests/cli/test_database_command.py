"""`torkham database`: what it makes and finds, and one plain sentence for whatever is wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

import pytest
from sqlalchemy.engine import make_url
from support.fakes.web import free_port
from support.running.postgres import empty_schema, ready, with_password

from bot.console import Console
from bot.settings import Settings
from bot.workspace import Workspace
from index.build.update import update
from index.errors import DatabaseError, IndexingError
from index.postgres.connection import Database, parse
from index.postgres.generations import DatabaseGenerations
from index.postgres.setup import beside, check, init
from index.search import Index


def torkham(home, url, *words):
    environment = {**os.environ, "TORKHAM_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", "--home", str(home), *words],
        capture_output=True,
        text=True,
        env=environment,
    )


def test_init_and_check_from_the_command_line(postgres, tmp_path):
    url = empty_schema(postgres)
    before = torkham(tmp_path, url, "database", "check")
    assert before.returncode == 1
    assert "BAD tables: none yet, 0001 is required: run `torkham database init`" in before.stdout
    assert torkham(tmp_path, url, "index", "status").stderr.endswith(
        "has no tables of the index yet: run `torkham database init`.\n"
    )
    assert "tables: version 0001" in torkham(tmp_path, url, "database", "init").stdout
    assert "tables: as they were" in torkham(tmp_path, url, "database", "init").stdout
    after = torkham(tmp_path, url, "database", "check")
    assert after.returncode == 0
    assert "ok  rights: enough for answering and indexing" in after.stdout
    assert "ok  store: version 0004; 0 updates wait, 0 of them in work; 0 replicas" in after.stdout
    assert "ok  index: empty: run `torkham index update`, or `torkham database move`" in after.stdout


def test_without_a_database_the_error_says_what_to_set(tmp_path):
    ran = torkham(tmp_path, "", "database", "check")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("torkham: No database is configured: set TORKHAM_DATABASE_URL=postgresql+psycopg://")


@pytest.mark.parametrize(
    "url", ["secret", "mysql://user:secret@host/db", "sqlite:///secret", "postgresql+psycopg://u:secret@h:port/d"]
)
def test_a_url_that_is_none_is_not_repeated(tmp_path, url):
    ran = torkham(tmp_path, url, "database", "check")
    assert ran.returncode == 1
    assert ran.stderr == (
        "torkham: TORKHAM_DATABASE_URL has to look like postgresql+psycopg://user:password@host:5432/database.\n"
    )


def test_a_server_that_is_away(tmp_path):
    port = free_port()
    ran = torkham(tmp_path, f"postgresql+psycopg://torkham:secret@127.0.0.1:{port}/library", "database", "check")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"torkham: The database library on 127.0.0.1:{port} cannot be reached or went away: is TORKHAM_DATABASE_URL right,"
        " and does it run?\n"
    )


def test_a_server_that_never_answers(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        url = f"postgresql+psycopg://torkham:secret@127.0.0.1:{port}/library?connect_timeout=2"
        ran = torkham(tmp_path, url, "database", "check")
    assert ran.returncode == 1
    assert "secret" not in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert "did not answer in time" in ran.stderr


def test_a_database_that_does_not_exist(postgres):
    url = make_url(postgres).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(DatabaseError, match=r"The database nowhere on .* does not exist on that server: create it"):
        list(check(Database(url)))


def test_a_role_that_does_not_exist(postgres):
    url = make_url(postgres).set(username="nobody").render_as_string(hide_password=False)
    with pytest.raises(DatabaseError, match=r"refused the user: check the user in TORKHAM_DATABASE_URL"):
        list(check(Database(url)))


def test_a_wrong_and_a_missing_password(postgres, tmp_path):
    with_password(postgres, "guarded", "right-one")
    for password in ("wrong-secret", None):
        url = make_url(postgres).set(username="guarded", password=password).render_as_string(hide_password=False)
        ran = torkham(tmp_path, url, "database", "check")
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.endswith("refused the user or the password: check both in TORKHAM_DATABASE_URL.\n")
        assert "secret" not in ran.stderr
    url = make_url(postgres).set(username="guarded", password="right-one").render_as_string(hide_password=False)
    ran = torkham(tmp_path, url, "database", "check")
    assert "ok  connection: guarded at postgres" in ran.stdout
    assert "right-one" not in ran.stdout + torkham(tmp_path, url, "doctor").stdout


def test_a_slow_statement(postgres):
    database = ready(postgres, timeout=1)
    with pytest.raises(DatabaseError, match="took too long for a statement: raise TORKHAM_DATABASE_TIMEOUT_SECONDS"):
        database.rows("SELECT pg_sleep(5)")
    assert database.row("SELECT 1")[0] == 1


def test_a_pool_that_is_used_up(postgres):
    database = ready(postgres, pool=2, timeout=1)
    with database.session(), database.session(), pytest.raises(DatabaseError, match="raise TORKHAM_DATABASE_POOL"):
        database.rows("SELECT 1")


def test_tls_that_the_server_does_not_have(tmp_path):
    def refuse():
        connection, _ = plain.accept()
        connection.recv(8)
        connection.sendall(b"N")  # what PostgreSQL answers to a request for TLS that it cannot meet
        connection.close()

    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        plain.listen()
        threading.Thread(target=refuse, daemon=True).start()
        url = f"postgresql+psycopg://torkham:secret@127.0.0.1:{plain.getsockname()[1]}/library?sslmode=require"
        with pytest.raises(
            DatabaseError, match="could not be reached over TLS: check sslmode and sslrootcert"
        ) as caught:
            list(check(Database(url)))
    assert "secret" not in str(caught.value)


def test_schemas_beside_each_other_are_indexes_of_their_own(postgres, shelf, encoder):
    one = ready(postgres)
    update(shelf, DatabaseGenerations(one), encoder)
    schema = one.row("SELECT current_schema()")[0]
    with one.transaction() as transaction:
        transaction.run(f"CREATE SCHEMA {schema}_beside")
    other = one.in_schema(f"{schema}_beside", schema, "public")  # the search path leads past the first one's tables
    assert [finding.good for finding in check(other) if finding.subject == "tables"] == [False]
    init(other)
    assert DatabaseGenerations(other).current() is None
    assert beside(one, f"{schema}_third").row("SELECT count(*) FROM documents")[0] == 0
    assert DatabaseGenerations(one).current() == "000001"


@pytest.fixture
def reader(postgres):
    """The URL of a role that may only answer, and the owner's database."""
    owner = ready(postgres)
    name = owner.row("SELECT current_schema()")[0].replace("test", "reader")
    with owner.transaction() as transaction:
        transaction.run(f"CREATE ROLE {name} LOGIN")
    url = owner.url.set(username=name).render_as_string(hide_password=False)
    yield url, name, owner
    owner.close()


def test_the_rights_of_a_role_that_only_answers(reader, shelf, encoder):
    url, name, owner = reader
    update(shelf, DatabaseGenerations(owner), encoder)
    with owner.transaction() as transaction:
        schema = transaction.value("SELECT current_schema()")
        transaction.run(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        transaction.run(f"GRANT SELECT ON index_version, documents TO {name}")
    database = Database(url)
    [rights] = list(check_until_rights(database))
    assert not rights.good
    assert "SELECT on passages" in rights.found
    assert "INSERT, UPDATE, DELETE on readers" in rights.found
    with pytest.raises(
        DatabaseError, match=r"denies this role a required privilege: `torkham database check` says which"
    ):
        Index.open(DatabaseGenerations(database), encoder)
    assert init(owner, reader=name)[-1] == f"role {name}: may read, and say which generation it reads"
    found = {finding.subject: finding for finding in check(database)}
    assert found["rights"].good
    assert "for indexing this role lacks INSERT, UPDATE, DELETE on generations" in found["rights"].found
    index = Index.open(DatabaseGenerations(database), encoder)
    assert index.search("the fence")[0].passage.document_id == "fence"
    index.close()
    shelf.documents.pop("fence")
    with pytest.raises(DatabaseError, match="denies this role a required privilege"):
        update(shelf, DatabaseGenerations(database), encoder)
    with pytest.raises(DatabaseError, match=rf"The role {name} may not create tables: as the owner, run GRANT CREATE"):
        init(database)


def check_until_rights(database):
    try:
        for finding in check(database):
            if finding.subject == "rights":
                yield finding
    except DatabaseError:
        return


def test_a_reader_role_that_does_not_exist(postgres):
    database = ready(postgres)
    with pytest.raises(DatabaseError, match="There is no role ghost: create it"):
        init(database, reader="ghost")


def test_check_counts_what_serves(postgres, shelf, encoder):
    database = ready(postgres)
    update(shelf, DatabaseGenerations(database), encoder)
    index = Index.open(DatabaseGenerations(database), encoder)
    found = {finding.subject: finding for finding in check(database)}
    assert found["index"].found.startswith("generation 000001 serves: 3 documents, 3 passages, 6 sentences; ")
    assert found["index"].found.endswith(", 1 reading")
    assert all(finding.good for finding in found.values())
    index.close()


def test_a_question_never_updates_what_others_share(postgres, shelf, encoder, tmp_path):
    database = ready(postgres)
    update(shelf, DatabaseGenerations(database), encoder)
    url = database.url.render_as_string(hide_password=False)
    work = Workspace(Settings(home=tmp_path, database_url=url), Console(quiet=True))
    work._encoder = encoder
    index = work.open_index()  # this machine's library holds the shipped briefs and none of the three documents
    assert [document.id for document in index.documents()] == ["fence", "refugees", "truce"]
    assert (work.generations.names(), url in repr(work.settings)) == (["000001"], False)
    index.close()


def test_the_driver_may_be_left_out_of_the_url():
    assert parse("postgresql://u:p@h/d").drivername == "postgresql+psycopg"
    assert isinstance(DatabaseError("x"), IndexingError)
