"""The front matter of a Markdown file: the lines between two `---`, every scalar read as a string."""

from __future__ import annotations

from dataclasses import dataclass, field

from sources.errors import Problem

LIMIT = 20_000  # characters; what is longer is no front matter


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Values and line numbers by key, the body with the line on which it starts, and what is wrong."""

    values: dict[str, str]
    lines: dict[str, int]
    body: str
    body_line: int
    problems: tuple[Problem, ...] = field(default=())


def split(text: str, file: str) -> FrontMatter:
    """Take cleaned text apart; text without front matter is all body. YAML's types play no part: `no` stays "no"."""
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
        if len(block) > LIMIT:
            return {}, {}, [Problem(file, 1, f"the front matter is longer than {LIMIT:,} characters: shorten it")]
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
            problems.append(Problem(file, line, f"`{key.value}` stands twice in the front matter: keep one"))
        elif isinstance(value, yaml.ScalarNode) and isinstance(key, yaml.ScalarNode):
            values[key.value], lines[key.value] = " ".join(value.value.split()), line
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in value.value):
            values[str(key.value)], lines[str(key.value)] = ", ".join(one.value for one in value.value), line
        else:
            problems.append(Problem(file, line, f"`{key.value}` is not one value: write it on one line"))
    return values, lines, problems
