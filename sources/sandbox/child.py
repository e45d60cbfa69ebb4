"""The parsing child process: it limits itself, then serves one request after the other."""

from __future__ import annotations

import base64
import contextlib
import json
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from sources.errors import BriefError, LoadError
from sources.limits import PARSE_MEMORY_BYTES

Task = Callable[[bytes, dict[str, Any]], Any]


def serve() -> None:
    """Read requests (a line of JSON, then bytes), write responses (8 bytes of length, then JSON) until the pipe
    closes.
    """
    _limit_process()
    orders = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # output printed by a library is not a response

    def tell(answer: dict[str, Any]) -> None:
        written = json.dumps(answer).encode()
        answers.write(len(written).to_bytes(8, "big") + written)
        answers.flush()

    while line := orders.readline():
        order = json.loads(line)
        data = _exactly(orders, order["size"])
        _limit_time(order["seconds"])
        order["report"] = lambda done, total: tell({"progress": [done, total]})
        tell(_answer(data, order))
        del data


def _answer(data: bytes, order: dict[str, Any]) -> dict[str, Any]:
    file = order["file"]
    try:
        return {"value": TASKS[order["task"]](data, order)}
    except LoadError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{file} needs more memory than is safe: split it, or convert it to plain text"}
    except RecursionError:
        return {"error": f"{file} is nested too deeply to be read: convert it to plain text"}
    except Exception as error:  # the outermost boundary of this process: parsers raise anything on broken files
        return {
            "error": f"{file} is damaged or not of this format ({type(error).__name__}): export or download it again"
        }


def _load(data: bytes, order: dict[str, Any]) -> dict[str, Any]:
    from sources.formats.pdf.loader import load_pdf
    from sources.formats.registry import LOADERS

    if order["suffix"] == ".pdf":
        report = _seldom(order.get("report"))
        return asdict(load_pdf(data, order["file"], order.get("ocr"), order.get("tesseract"), progress=report))
    return asdict(LOADERS[order["suffix"]](data, order["file"]))


def _seldom(report: Callable[[int, int], None] | None) -> Callable[[int, int], None]:
    """Progress reports, rate-limited to a few per second."""
    last = time.monotonic()

    def maybe(done: int, total: int) -> None:
        nonlocal last
        if report and time.monotonic() - last > 0.2:
            last = time.monotonic()
            report(done, total)

    return maybe


def _brief(data: bytes, order: dict[str, Any]) -> dict[str, Any] | None:
    """A Markdown file as a brief, None if it does not declare itself one."""
    from sources.briefs.parser import is_brief, parse
    from sources.formats.plain_text import decode
    from sources.parties import parties_from

    text = decode(data, order["file"])
    if not is_brief(text):
        return None
    try:
        return asdict(parse(text, order["document_id"], file=order["file"], parties=parties_from(order["parties"])))
    except BriefError as error:
        return {"problems": [asdict(problem) for problem in error.problems]}


def _records(data: bytes, order: dict[str, Any]) -> list[tuple[str, str]]:
    """(id, line) of every record of JSON lines."""
    from sources.formats.jsonl import records

    return [(identifier, json.dumps(record, ensure_ascii=False)) for identifier, record in records(data, order["file"])]


def _archive(data: bytes, order: dict[str, Any]) -> list[str]:
    """Open an archive and keep it for later requests; returns the names inside."""
    from sources.formats.archives import Packed

    _KEPT["archive"] = packed = Packed(data, order["file"])
    return list(packed.names)


def _member(data: bytes, order: dict[str, Any]) -> str:
    """A file of the open archive, in base 64."""
    return base64.b64encode(_KEPT["archive"].member(order["name"])).decode()


def _feed(data: bytes, order: dict[str, Any]) -> dict[str, Any]:
    from sources.formats.feed import read_feed

    return asdict(read_feed(data, order["file"]))


TASKS: dict[str, Task] = {"load": _load, "feed": _feed, "brief": _brief, "archive": _archive, "member": _member,
                          "records": _records}  # fmt: skip
_KEPT: dict[str, Any] = {}


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise SystemExit
    return data


def _limit_process() -> None:
    """Limit memory and open files, and forbid writing to disk; without `resource`, only the parent's timeout applies."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, PARSE_MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        _lower(what, most)


def _limit_time(seconds: float) -> None:
    """Limit processor time from now on; the system ends the process (SIGXCPU) when it is used up."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds), hard=False)


def _lower(what: int, most: int, *, hard: bool = True) -> None:
    import resource

    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        most = min(most, ceiling)
    with contextlib.suppress(ValueError, OSError):  # a system without this limit
        resource.setrlimit(what, (most, most if hard else ceiling))
