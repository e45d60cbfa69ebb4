"""The front matter of a Markdown file, between two `---` lines (every scalar a string), and its fields in a brief."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sources.document import OURS, Document
from sources.edtf import DateSpan, parse_date, parse_months
from sources.errors import DateError, Problem

REQUIRED_KEYS = ("title", "kind", "language", "covers", "updated", "summary")
KEYS = (*REQUIRED_KEYS, "subject", "limits")

Complain = Callable[[int | None, str], None]  # called with the line and the error
FRONT_MATTER_LETTERS = 20_000  # characters; anything longer is not front matter


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Values and line numbers by key, the body with its first line number, and the errors."""

    values: dict[str, str]
    lines: dict[str, int]
    body: str
    body_line: int
    problems: tuple[Problem, ...] = field(default=())


def split(text: str, file: str) -> FrontMatter:
    """Split cleaned text; text without front matter is all body. YAML's types are ignored: `no` stays "no"."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return FrontMatter({}, {}, text, 1)
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == "---"), None)
    if end is None:
        return FrontMatter(
            {}, {}, text, 1, (Problem(file, 1, "the front matter is not closed: put a line --- after it"),)
        )
    values, keys, problems = _scalars("\n".join(lines[1:end]), file)
    return FrontMatter(values, keys, "\n".join(lines[end + 1 :]), end + 2, tuple(problems))


def _scalars(block: str, file: str) -> tuple[dict[str, str], dict[str, int], list[Problem]]:
    import yaml

    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    try:
        if len(block) > FRONT_MATTER_LETTERS:
            return (
                {},
                {},
                [Problem(file, 1, f"the front matter is longer than {FRONT_MATTER_LETTERS:,} characters: shorten it")],
            )
        node = yaml.compose(block, Loader=yaml.BaseLoader)
    except RecursionError:
        return {}, {}, [Problem(file, 1, "the front matter is nested too deeply: write `key: value` lines only")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it is not YAML"
        advice = "put values that hold `: ` or `#` into double quotes"
        return {}, {}, [Problem(file, mark.line + 2 if mark else 1, f"broken front matter ({reason}): {advice}")]
    if not isinstance(node, yaml.MappingNode):
        return {}, {}, [Problem(file, 1, "the front matter holds no `key: value` lines: write them, or remove the ---")]
    for key, value in node.value:
        line = key.start_mark.line + 2
        if key.value in values:
            problems.append(Problem(file, line, f"`{key.value}` occurs twice in the front matter: keep one"))
        elif isinstance(value, yaml.ScalarNode) and isinstance(key, yaml.ScalarNode):
            values[key.value], lines[key.value] = " ".join(value.value.split()), line
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in value.value):
            values[str(key.value)], lines[str(key.value)] = ", ".join(one.value for one in value.value), line
        else:
            problems.append(Problem(file, line, f"`{key.value}` is not one value: write it on one line"))
    return values, lines, problems


def brief_metadata(front: FrontMatter, complain: Complain) -> Document:
    """A document without text, filled from the front matter; reports missing and invalid fields."""
    values = front.values
    if not values and not front.problems:
        complain(1, f"the front matter is missing: write {', '.join(REQUIRED_KEYS)} between two lines ---")
    elif not front.problems:
        for key in REQUIRED_KEYS:
            if not values.get(key):
                complain(front.lines.get(key, 1), f"`{key}` is missing in the front matter: add it")
    for key in values:
        if key not in KEYS:
            complain(front.lines[key], f"`{key}` is no key of a brief: use {', '.join(KEYS)}")
    kind = values.get("kind", "brief")
    if kind not in OURS:
        complain(front.lines["kind"], f"kind is “{kind}”: write kind: brief or kind: explainer")
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
        kind=kind if kind in OURS else "brief",
        language=values.get("language", "en"),
        published=values.get("updated"),
        summary=values.get("summary"),
        covers_from=covers.date_from if covers else None,
        covers_to=covers.date_to if covers else None,
        subject=values.get("subject"),
        limits=values.get("limits"),
    )


def read_date(
    parser: Callable[[str], DateSpan], value: str | None, line: int | None, complain: Complain
) -> DateSpan | None:
    """The span of a date; None, and an error, if it is invalid."""
    try:
        return parser(value) if value else None
    except DateError as error:
        complain(line, str(error))
        return None
