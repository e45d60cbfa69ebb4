"""The borders between sub-packages: a table of allowed imports, no cycles, and a single importer per engine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("sources", "index", "bot", "evals")
# A line: the unit, the units that it may import (`index*`: with all below it). A module belongs to the unit with the longest prefix of its name;
# a folder without a line of its own belongs to the one above it. Imports inside functions count like all others.
BORDERS = {
    "sources": "",
    "sources.text": "sources",
    "sources.briefs": "sources sources.text",
    "sources.formats": "sources sources.text sources.briefs",
    "sources.sandbox": "sources sources.text sources.briefs sources.formats",
    "sources.collection": "sources sources.text sources.briefs sources.formats sources.sandbox",
    "sources.checks": "sources sources.text sources.briefs sources.formats sources.collection",
    "sources.web": "sources sources.text sources.formats sources.sandbox sources.collection",
    "index": "sources",
    "index.model": "sources index",
    "index.lexical": "sources index",
    "index.vectors": "sources index",
    "index.build": "sources sources.text index",
    "index.files": "sources index index.lexical index.vectors",
    "index.postgres": "sources index index.lexical",
    "index.engines": "index index.files index.postgres index.model index.lexical",
    "index.search": "sources index index.engines",
    "bot": "sources index",
    "bot.nlp": "sources sources.text index bot",
    "bot.question": "sources index bot bot.nlp",
    "bot.answering": "sources sources.briefs index index.build index.model index.search bot bot.nlp bot.question",
    "bot.gate": "sources index bot bot.nlp bot.question bot.answering",
    "bot.rendering": "sources sources.text index bot bot.answering",
    "bot.composing": "sources index* bot bot.nlp bot.question bot.answering bot.gate bot.rendering",
    "bot.store": "sources index index.postgres bot bot.answering",
    "bot.workspace": "sources* index* bot bot.nlp bot.answering",
    "bot.doctor": "sources* index* bot bot.answering bot.composing bot.workspace",
    "bot.service": "sources* index* bot bot.nlp bot.question bot.answering bot.composing bot.rendering bot.workspace",
    "bot.http": "sources* index bot bot.answering bot.rendering bot.service bot.workspace",
    "bot.mcp": "sources bot bot.service bot.workspace",
    "bot.telegram.metrics": "bot",
    "bot.telegram.offers": "",
    "bot.telegram.secrets": "bot",
    "bot.telegram.readers": "bot bot.answering bot.store bot.telegram.offers",
    "bot.telegram.views": "sources* index bot.answering bot.rendering bot.telegram.readers",
    "bot.telegram.queue": "index index.postgres bot bot.store bot.telegram.offers",
    "bot.telegram.transport": "bot bot.telegram.metrics bot.telegram.offers bot.telegram.secrets bot.telegram.queue",
    "bot.telegram": "sources* index* bot bot.nlp bot.question bot.answering bot.composing bot.rendering bot.store bot.workspace"
    " bot.doctor bot.service bot.telegram.readers bot.telegram.views bot.telegram.queue bot.telegram.transport bot.telegram.metrics bot.telegram.offers"
    " bot.telegram.secrets",
    "bot.cli": "sources* index* bot*",
    "evals": "sources* index* bot bot.nlp bot.question bot.answering bot.gate bot.composing bot.rendering bot.store",
}
EVALUATES = "bot.cli.commands.eval"  # the one module of bot that starts the evaluations
FITTING = {str(path.relative_to(ROOT)) for path in (ROOT / "evals" / "fitting").rglob("*.py")}
ENGINES = {
    "tiktoken": {"bot/composing/tokens.py"},
    "openai": {"bot/composing/llm.py"},
    "faiss": {"index/vectors/faiss.py", "evals/bench/peers/dense.py"},
    "tantivy": {"index/lexical/bm25.py"},
    "onnxruntime": {"index/model/onnx.py"},
    "tokenizers": {"index/model/tokenizer.py"},
    "torch": {"index/model/export.py", *FITTING},  # only where a model is prepared
    "transformers": {"index/model/reference.py", *FITTING},
    "sklearn": {"evals/gate/run.py", "evals/gate/fit.py", *FITTING},
    "onnx": {"index/model/export.py", "evals/bench/products.py", *FITTING},
    "sentence_transformers": {
        "index/model/reference.py",
        "evals/bench/embedding_speed.py",
        "evals/bench/peers/dense.py",
    },
    "telegram": {str(path.relative_to(ROOT)) for path in (ROOT / "bot" / "telegram").rglob("*.py")},
    "matplotlib": {"bot/telegram/views/charts.py", "evals/coverage/picture.py"},
    "prometheus_client": {"bot/telegram/metrics.py", "bot/http/metrics.py"},
    "starlette": {
        "bot/service/asgi.py",
        *(str(path.relative_to(ROOT)) for path in (ROOT / "bot" / "http").rglob("*.py")),
    },
    "uvicorn": {"bot/service/asgi.py"},
    "jinja2": {"bot/http/app.py", "bot/http/pages.py"},
    "mcp": {"evals/load/doors.py", *(str(path.relative_to(ROOT)) for path in (ROOT / "bot" / "mcp").rglob("*.py"))},
    "sqlalchemy": {
        "bot/store/sqlite.py",
        "index/postgres/connection.py",
        "index/postgres/generations.py",
        "index/postgres/errors.py",
    },
    "psycopg": {"index/postgres/connection.py"},
    "aiohttp": {  # the client and the two servers
        "bot/telegram/transport/http.py",
        "bot/telegram/transport/webhook.py",
        "bot/telegram/metrics.py",
    },
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Module to (our modules that it imports, names of other packages); each file is parsed once."""
    paths = {module_of(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    found = {}
    for module, path in paths.items():
        ours, others = set[str](), set[str]()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                assert not node.level, f"{module}: write imports in full"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            for name in names:
                target = name if name in paths else name.rpartition(".")[0]
                if name.split(".")[0] not in PACKAGES:
                    others.add(name.split(".")[0])
                elif target != module:
                    ours.add(target)
        found[module] = (frozenset(ours), frozenset(others))
    return found


def unit_of(module: str) -> str:
    parts = module.split(".")
    return next(unit for n in range(len(parts), 0, -1) if (unit := ".".join(parts[:n])) in BORDERS)


@cache
def allowed(unit: str) -> frozenset[str]:
    """The units that a unit may import, including itself."""
    found = {unit}
    for name in BORDERS[unit].split():
        stem = name.removesuffix("*")
        found |= {other for other in BORDERS if other == stem or (name != stem and other.startswith(f"{stem}."))}
    return frozenset(found)


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected components of more than one node: what remains after repeatedly removing leaves."""
    graph = {node: set(targets) for node, targets in graph.items()}
    while ends := {node for node, targets in graph.items() if not targets & graph.keys()}:
        graph = {node: targets - ends for node, targets in graph.items() if node not in ends}
    reached = {node: reachable(graph, node) for node in graph}
    found = {
        frozenset(other for other in reached[node] if node in reached[other]) for node in graph if node in reached[node]
    }
    return [set(circle) for circle in found if len(circle) > 1]


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        for target in graph[waiting.pop()] - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def test_a_unit_imports_only_what_the_table_allows():
    beyond = sorted(
        f"{module} imports {target}"
        for module, (ours, _) in tree().items()
        for target in ours
        if unit_of(target) not in allowed(unit_of(module)) and not (module == EVALUATES and unit_of(target) == "evals")
    )
    assert not beyond


def test_the_page_on_the_architecture_shows_this_table():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", page.partition("## Borders")[2].partition("\n## ")[0], re.M)
    assert {unit: re.findall(r"`(.+?)`", allows) for unit, allows in rows} == {
        unit: line.split() for unit, line in BORDERS.items()
    }


def test_the_table_has_no_cycle():
    assert not circles({unit: set(allowed(unit)) - {unit} for unit in BORDERS})


def test_no_module_is_part_of_an_import_cycle():
    assert not circles({module: set(ours) for module, (ours, _) in tree().items()})


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_imported_in_one_place(engine):
    users = {f"{module.replace('.', '/')}.py" for module, (_, others) in tree().items() if engine in others}
    assert users <= ENGINES[engine] | {user.replace("/__init__", "") for user in ENGINES[engine]}


def test_a_question_on_the_command_line_loads_nothing_of_the_bot():
    looked = "import sys; from bot.cli.main import parser; parser(); print(sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = ast.literal_eval(
        subprocess.run([sys.executable, "-c", looked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )
    assert not {
        "openai",
        "tiktoken",
        "telegram",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "matplotlib",
        "prometheus_client",
        "pydantic",
        "starlette",
        "mcp",
        "torch",
        "transformers",
        "sklearn",
        "numpy",
        "onnxruntime",
    } & set(loaded)
