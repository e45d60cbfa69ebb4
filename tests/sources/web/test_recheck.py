"""Rechecking: dead, moved and changed pages are reported with a diff, and citations of the old text still resolve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fakes.web import Site, moved, page

from evals.fuzz import made_files
from sources.collection.document_reader import DocumentReader
from sources.collection.library import Library, Versions
from sources.document import Document
from sources.errors import NotFound
from sources.parties import shipped_parties
from sources.web.fetch_log import Journal
from sources.web.recheck import recheck
from sources.web.store_page import take

OLD, NEW = "The crossing opened on Monday.", "The crossing stayed shut on Monday."


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    """One child process for all tests: starting it takes longer than reading."""
    made = DocumentReader(shipped_parties())
    yield made
    made.close()


@pytest.fixture
def library(tmp_path: Path, reader: DocumentReader) -> Library:
    made = Library(tmp_path / "home", shipped=tmp_path / "none")
    made.__dict__["reader"] = reader
    return made


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "home")


def article(sentence: str, about: str = "Torkham") -> bytes:
    text = [f"{about}: officials in Kabul and Islamabad said so, number {n}." for n in range(6)]
    return made_files.html([*text, sentence], title=about)


@pytest.fixture
def fetched(library: Library, site: Site) -> dict[str, str]:
    """Four pages by name, with their ids in the library."""
    ids = {}
    for name in ("same", "other", "gone", "away"):
        site.pages[f"/{name}"] = page(article(OLD, f"Report {name}"), ETag=f'"{name}"')
        ids[name] = take(library, site.network(), site.url(f"/{name}")).entry.document_id
    return ids


def rechecked(library: Library, site: Site, journal: Journal, **options):
    return {each.url.rpartition("/")[2]: each for each in recheck(library, site.network(), journal, **options)}


def test_each_state_is_reported_and_the_library_unchanged(library, site, journal, fetched):
    text = library.load(library.get(fetched["other"])).text
    site.pages["/same"] = page(b"", status=304)
    site.pages["/other"] = page(article(NEW, "Report other"))
    del site.pages["/gone"]
    site.pages["/gone"] = page(b"no", status=410)
    site.pages["/away"], site.pages["/new"] = moved("/new"), page(article(OLD, "Report away"))
    found = rechecked(library, site, journal)
    assert {name: each.state for name, each in found.items()} == {
        "same": "unchanged", "other": "changed", "gone": "dead", "away": "moved",
    }  # fmt: skip
    assert found["away"].detail == site.url("/new")
    assert found["away"].diff == ""
    lines = found["other"].diff.splitlines()
    assert [line for line in lines if line[:1] in "+-" and line[:3] not in {"---", "+++"}] == [f"-{OLD}", f"+{NEW}"]
    assert library.load(library.get(fetched["other"])).text == text
    assert {each.document_id: each.state for each in journal.rechecks()} == {
        fetched[name]: each.state for name, each in found.items()
    }


def test_validators_are_sent_and_robots_txt_respected(library, site, journal, fetched):
    heard = []

    def asks(request) -> None:
        heard.append(request.headers["If-None-Match"])
        page(b"", status=304)(request)

    site.pages["/same"] = asks
    site.pages["/robots.txt"] = page(b"User-agent: *\nDisallow: /other", "text/plain")
    found = rechecked(library, site, journal)
    assert heard == ['"same"']
    assert found["other"].state == "unreachable"
    assert "robots.txt" in found["other"].detail


def test_the_earlier_text_is_kept_when_an_update_is_applied(library, site, journal, fetched):
    before = library.load(library.get(fetched["other"]))
    site.pages["/other"] = page(article(NEW, "Report other"))
    assert rechecked(library, site, journal, only=[fetched["other"]], take=True)["other"].state == "changed"
    after = library.load(library.get(fetched["other"]))
    assert NEW in after.text
    assert library.versions.text(before.id, before.digest) == before.text
    assert library.versions.text(after.id, after.digest) is None
    assert rechecked(library, site, journal, only=[fetched["other"]], again=True)["other"].state == "unchanged"
    library.remove(before.id)
    assert library.versions.text(before.id, before.digest) is None


def test_a_new_address_is_adopted(library, site, journal, fetched):
    site.pages["/away"], site.pages["/new"] = moved("/new"), page(article(OLD, "Report away"))
    rechecked(library, site, journal, only=[fetched["away"]], take=True)
    assert library.metadata(library.get(fetched["away"])).url == site.url("/new")


def test_recent_requests_are_skipped_and_failures_are_not(library, site, journal, fetched):
    site.pages["/gone"] = page(b"no", status=503)
    assert len(rechecked(library, site, journal)) == 4
    assert set(rechecked(library, site, journal)) == {"gone"}
    assert len(rechecked(library, site, journal, again=True)) == 4


def test_another_file_type_is_reported(library, site, journal, fetched):
    site.pages["/other"] = page(b"%PDF-1.4 and more", "application/pdf")
    found = rechecked(library, site, journal, only=[fetched["other"]])["other"]
    assert found.state == "changed"
    assert "another kind of file" in found.detail


def test_documents_that_are_gone_leave_the_report(library, site, journal, fetched):
    rechecked(library, site, journal)
    library.remove(fetched["gone"])
    rechecked(library, site, journal)
    assert fetched["gone"] not in {each.document_id for each in journal.rechecks()}
    with pytest.raises(NotFound):
        rechecked(library, site, journal, only=["nothing"])


def test_a_damaged_version_counts_as_missing(tmp_path):
    versions, document = Versions(tmp_path / "versions"), Document("d", "T", "The text.")
    versions.keep(document)
    versions.keep(document)
    assert versions.text("d", document.digest) == "The text."
    (tmp_path / "versions" / "d" / f"{document.digest}.txt").write_text("Another text.")
    assert versions.text("d", document.digest) is None
    assert versions.text("d", "../../etc/passwd") is None
    assert versions.text("../d", document.digest) is None
