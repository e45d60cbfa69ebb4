"""The tables of the records of a generation, in SQLite; the indexes are also added to a file that lacks them."""

from __future__ import annotations

TABLES = """
CREATE TABLE documents(
    id TEXT PRIMARY KEY, stamp TEXT NOT NULL, revision TEXT NOT NULL, digest TEXT NOT NULL, json TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages(
    key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, document_id TEXT NOT NULL, title TEXT NOT NULL,
    heading TEXT NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, language TEXT NOT NULL,
    page INTEGER, parties TEXT NOT NULL, date_from TEXT, date_to TEXT, vector BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages(document_id, start);
CREATE INDEX passages_by_vector ON passages(vector);
CREATE TABLE sentences(
    row INTEGER PRIMARY KEY, passage_key INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX sentences_by_passage ON sentences(passage_key, start);
CREATE INDEX sentences_by_vector ON sentences(vector);
"""
INDEXES = """
CREATE INDEX IF NOT EXISTS passages_by_language ON passages(language);
CREATE INDEX IF NOT EXISTS passages_by_first_day ON passages(date_from);
CREATE INDEX IF NOT EXISTS passages_by_last_day ON passages(date_to);
"""
