"""The front matter of a brief: which keys it has and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable

from sources.dates import DateSpan, parse_date, parse_months
from sources.document import Document
from sources.errors import DateError
from sources.front_matter import FrontMatter

KEYS = ("title", "kind", "language", "covers", "updated", "summary")

Complain = Callable[[int | None, str], None]  # told the line and what is wrong


def brief_metadata(front: FrontMatter, complain: Complain) -> Document:
    """A document without text that holds what the front matter says; complains about what is missing or wrong."""
    values = front.values
    if not values and not front.problems:
        complain(1, f"the front matter is missing: write {', '.join(KEYS)} between two lines ---")
    elif not front.problems:
        for key in KEYS:
            if not values.get(key):
                complain(front.lines.get(key, 1), f"`{key}` is missing in the front matter: add it")
    for key in values:
        if key not in KEYS:
            complain(front.lines[key], f"`{key}` is no key of a brief: use {', '.join(KEYS)}")
    if values.get("kind", "brief") != "brief":
        complain(front.lines["kind"], f"kind is “{values['kind']}”: a brief has kind: brief")
    if values.get("language") and not re.fullmatch(r"[a-z]{2,3}", values["language"]):
        complain(front.lines["language"], f"“{values['language']}” is no language code: write en, ur, ps, fa, ru …")
    covers = read_date(parse_months, values.get("covers"), front.lines.get("covers"), complain)
    if values.get("updated") and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", values["updated"]):
        complain(front.lines["updated"], f"updated “{values['updated']}” is no full date: write 2026-11-22")
    else:
        read_date(parse_date, values.get("updated"), front.lines.get("updated"), complain)
    return Document(
        id="",
        title=values.get("title", ""),
        text="",
        kind="brief",
        language=values.get("language", "en"),
        published=values.get("updated"),
        summary=values.get("summary"),
        covers_from=covers.date_from if covers else None,
        covers_to=covers.date_to if covers else None,
    )


def read_date(
    parser: Callable[[str], DateSpan], value: str | None, line: int | None, complain: Complain
) -> DateSpan | None:
    """The span that a date stands for; None, and a complaint, where it is not valid."""
    try:
        return parser(value) if value else None
    except DateError as error:
        complain(line, str(error))
        return None
