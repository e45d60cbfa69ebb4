"""What a deployment is made of: settings, container files, documents that say what is true."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from compose_spec import ComposeSpecification

from bot.settings import PREFIX, Settings, read_settings
from bot.telegram.phrases import phrases
from bot.telegram.retention import statement

ROOT = Path(__file__).parent.parent
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


def test_what_scales_runs_only_where_it_is_asked_for():
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


def test_the_load_balancer_knows_the_replicas_and_asks_whether_they_are_well():
    config = (ROOT / "docker-balancer.caddyfile").read_text(encoding="utf-8")
    assert ALL_SERVICES["balancer"]["volumes"][0] == "./docker-balancer.caddyfile:/etc/caddy/Caddyfile:ro"
    [hosts] = re.findall(r"reverse_proxy (.+) \{", config)
    port = Settings(home=ROOT).telegram_webhook_port
    assert hosts.split() == [f"{name}:{port}" for name in SERVICES if name.startswith("replica")]
    path = re.search(r"handle_path (/\w+)/\*", config)[1]
    assert SERVICES["replica-1"]["environment"]["TORKHAM_TELEGRAM_WEBHOOK_URL"].endswith(path)
    assert "health_uri /ready" in config
    assert config.count("{") == config.count("}")


def test_the_language_model_runs_only_where_it_is_asked_for():
    assert set(ALL_SERVICES) - set(SERVICES) == {"ollama", "database", "balancer"}
    assert ALL_SERVICES["ollama"]["profiles"] == ["llm"]
    assert ALL_SERVICES["ollama"]["read_only"] is True
    assert "ports" not in ALL_SERVICES["ollama"]


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


def test_what_the_image_copies_is_there():
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
