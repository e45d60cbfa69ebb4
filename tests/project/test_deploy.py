"""The parts of a deployment: settings, container files, and documentation that is true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from compose_spec import ComposeSpecification

from bot.settings import PREFIX, Settings, read_settings
from bot.telegram.retention import statement
from bot.telegram.views.phrases import phrases
from evals import licences

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
WRITTEN = dict(re.findall(rf"^#?({PREFIX}\w+)=(.*)$", EXAMPLE, re.M))
ALL_SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
SERVICES = {name: service for name, service in ALL_SERVICES.items() if service["image"] == "torkham"}


def test_every_setting_is_in_the_example_and_the_reverse():
    assert set(WRITTEN) == {PREFIX + field.name.upper() for field in fields(Settings)}


def test_the_example_shows_the_defaults(tmp_path):
    del (given := dict(WRITTEN))[f"{PREFIX}HOME"]
    assert read_settings(tmp_path, given) == Settings(home=tmp_path)


def test_every_setting_is_explained():
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if line.startswith(f"#{PREFIX}"):
            assert re.match(r"# .*\.$", lines[number - 1]), line


def test_the_compose_file_keeps_to_its_specification():
    ComposeSpecification.model_validate(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert set(SERVICES) == {"bot", "indexer", "replica-1", "replica-2", "shared-indexer", "tables"}
    for service in SERVICES.values():
        assert service["read_only"] is True
        assert service["user"] == "10001:10001"
        assert service["mem_limit"]
        assert service["volumes"] == ["home:/data"]
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    for service in SERVICES.values():
        assert set(service["environment"]) <= known


def test_everything_that_is_declared_or_imported_is_locked():
    """Installation uses the locks and resolves nothing: a package that happens to be in a developer's environment is
    missing elsewhere.
    """
    locked = "\n".join(
        (ROOT / f"requirements{part}.lock").read_text(encoding="utf-8") for part in ("", "-dev", "-browser", "-torch")
    )
    pinned = {_plain(name) for name in re.findall(r"^([A-Za-z][\w.-]*)==", locked, re.M)}
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {_plain(re.match(r"[\w.-]+", each)[0]) for each in declared} <= pinned
    imported = {
        name.split(".")[0]
        for package in ("bot", "evals", "index", "sources", "tests")
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"^ *(?:import|from) ([\w.]+)", path.read_text(encoding="utf-8"), re.M)
    }
    providers = packages_distributions()
    assert {
        name: providers[name]
        for name in imported & set(providers)
        if not pinned & {_plain(each) for each in providers[name]} - {"torkham"} and "torkham" not in providers[name]
    } == {}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_scaling_is_opt_in():
    profiles = {name: service.get("profiles") for name, service in ALL_SERVICES.items()}
    assert {name for name, given in profiles.items() if given == ["scale"]} == {
        "replica-1", "replica-2", "shared-indexer", "tables", "database", "balancer"
    }  # fmt: skip
    assert profiles["bot"] is None
    assert ALL_SERVICES["database"]["image"].startswith("pgvector/pgvector:")
    assert "ports" not in ALL_SERVICES["database"]
    for name in ("replica-1", "replica-2"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["environment"]["TORKHAM_DATABASE_URL"].startswith("postgresql+psycopg://")


def test_the_load_balancer_knows_the_replicas_and_their_health_checks():
    config = (ROOT / "docker-balancer.caddyfile").read_text(encoding="utf-8")
    assert ALL_SERVICES["balancer"]["volumes"][0] == "./docker-balancer.caddyfile:/etc/caddy/Caddyfile:ro"
    [hosts] = re.findall(r"reverse_proxy (.+) \{", config)
    port = Settings(home=ROOT).telegram_webhook_port
    assert hosts.split() == [f"{name}:{port}" for name in SERVICES if name.startswith("replica")]
    path = re.search(r"handle_path (/\w+)/\*", config)[1]
    assert SERVICES["replica-1"]["environment"]["TORKHAM_TELEGRAM_WEBHOOK_URL"].endswith(path)
    assert "health_uri /ready" in config
    assert config.count("{") == config.count("}")


def test_the_language_model_is_opt_in():
    assert set(ALL_SERVICES) - set(SERVICES) == {"ollama", "database", "balancer"}
    assert ALL_SERVICES["ollama"]["profiles"] == ["llm"]
    assert ALL_SERVICES["ollama"]["read_only"] is True
    assert "ports" not in ALL_SERVICES["ollama"]


@pytest.mark.whole
def test_the_commands_of_the_containers_exist():
    for service in SERVICES.values():
        command = [sys.executable, "-c", "from bot.cli import main; main()", *service["command"], "--help"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def test_the_dockerfile_is_sound():
    hadolint = shutil.which("hadolint") or str(Path(sys.executable).with_name("hadolint"))
    if not Path(hadolint).exists():
        pytest.skip("hadolint has no wheel for this platform")
    done = subprocess.run([hadolint, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_everything_the_image_copies_exists():
    copied = re.findall(
        r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M
    )
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert f"!{name}\n" in ignored


def test_the_privacy_page_says_what_privacy_says(tmp_path):
    page = " ".join((ROOT / "docs" / "privacy.md").read_text(encoding="utf-8").split())
    for sentence in statement(Settings(home=tmp_path), phrases("en")):
        assert sentence in page


def locked(name):
    """The requirements of a lock, comments and hashes left out."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.partition(" ")[0].rstrip("\\").strip() for line in lines if line[:1].isalpha()]


