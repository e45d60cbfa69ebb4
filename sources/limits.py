"""How much of anything is taken: the bounds that keep hostile or broken input from hanging or filling the machine."""

from __future__ import annotations

MB = 2**20

# one document
FILE_BYTES = 50 * MB
TEXT_LETTERS = 10_000_000  # of stored text; a thick book has two million
TITLE_LETTERS = 300  # of a title, a name or a server's mark; what is longer is something else
PAGES = 5_000

# the child process that parses
PARSE_SECONDS = 12.0  # of processor time, and two more for each megabyte
PARSE_WAITS = 20  # times as long on the clock: what neither computes nor ends is killed then
PARSE_MEMORY = 2**30
PARSED_BY_ONE_CHILD = 500  # then a fresh one takes over, whatever its libraries have piled up
OCR_SECONDS = 1_800.0

# archives, and the formats that are archives
ARCHIVE_FILES = 20_000
ARCHIVE_BYTES = 1024 * MB
ARCHIVE_NAMES = 200  # bytes of the directory for each file, on average
ARCHIVE_RATIO = 200  # expanded bytes to packed ones, counted from a megabyte on

# the web
FETCH_BYTES = FILE_BYTES
FETCH_SECONDS = 60.0  # for one address with all of its redirects
SILENCE_SECONDS = 15.0  # of a server before it is given up
REDIRECTS = 8
ADDRESS_LETTERS = 2_000
ROBOTS_BYTES = 500_000
HOST_DELAY = 2.0  # seconds between two requests to one host
LONGEST_DELAY = 30.0  # the most that a robots.txt is granted
FEED_BYTES = 10 * MB
FEED_ENTRIES = 500
FRESH_HOURS = 20  # a document fetched since then is not asked for again


def parse_seconds(size: int) -> float:
    """How many seconds of processor time reading a file of so many bytes may take."""
    return PARSE_SECONDS + 2 * size / MB
