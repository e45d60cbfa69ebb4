"""The initial tables."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    "CREATE TABLE facts(name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # state: new, working, sending, done, aside (set aside); part: number of the answer's messages sent
    """CREATE TABLE journal(
        update_id BIGINT PRIMARY KEY, body TEXT, chat BIGINT, person BIGINT, state TEXT NOT NULL, attempts INTEGER NOT NULL,
        part INTEGER NOT NULL, answer TEXT, note TEXT, received DOUBLE PRECISION NOT NULL
    )""",
    "CREATE INDEX journal_open ON journal(state, update_id)",
    "CREATE TABLE people(person BIGINT PRIMARY KEY, language TEXT, blocked DOUBLE PRECISION)",
    "CREATE TABLE usage(person BIGINT, day TEXT, questions INTEGER NOT NULL, PRIMARY KEY(person, day))",
    """CREATE TABLE turns(
        chat BIGINT NOT NULL, person BIGINT NOT NULL, at DOUBLE PRECISION NOT NULL, question TEXT NOT NULL, answer TEXT
    )""",
    "CREATE INDEX turns_by_person ON turns(chat, person, at)",
    """CREATE TABLE answers(
        id TEXT PRIMARY KEY, chat BIGINT NOT NULL, person TEXT NOT NULL, question_message BIGINT, message BIGINT,
        at DOUBLE PRECISION NOT NULL, language TEXT NOT NULL, body TEXT NOT NULL
    )""",
    "CREATE INDEX answers_by_message ON answers(chat, message)",
    "CREATE INDEX answers_by_question ON answers(chat, question_message)",
    "CREATE INDEX answers_by_person ON answers(person)",
    """CREATE TABLE asked(
        answer TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL, question TEXT NOT NULL, language TEXT NOT NULL,
        documents TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, PRIMARY KEY(answer, kind)
    )""",
    """CREATE TABLE outcomes(
        day TEXT NOT NULL, answer TEXT PRIMARY KEY, seconds DOUBLE PRECISION NOT NULL, reason TEXT, verdict TEXT
    )""",
    "CREATE INDEX outcomes_by_day ON outcomes(day)",
)


def upgrade() -> None:
    """Create the tables."""
    for statement in TABLES:
        op.execute(statement)