def test_nothing_is_locked_twice_and_the_image_has_no_test_tools():
    runs, tools = locked("requirements.lock"), locked("requirements-dev.lock")
    every = [line.partition("==")[0].lower() for line in (*runs, *tools, *locked("requirements-torch.lock"))]
    assert len(every) == len(set(every))
    assert all("==" in line for line in (*runs, *tools))
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY requirements.lock requirements-torch.lock" in dockerfile
    assert {"pytest", "mypy", "ruff", "hypothesis", "coverage"} <= {line.partition("==")[0] for line in tools}


def entered(tmp_path, *, commands=""):
    """Run the image's entry point on folders of this test; returns the exit status."""
    prepared, home, programs = tmp_path / "prepared", tmp_path / "data", tmp_path / "bin"
    for folder in (prepared / "model" / "m", prepared / "index", home, programs):
        folder.mkdir(parents=True, exist_ok=True)
    (prepared / "model" / "m" / "weights").write_bytes(b"w" * 1000)
    (prepared / "index" / "CURRENT").write_text("000001")
    (programs / "torkham").write_text("#!/bin/sh\necho ran\n")
    (programs / "torkham").chmod(0o755)
    script = (ROOT / "docker-entry.sh").read_text(encoding="utf-8").replace("/prepared/.", f"{prepared}/.")
    environment = {"TORKHAM_HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(["sh", "-c", commands + script], env=environment, capture_output=True).returncode


def test_a_new_volume_gets_the_prepared_files(tmp_path):
    assert entered(tmp_path) == 0
    home = tmp_path / "data"
    assert (home / "model" / "m" / "weights").stat().st_size == 1000
    assert sorted(path.name for path in home.iterdir()) == ["index", "model"]


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_an_interrupted_copy_is_restarted(tmp_path, command):
    killed = (
        f'{command}() {{ command {command} "$@"; truncate -s 3 "$TORKHAM_HOME/.prepared/model/m/weights"; exit 9; }}\n'
    )
    assert entered(tmp_path, commands=killed) == 9
    assert not (tmp_path / "data" / "model").exists()
    assert entered(tmp_path) == 0
    assert (tmp_path / "data" / "model" / "m" / "weights").stat().st_size == 1000
    assert (tmp_path / "data" / "index" / "CURRENT").read_text() == "000001"


def test_an_old_volume_keeps_its_own(tmp_path):
    own = tmp_path / "data" / "model"
    own.mkdir(parents=True)
    (own / "mine").write_text("mine")
    assert entered(tmp_path) == 0
    assert [path.name for path in own.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("MIT", "notice"),
        ("BSD-3-Clause", "notice"),
        ("LGPL-3.0-only", "shared"),
        ("MPL 2.0", "shared"),
        ("unknown", "unknown"),
    ],
)
def test_licences_are_distinguished(words, kind):
    assert licences.kind(words) == kind


def test_every_locked_package_is_named():
    assert "python-telegram-bot" in licences.names()
    assert "torch" in licences.names()
    assert "pytest" not in licences.names()


def test_every_path_that_contributing_names_exists():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w./*-]+)`", page) if "/" in name and not re.search("NAME|CODE", name)}
    assert len(named) > 40
    assert [name for name in sorted(named) if not list(ROOT.glob(name))] == []


def test_pre_commit_runs_what_ci_runs_before_the_tests():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets, recipe = re.search(r"^test: (.+)\n\t(.+)$", makefile, re.M).groups()
    before = [*(f"make {target}" for target in targets.split()), recipe.replace("$(BIN)", ".venv/bin")]
    assert [hook["entry"] for hook in hooks] == before


def test_every_data_file_of_a_package_is_installed_with_it():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    installed = {
        path
        for package, globs in patterns.items()
        for each in globs
        for path in (ROOT / package.replace(".", "/")).glob(each)
    }
    beside = {
        path
        for package in ("sources", "index", "bot")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert {str(path.relative_to(ROOT)) for path in beside - installed} == set()
