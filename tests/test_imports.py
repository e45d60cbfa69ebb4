"""The tree is the pipeline: imports only point left."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("sources", "index", "bot", "evals")
ENGINES = {
    "faiss": {"index/vectors.py"},
    "tantivy": {"index/lexical.py"},
    "onnxruntime": {"index/runtime.py"},
    "tokenizers": {"index/tokens.py"},
    "sentence_transformers": {"index/model.py", "evals/encoding.py"},
    "telegram": set(),
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
