"""Input bounds, so that hostile or broken input can neither hang nor fill the machine."""

from __future__ import annotations

MB = 2**20

# one document
FILE_BYTES = 50 * MB
TEXT_LETTERS = 10_000_000  # characters of stored text; a thick book has two million
TITLE_LETTERS = 300  # characters of a title, a name or an ETag; anything longer is something else
PDF_PAGES = 5_000

# the parsing child process
PARSE_SECONDS = 12.0  # processor time, plus two seconds per megabyte
PARSE_WAIT_FACTOR = 20  # multiple of PARSE_SECONDS in wall time, after which a stuck process is killed
PARSE_MEMORY_BYTES = 2**30
FILES_PER_CHILD = 500  # after which it is replaced, to shed memory its libraries have accumulated
OCR_SECONDS = 1_800.0

# archives, and the formats that are archives
ARCHIVE_FILES = 20_000
ARCHIVE_BYTES = 1024 * MB
ARCHIVE_NAME_BYTES = 200  # average bytes of directory per file
ARCHIVE_RATIO = 200  # ratio of expanded to packed bytes, applied from a megabyte on

# the web
FETCH_BYTES = FILE_BYTES
FETCH_SECONDS = 60.0  # per address, including all redirects
SILENCE_SECONDS = 15.0  # without a byte from a server, after which it is given up
REDIRECTS = 8
ADDRESS_LETTERS = 2_000
ROBOTS_BYTES = 500_000
HOST_DELAY_SECONDS = 2.0  # seconds between two requests to one host
ROBOTS_DELAY_SECONDS = 30.0  # upper bound of a robots.txt delay
FEED_BYTES = 10 * MB
FEED_ENTRIES = 500
FRESH_HOURS = 20  # documents fetched more recently are not requested again


def parse_seconds(size: int) -> float:
    """The processor time, in seconds, allowed for reading a file of `size` bytes."""
    return PARSE_SECONDS + 2 * size / MB
