"""The names and versions of what is in the database."""

from __future__ import annotations

VERSIONS = "index_version"  # alembic's table
HEAD = "0001"  # the migration that this program works with
TABLES = (
    "generations",
    "serving",
    "readers",
    "documents",
    "passages",
    "passage_vectors",
    "sentences",
    "postings",
    "computed_vectors",
)
READ_BY_REPLICAS = TABLES[:-1]  # what a role that only answers has to read
WRITTEN_BY_REPLICAS = ("readers",)
FOREVER = 2_147_483_647  # `until` of what the newest generation holds
POSTGRES = 14  # the oldest server
PGVECTOR = (0, 8)  # the oldest extension: halfvec, and index scans that go on until enough rows pass the filter
EXACT = 20_000  # passages up to which every vector is compared
EF_SEARCH = 200  # how many neighbours an HNSW scan keeps in view; the pool of one search is 100
EF_CONSTRUCTION, LINKS = 128, 16
