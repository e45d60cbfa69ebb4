"""The child process in which files are parsed: it limits itself, then answers one order after the other."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from sources.errors import LoadError
from sources.limits import PARSE_MEMORY

Task = Callable[[bytes, dict[str, Any]], Any]


def serve() -> None:
    """Read orders (a line of JSON, then bytes), write answers (8 bytes of length, then JSON) until the parent goes."""
    _limit_process()
    orders = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is not an answer
    while line := orders.readline():
        order = json.loads(line)
        data = _exactly(orders, order["size"])
        _limit_time(order["seconds"])
        answer = json.dumps(_answer(data, order)).encode()
        del data
        answers.write(len(answer).to_bytes(8, "big") + answer)
        answers.flush()


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
    except Exception as error:  # the outermost border of this process: parsers raise what they like on broken files
        return {"error": f"{file} is damaged or no such file ({type(error).__name__}): export or download it again"}


def _load(data: bytes, order: dict[str, Any]) -> dict[str, Any]:
    from sources.loaders import LOADERS
    from sources.pdf import load_pdf

    if order.get("ocr"):
        return asdict(load_pdf(data, order["file"], ocr=order["ocr"], tesseract=order["tesseract"]))
    return asdict(LOADERS[order["suffix"]](data, order["file"]))


def _feed(data: bytes, order: dict[str, Any]) -> dict[str, Any]:
    from sources.feeds import read_feed

    return asdict(read_feed(data, order["file"]))


TASKS: dict[str, Task] = {"load": _load, "feed": _feed}


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise SystemExit
    return data


def _limit_process() -> None:
    """Memory, open files, and nothing written to disk; systems without `resource` have the parent's clock only."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, PARSE_MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        _lower(what, most)


def _limit_time(seconds: float) -> None:
    """Processor time from now on, for the case that the parent is killed and nobody else looks at the clock."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 2, hard=False)


def _lower(what: int, most: int, *, hard: bool = True) -> None:
    import contextlib
    import resource

    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        most = min(most, ceiling)
    with contextlib.suppress(ValueError, OSError):  # a system that does not know this limit
        resource.setrlimit(what, (most, most if hard else ceiling))
