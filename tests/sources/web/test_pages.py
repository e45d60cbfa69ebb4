from __future__ import annotations

from pathlib import Path

import pytest
from support.fakes.web import Site, moved, page

from evals.fuzz import made_files
from sources.collection.library import Library
from sources.collection.metadata import Metadata
from sources.errors import AlreadyThere, FetchError, LoadError, NotFound, SourceError
from sources.formats.feed import read_feed
from sources.parties import shipped_parties
from sources.sandbox.parent import Sandbox
from sources.web.catalogue import catalogue, choose
from sources.web.fetch_all import Wanted, by_host_in_turn, fetch_all, from_feeds, look
from sources.web.fetch_log import Feed, Journal
from sources.web.store_page import take


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "home")


def article(words: str, number: int = 1) -> bytes:
    text = [f"{words} number {n}, as officials in Kabul and Islamabad said on the day." for n in range(6)]
    return made_files.html(text, title=words, page=f"{number}")


def test_a_page_is_stored_as_received(library: Library, site: Site) -> None:
    site.pages["/old"], site.pages["/world/the-crossing.html"] = moved("/world/the-crossing.html"), page(
        article("Border"), ETag='"1"', Last_Modified="Tue, 19 Mar 2024 10:00:00 GMT"
    )  # fmt: skip
    taken = take(library, site.network(), site.url("/old"), Metadata(party="Pakistan"))
    assert taken.change == "added"
    assert taken.entry.document_id == "127-0-0-1-world-the-crossing"
    assert taken.entry.path.read_bytes() == article("Border")
    about = library.metadata(taken.entry)
    assert (about.url, about.asked) == (site.url("/world/the-crossing.html"), site.url("/old"))
    assert (about.etag, about.modified) == ('"1"', "Tue, 19 Mar 2024 10:00:00 GMT")
    assert about.fetched
    document = library.load(taken.entry)
    assert (document.title, document.publisher, document.published, document.party) == (
        "Border", "Example News", "2024-03-19", "pakistan"
    )  # fmt: skip
    assert document.url == site.url("/world/the-crossing.html")


def test_unchanged_pages_are_not_fetched_again(library: Library, site: Site) -> None:
    def answer(request) -> None:
        known = request.headers.get("If-None-Match") == '"1"'
        (page(b"", status=304) if known else page(article("Border"), ETag='"1"'))(request)

    site.pages["/a"] = answer
    first = take(library, site.network(), site.url("/a"))
    again = take(library, site.network(), site.url("/a"))
    assert (again.change, again.entry) == ("unchanged", first.entry)


def test_a_changed_page_replaces_the_old_one(library: Library, site: Site) -> None:
    site.pages["/a"] = page(article("Border"))
    first = take(library, site.network(), site.url("/a"), Metadata(title="Mine"))
    assert take(library, site.network(), site.url("/a")).change == "unchanged"
    site.pages["/a"] = page(article("Trade"))
    second = take(library, site.network(), site.url("/a"))
    assert (second.change, second.entry.document_id) == ("changed", first.entry.document_id)
    assert second.entry.stamp != first.entry.stamp
    assert len(library.scan()) == 1
    assert library.load(second.entry).text.startswith("Trade")
    assert library.load(second.entry).title == "Mine"


