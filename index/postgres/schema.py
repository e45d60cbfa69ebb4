"""Names and versions of the database objects."""

from __future__ import annotations

VERSIONS = "index_version"  # alembic's table
HEAD = "0001"  # the migration this program requires
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
READ_BY_REPLICAS = TABLES[:-1]  # tables an answering role has to read
WRITTEN_BY_REPLICAS = ("readers",)
FOREVER = 2_147_483_647  # `until` of live rows
POSTGRES = 14  # minimum server version
# minimum extension version: halfvec, and iterative index scans that continue until enough rows pass the filter
PGVECTOR = (0, 8)
EXACT = 20_000  # passages up to which search is exhaustive
EF_SEARCH = 200  # the candidate list of an HNSW scan; the pool of one search is 100
EF_CONSTRUCTION, LINKS = 128, 16
