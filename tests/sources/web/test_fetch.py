from __future__ import annotations

import gzip
import time

import pytest
from support.fakes.web import Site, moved, page

from evals.fuzz.made_files import html
from sources.errors import FetchError
from sources.web import client
from sources.web.client import Network
from sources.web.public_http import is_public


def refused(network: Network, url: str, message: str, **options) -> None:
    with pytest.raises(FetchError, match=message) as caught:
        network.get(url, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("168.63.129.16", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_page_with_its_validators(site: Site) -> None:
    site.pages["/a"] = page(html(), ETag='"1"', Last_Modified="Tue, 19 Mar 2024 10:00:00 GMT")
    found = site.network().get(site.url("/a"))
    assert found is not None
    assert (found.data, found.etag, found.content_type, found.charset) == (html(), '"1"', "text/html", "utf-8")
    assert found.modified == "Tue, 19 Mar 2024 10:00:00 GMT"
    assert site.asked == ["/robots.txt", "/a"]


def test_not_modified(site: Site) -> None:
    def answer(request) -> None:
        assert request.headers["If-None-Match"] == '"1"'
        assert request.headers["User-Agent"].startswith("Torkham/")
        assert request.headers["Host"] == f"127.0.0.1:{site.port}"
        page(b"", status=304)(request)

    site.pages["/a"] = answer
    assert site.network().get(site.url("/a"), etag='"1"') is None


def test_private_addresses_are_refused(site: Site) -> None:
    network = Network(delay=0.0)
    refused(network, site.url("/a"), r"^127\.0\.0\.1 resolves to 127\.0\.0\.1, which is not a public address: save")
    refused(network, "http://localhost/", "which is not a public address")
    refused(network, "http://2130706433/", "is not a public|cannot be resolved")
    refused(network, "http://[::1]/", "not a public")
    assert site.asked == []


@pytest.mark.parametrize(
    "where", ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::ffff:7f00:1]/"]
)
def test_redirects_to_private_addresses_are_refused(site: Site, where: str) -> None:
    site.pages["/a"] = moved(where)
    refused(site.network(), site.url("/a"), "which is not a public address")


def test_redirects_to_other_schemes_are_refused(site: Site) -> None:
    site.pages["/a"] = moved("file:///etc/passwd")
    refused(site.network(), site.url("/a"), r"^file:///etc/passwd is no web address")


def test_dns_rebinding_is_defeated(site: Site) -> None:
    """DNS rebinding: the connection goes to the address that was checked."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    network = site.network(resolve=lambda host, port: answers.pop(0) if len(answers) > 1 else answers[0])
    refused(network, f"http://rebind.example:{site.port}/a", r"^rebind\.example resolves to 10\.0\.0\.1")
    mixed = site.network(resolve=lambda host, port: ["127.0.0.1", "10.0.0.1"])
    refused(mixed, f"http://mixed.example:{site.port}/a", r"^mixed\.example resolves to 10\.0\.0\.1")


def test_the_name_stays_in_the_host_header(site: Site) -> None:
    def answer(request) -> None:
        page(request.headers["Host"].encode())(request)

    site.pages["/a"] = answer
    network = site.network(resolve=lambda host, port: ["127.0.0.1"])
    found = network.get(f"http://news.example:{site.port}/a")
    assert found is not None
    assert found.data == f"news.example:{site.port}".encode()


def test_endless_redirects(site: Site) -> None:
    site.pages["/a"] = moved("/a")
    refused(site.network(), site.url("/a"), "redirects more than 8 times")


def test_the_last_address_is_recorded(site: Site) -> None:
    site.pages["/a"], site.pages["/b"] = moved("/b"), page(html())
    found = site.network().get(site.url("/a"))
    assert found is not None
    assert found.url == site.url("/b")


def test_headers_that_mislead(site: Site) -> None:
    site.pages["/a"] = page(html(), ETag="é" * 5, Last_Modified="x" * 5000)
    found = site.network().get(site.url("/a"))
    assert found is not None
    assert (found.etag, found.modified) == (None, None)
    site.pages["/b"] = moved("http://[")
    refused(site.network(), site.url("/b"), "redirects to something that is no web address")
    site.pages["/c"] = moved("http://a:99999999/")
    refused(site.network(), site.url("/c"), "is no web address|cannot be fetched|cannot be resolved")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "was not found"),
        (403, "does not allow automated"),
        (500, "responds with status 500"),
        (429, "responds with"),
    ],
)
def test_other_answers(site: Site, status: int, message: str) -> None:
    site.pages["/a"] = page(b"x", status=status)
    with pytest.raises(FetchError, match=message) as caught:
        site.network().get(site.url("/a"))
    assert caught.value.status == status


def test_too_large_a_response(site: Site) -> None:
    site.pages["/a"] = page(b"x" * 2_000_000)
    refused(site.network(), site.url("/a"), "is larger than 1 MB: download it", most=2**20)

    def endless(request) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65_536)

    site.pages["/b"] = endless
    refused(site.network(), site.url("/b"), "is larger than 1 MB", most=2**20)


def test_a_gzip_bomb(site: Site) -> None:
    site.pages["/a"] = page(gzip.compress(b"\0" * 60_000_000, 1), Content_Encoding="gzip")
    refused(site.network(), site.url("/a"), "is larger than 50 MB")
    site.pages["/b"] = page(gzip.compress(html()), Content_Encoding="gzip")
    found = site.network().get(site.url("/b"))
    assert found is not None
    assert found.data == html()
    site.pages["/c"] = page(gzip.compress(html())[:-20], Content_Encoding="gzip")
    refused(site.network(), site.url("/c"), "ended in the middle")
    site.pages["/d"] = page(b"plain", Content_Encoding="gzip")
    refused(site.network(), site.url("/d"), "is compressed incorrectly")
    site.pages["/e"] = page(b"x", Content_Encoding="br")
    refused(site.network(), site.url("/e"), "packed as “br”, which was not asked for")


def test_a_server_that_lies_about_its_length(site: Site) -> None:
    def short(request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"x")
        request.close_connection = True

    site.pages["/a"] = short
    refused(site.network(), site.url("/a"), "cannot be fetched .*: try again later")


@pytest.mark.slow
def test_a_server_that_stalls_or_drips(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FETCH_SECONDS", 1.5)

    def drip(request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
        for _ in range(100):
            request.wfile.write(b"a")
            request.wfile.flush()
            time.sleep(0.2)

    site.pages["/a"] = drip
    site.pages["/b"] = lambda request: time.sleep(5)
    for path in ("/a", "/b"):
        refused(site.network(), site.url(path), "took too long to answer")


def test_robots_txt_is_respected(site: Site) -> None:
    site.pages["/robots.txt"] = page(
        b"User-agent: *\nDisallow: /private\nDisallow: /*?print\nCrawl-delay: 7\n", "text/plain"
    )
    site.pages["/a"] = site.pages["/b"] = page(html())
    waited: list[float] = []
    network = site.network(sleep=waited.append)
    refused(network, site.url("/private/x"), "its robots.txt forbids programs to read it: save the page")
    refused(network, site.url("/a?print=1"), "robots.txt forbids")
    network.get(site.url("/a"))
    network.get(site.url("/b"))
    (pause,) = waited
    assert 2 < pause <= 7
    assert site.asked == ["/robots.txt", "/a", "/b"]


def test_unavailable_robots_txt_disallows(site: Site) -> None:
    site.pages["/robots.txt"] = page(b"", status=503)
    site.pages["/a"] = page(html())
    refused(site.network(), site.url("/a"), "does not say whether programs may read it")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://example.org/", "is no web address"),
        ("http://user:secret@example.org/", r"^example\.org: the address holds a user name"),
        ("http://example.org/" + "x" * 3000, "is longer than 2,000 characters"),
        ("http://nothing.invalid/", "cannot be resolved"),
    ],
)
def test_invalid_addresses(url: str, message: str) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    refused(Network(delay=0.0, resolve=unknown), url, message)