def test_an_address_of_a_file_is_not_fetched_over_it(library: Library, site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text of the operator's own about the border.")
    library.add(tmp_path / "a.txt", Metadata(url=site.url("/a")))
    with pytest.raises(AlreadyThere, match="is in the library already, as “a”, a file of yours"):
        take(library, site.network(), site.url("/a"))
    assert site.asked == []


def test_pdf_by_its_bytes_and_types_that_are_refused(library: Library, site: Site) -> None:
    site.pages["/paper"] = page(made_files.pdf(), "application/octet-stream")
    assert take(library, site.network(), site.url("/paper")).entry.path.suffix == ".pdf"
    site.pages["/film"] = page(b"\x00\x00\x00\x18ftypmp42", "video/mp4")
    with pytest.raises(FetchError, match="is of the type “video/mp4”, which holds no document to read"):
        take(library, site.network(), site.url("/film"))
    site.pages["/empty"] = page(b"<html><body></body></html>")
    with pytest.raises(LoadError, match="holds no text that is more than menus"):
        take(library, site.network(), site.url("/empty"))


def test_an_encoding_that_only_the_server_names_is_kept(library: Library, site: Site) -> None:
    text = "<p>Пограничники закрыли пункт пропуска Торхам после перестрелки, сообщили в ведомстве.</p>" * 4
    html = f"<html><head><title>Граница</title></head><body><article>{text}</article></body></html>"
    site.pages["/a"] = page(html.encode("koi8-r"), "text/html; charset=koi8-r")
    document = library.load(take(library, site.network(), site.url("/a")).entry)
    assert document.text.startswith("Пограничники закрыли")
    assert document.language == "ru"


# many


def wanted(site: Site, *paths: str) -> list[Wanted]:
    return [Wanted(site.url(path)) for path in paths]


def test_one_failure_never_stops_the_rest(library: Library, journal: Journal, site: Site) -> None:
    site.pages["/a"], site.pages["/c"] = page(article("Border", 1)), page(article("Refugees and trade", 3))
    results = list(fetch_all(wanted(site, "/a", "/b", "/c"), library, site.network(), journal))
    assert [result.change for result in results] == ["added", "failed", "added"]
    failure = journal.failures()[0]
    assert (failure.what, failure.tries) == (site.url("/b"), 1)
    assert "was not found" in failure.reason
    site.pages["/b"] = page(article("Fence posts", 2))
    again = list(fetch_all(wanted(site, "/a", "/b", "/c"), library, site.network(), journal))
    assert [result.change for result in again] == ["asked lately", "added", "asked lately"]
    assert journal.failures() == []


def test_hosts_take_turns() -> None:
    urls = ["http://a/1", "http://a/2", "http://b/1", "http://a/3", "http://c/1"]
    found = [one.url for one in by_host_in_turn([Wanted(url) for url in urls])]
    assert found == ["http://a/1", "http://b/1", "http://c/1", "http://a/2", "http://a/3"]


def test_a_feed_is_followed(library: Library, journal: Journal, site: Site) -> None:
    items = "".join(
        f"<item><title>Report {n}</title><link>{site.url(f'/{n}')}</link><pubDate>Tue, 19 Mar 2024 10:00:00 GMT</pubDate></item>"
        for n in range(2)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Border</title>{items}</channel></rss>'
    site.pages["/feed"] = page(rss.encode(), "application/rss+xml", ETag='"f"')
    for n, words in enumerate(("Border posts", "Refugee returns")):
        site.pages[f"/{n}"] = page(article(words, n))
    feed, announced = look(site.network(), Sandbox(), Feed(site.url("/feed"), "")) or pytest.fail("unchanged")
    assert announced.entries[1] == (site.url("/1"), "Report 1", "2024-03-19")
    journal.follow(feed)
    for expected in (["added", "added"], []):
        found = from_feeds(journal.feeds(), library, site.network(), journal, print)
        assert [r.change for r in fetch_all(found, library, site.network(), journal, again=True)] == expected
    assert journal.feeds()[0].title == "Border"
    assert journal.unfollow(site.url("/feed"))
    assert not journal.unfollow(site.url("/feed"))


def test_one_bad_link_costs_a_feed_one_entry() -> None:
    links = ("https://example.org/a", "http://[bad", "javascript:x", "/b", "")
    items = "".join(f"<item><title>T{at}</title><link>{link}</link></item>" for at, link in enumerate(links))
    feed = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    found = read_feed(feed.encode(), "https://example.org/feed")
    assert [url for url, _, _ in found.entries] == ["https://example.org/a", "https://example.org/b"]
    assert found.left_out == 3


def test_invalid_feeds(site: Site) -> None:
    site.pages["/a"] = page(b"<html><body>no feed</body></html>")
    with pytest.raises(LoadError, match="is no RSS or Atom feed: give the address of the feed itself"):
        look(site.network(), Sandbox(), Feed(site.url("/a"), ""))


@pytest.mark.slow
def test_a_feed_of_a_hundred_thousand_entries(site: Site) -> None:
    site.pages["/a"] = page(made_files.feed(100_000), "application/rss+xml")
    with pytest.raises(SourceError, match=r"is larger than 10 MB|took longer than"):
        look(site.network(), Sandbox(), Feed(site.url("/a"), ""))
    site.pages["/b"] = page(made_files.feed(2_000), "application/rss+xml")
    _, announced = look(site.network(), Sandbox(), Feed(site.url("/b"), "")) or pytest.fail("unchanged")
    assert (len(announced.entries), announced.left_out) == (500, 1_500)


# the catalogue


def test_the_catalogue_is_in_order() -> None:
    listed, parties = catalogue(), shipped_parties()
    assert len(listed) >= 80
    assert len({one.name for one in listed}) == len({one.url for one in listed}) == len(listed)
    for one in listed:
        one.metadata().checked(parties)
        assert one.why.endswith(".")
        assert one.url.startswith("http")
    assert [one.name for one in choose(listed, ["drones"])] == ["tbij-bush-years", "tbij-ten-years", "tbij-mansour"]
    with pytest.raises(NotFound, match="the catalogue has no “nothing”: `torkham sources catalog` shows"):
        choose(listed, ["nothing"])


def test_a_broken_catalogue(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("a: [{nam: x}]")
    with pytest.raises(SourceError, match=r"c\.yaml is not a catalogue"):
        catalogue(tmp_path / "c.yaml")
