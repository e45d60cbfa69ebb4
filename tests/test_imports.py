"""The tree is the pipeline: imports only point left."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("sources", "index", "bot", "evals")
ENGINES = {
    "tiktoken": {"bot/token_count.py"},
    "openai": {"bot/llm.py"},
    "faiss": {"index/vectors.py", "evals/peer.py", "evals/peers/dense.py"},
    "tantivy": {"index/lexical.py"},
    "onnxruntime": {"index/runtime.py"},
    "tokenizers": {"index/tokens.py"},
    "sentence_transformers": {"index/model.py", "evals/encoding.py", "evals/peer.py", "evals/peers/dense.py"},
    "telegram": {str(path.relative_to(ROOT)) for path in (ROOT / "bot" / "telegram").glob("*.py")},
    "matplotlib": {"bot/telegram/drawing.py"},
    "prometheus_client": {"bot/telegram/metrics.py"},
    "sqlalchemy": {
        "bot/store.py",
        "index/postgres/connection.py",
        "index/postgres/generations.py",
        "index/postgres/trouble.py",
    },
    "psycopg": {"index/postgres/connection.py"},
    "aiohttp": {"bot/telegram/wire.py", "bot/telegram/webhook.py"},  # the client and the server
}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_what_stands_left_of_it(package):
    right = set(ORDER[ORDER.index(package) + 1 :])
    for path in (ROOT / package).rglob("*.py"):
        beyond = imported(path) & right
        if path == ROOT / "bot" / "cli_eval.py":
            beyond -= {"evals"}
        assert not beyond, f"{path.relative_to(ROOT)} imports {beyond}"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_imported_in_one_place(engine):
    users = {
        str(path.relative_to(ROOT))
        for package in ORDER
        for path in (ROOT / package).rglob("*.py")
        if engine in imported(path)
    }
    assert users <= ENGINES[engine]


def test_a_question_on_the_command_line_loads_nothing_of_the_bot():
    looked = "import sys, bot.cli_app, bot.cli_ask; print(sorted({name.split('.')[0] for name in sys.modules}))"
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
    } & set(loaded)
