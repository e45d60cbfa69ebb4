from __future__ import annotations

from pathlib import Path

import pytest

from sources.document import Reference
from sources.errors import SourceError
from sources.hosts import CLASSES, Hosts, read_hosts, shipped_hosts

HOSTS = Hosts({"dawn.com": "press", "defence.pk": "forum", "wiki.org": "encyclopaedia"}, frozenset({"Penguin Press"}))


def reference(url: str | None = None, read_at: str | None = None, publisher: str = "P") -> Reference:
    return Reference("a", "A", publisher, url=url or read_at, read_at=read_at)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://dawn.com/news/1", "press"),
        ("https://epaper.dawn.com/1", "press"),
        ("https://www.dawn.com./1", "press"),
        ("https://notdawn.com/1", None),
        ("http://34.80.245.248/a", "digest"),
        ("http://[2001:db8::1]/a", "digest"),
        ("https:///nothing", None),
    ],
)
def test_a_host_includes_its_subdomains(url: str, kind: str | None) -> None:
    assert HOSTS.of_address(url) == kind


@pytest.mark.parametrize(
    ("one", "kind", "weak"),
    [
        (reference("https://dawn.com/a"), "press", False),
        (reference("https://dawn.com/a", "https://defence.pk/a"), "press", False),
        (reference(read_at="https://defence.pk/a"), "forum", True),
        (reference(read_at="https://defence.pk/a", publisher="Penguin Press"), "scholarly", False),
        (reference("https://wiki.org/a"), "encyclopaedia", True),
        (reference(publisher="Penguin Press"), "scholarly", False),
        (reference(), None, False),
    ],
)
def test_a_reference_is_what_its_original_is(one: Reference, kind: str | None, weak: bool) -> None:
    assert (HOSTS.of(one), HOSTS.is_weak(one)) == (kind, weak)


def test_the_shipped_table() -> None:
    hosts = shipped_hosts()
    assert set(hosts.classes.values()) == set(CLASSES)
    assert hosts.of_address("https://www.dawn.com/news/1") == "press"
    assert hosts.of_address("https://www.app.com.pk/x") == "state-linked"
    assert all(host == host.lower().strip(".") and "/" not in host for host in hosts.classes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('press = ["a.pk"]\nforum = ["a.pk"]\n', r"a\.pk is both press and forum: keep one"),
        ('journal = ["a.pk"]\n', "“journal” is no class: use official, agency, press"),
        ("press = [", "not a table of hosts"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "hosts.toml").write_text(text)
    with pytest.raises(
        SourceError, match=rf"hosts\.toml: not a table of hosts.*{message.removeprefix('not a table of hosts')}"
    ):
        read_hosts(tmp_path / "hosts.toml")
