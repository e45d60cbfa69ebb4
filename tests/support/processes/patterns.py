"""Every compiled pattern of the program over texts of 100,000 letters, each in a process whose processor time is limited."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

import bot
import index
import sources

PACKAGES = (bot, index, sources)
LETTERS = 100_000
SECONDS = 12  # of processor time for a pattern over all its texts; a quadratic one takes a minute, an exponential one for ever
SEEDS = (
    "a",
    " ",
    "1",
    "a-",
    "a@",
    "[1, ",
    "سلام ا ",
    "\n ",
    "<a b=",
    "<!--",
    "**",
    "[^a]",
    "[^",
    "- ",
    "a, ",
    "A. ",
    "“",
    "1,",
)


def patterns() -> list[re.Pattern[Any]]:
    """All that are there once every module is loaded and the lazy ones are made."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):  # which runs the command
                importlib.import_module(module.name)
    from bot.gate.qualifiers import tables
    from bot.nlp.attribution import attribution
    from bot.question.small_talk import chat_reason

    chat_reason("hello")
    lazy = [held for language in ("en", "ru", "ur", "fa", "ps") for held in (tables(language), attribution(language))]
    ours = {one for table in lazy for one in _within(table)}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {package.__name__ for package in PACKAGES}:
            for held in gc.get_referents(*vars(module).values(), vars(module)):
                ours |= {one for one in [held, *gc.get_referents(held)] if isinstance(one, re.Pattern)}
    small_talk = importlib.import_module("bot.question.small_talk")
    ours |= {small_talk._pattern(name) for name in ("small_talk", "more", "instruction")}
    return sorted(ours, key=lambda one: str(one.pattern))


def _within(table: Any) -> Iterator[re.Pattern[Any]]:
    for name in table.__dataclass_fields__:
        value = getattr(table, name)
        yield from (
            one for one in (value.values() if isinstance(value, dict) else [value]) if isinstance(one, re.Pattern)
        )


def texts_for(pattern: re.Pattern[Any]) -> list[Any]:
    """Long texts of the pattern's own words, and of what patterns stumble over; bytes for one that reads them."""
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"\\[a-zA-Z]", " ", written))
    seeds = [*SEEDS, "".join(words[:1]), " ".join(words[:8]) + " "]
    texts = [(seed * (LETTERS // len(seed) + 1))[:LETTERS] + "!" for seed in seeds if seed]
    return texts if isinstance(pattern.pattern, str) else [text.encode() for text in texts]


def survives(pattern: re.Pattern[Any]) -> bool:
    """Whether a process of its own gets through all the texts of a pattern within its processor time."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        for text in texts_for(pattern):
            pattern.search(text)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    found = patterns()
    sys.stdout.write(f"{len(found)}\n")
    sys.stdout.flush()  # or each child would write it once more
    for each in found:
        if not survives(each):
            sys.stdout.write(f"{each.pattern}\n")
