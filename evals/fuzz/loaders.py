"""Fuzzing every loader with mutated files: no crash, no hang, no more memory than allowed, only sentences.

python -m evals.fuzz.loaders [--files 10000] [--seed 0] [SUFFIX…]
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence

from evals.fuzz.made_files import SEEDS, feed, packed
from sources.errors import LoadError
from sources.sandbox.convert import convert
from sources.sandbox.parent import Sandbox

HANG_SECONDS = 10.0  # seconds
BITS = (
    b"\x00", b"\xff" * 8, b"<", b">", b"</", b"{\\", b"}", b"{" * 40, b"(" * 40, b"[" * 200, b"<a>" * 300, b"%PDF-1.7",
    b"PK\x03\x04", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"99999999999", b"-1", b"\\bin99999 ", b"\\u-1?", b"]]>",
    b"\xed\xa0\x80", "\u202e".encode(), b"stream\n", b"endobj\n", b"/Count 999999", b"\n\n", b"\r", b"=?utf-8?b?//?=",
    b"Content-Type: multipart/mixed; boundary=x\n", b"<script>", b"---\n", b"|" * 50, b"*" * 60, b"`" * 60,
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with some bytes changed, taken out, doubled or put in; inside a zip often in one of its parts."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _mutated_part(data, chance)
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        to = min(len(changed), at + chance.choice((1, 2, 8, 64, 500)))
        what = chance.randrange(5)
        if what == 0 and at < len(changed):
            changed[at] = chance.randrange(256)
        elif what == 1:
            del changed[at:to]
        elif what == 2:
            changed[at:at] = changed[at:to] * chance.choice((1, 2, 50))
        elif what == 3:
            changed[at:at] = chance.choice(BITS)
        else:
            changed[at:to] = chance.choice(BITS)
    return bytes(changed)


def _mutated_part(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    return packed({**parts, name: mutated(parts[name].replace(b"PK", b"pk"), chance)})


def fuzz(suffix: str, files: int, chance: random.Random, sandbox: Sandbox) -> tuple[int, float, list[str]]:
    """(how many were read, the longest time in seconds, what went wrong) for mutated files of one kind."""
    read, longest, wrong = 0, 0.0, list[str]()
    for _ in range(files):
        data = mutated(SEEDS.get(suffix) or feed(), chance)
        begun = time.perf_counter()
        try:
            if suffix == "feed":
                sandbox.run("feed", data, "feed")
            else:
                convert(data, f"f{suffix}", suffix, sandbox)
            read += 1
        except LoadError as error:
            wrong += _complaints(str(error))
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}"[:200])
        longest = max(longest, time.perf_counter() - begun)
    if longest > HANG_SECONDS:
        wrong.append(f"{longest:.1f} seconds for one file")
    return read, longest, wrong


def _complaints(message: str) -> Iterator[str]:
    """What no mutated file of a few kilobytes should come to."""
    if "\n" in message or len(message) > 1000:
        yield f"no short line: {message[:100]!r}"
    if "broke the program" in message or "took longer" in message:
        yield message


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz and print; 0 when nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("suffixes", nargs="*", default=[*SEEDS, "feed"])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    failed = False
    for suffix in options.suffixes:
        sandbox = Sandbox()
        read, longest, wrong = fuzz(suffix, options.files, random.Random(f"{options.seed}{suffix}"), sandbox)
        sandbox.close()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        figures = f"{read} read, longest {longest:.2f} s, peak so far {peak:.0f} MB, {len(wrong)} wrong"
        print(f"{suffix:7} {options.files} files, {figures}")
        for complaint in sorted(set(wrong))[:10]:
            print(f"        {complaint}")
        failed |= bool(wrong)
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
