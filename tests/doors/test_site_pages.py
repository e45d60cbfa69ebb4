"""The pages: what stands in them, in which direction, with every text escaped, and the cited words marked in their place."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from support.made.answers import PARTIES, answer, citation
from support.running.served import http
from support.running.telegram_bot import TRUCE, brief

from bot.answering.answer import Alternative, Claim
from bot.http.marks import Mark, lines, parse_marks, window
from bot.http.pages import ROWS, numbers, part_of, parts
from bot.rendering.addresses import place_address
from bot.rendering.form import alternative, answer_form
from bot.rendering.phrases import LANGUAGES, texts
from sources.document import Document

QUESTION = "Where is the border fence?"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
MOST = 50_000  # bytes of a page with its style


@pytest.fixture
async def client(home, monkeypatch):
    async with http(home, monkeypatch) as (made, _):
        yield made


class Elements(HTMLParser):
    """The elements of a page: (name, attributes, the text inside)."""

    def __init__(self, html):
        super().__init__()
        self.found, self._open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = [tag, dict(attrs), ""]
        self.found.append(element)
        if tag not in {"meta", "link", "input", "br"}:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        for element in self._open:
            element[2] += data

    def all(self, name, **wanted):
        return [
            (given, text) for tag, given, text in self.found
            if tag == name and all(given.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]  # fmt: skip


async def page(client, address, **headers):
    reply = await client.get(address, headers=headers)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    elements = Elements(reply.text)
    assert not elements._open  # every element is closed
    assert not elements.all("script")
    assert not [
        given for _, given, _ in elements.found if "style" in given or any(key.startswith("on") for key in given)
    ]
    return elements


@pytest.mark.anyio
async def test_a_citation_leads_to_its_words_marked_in_their_place(client):
    asked = await page(client, f"/?q={quote(QUESTION)}")
    [(link, said), *_] = asked.all("a", class_="cite")
    given = (await client.post("/v1/ask", json={"question": QUESTION})).json()["citations"][0]
    assert said.strip("\u2068\u2069") == f"[{given['number']}]"
    assert link["href"].endswith(f"#cite-{given['number']}")
    source = await page(client, link["href"])
    [(_, marked)] = source.all("mark", id=f"cite-{given['number']}")
    assert marked == given["quote"]


@pytest.mark.anyio
async def test_a_refusal_says_so_and_offers_questions_as_links(client):
    asked = await page(client, f"/?q={quote('Who is the king of France?')}")
    assert not asked.all("ul", class_="claims")
    assert [text for _, text in asked.all("h2")] == ["Who is the king of France?"]


@pytest.mark.anyio
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_an_unclear_question_may_mean_are_links_that_ask_it(home, monkeypatch, language):
    meant = [
        Alternative("2024-12-24", HOSTILE, f"the strike (2024-12-24: {HOSTILE})?", "strikes", 3, 9),
        Alternative("2022-04-16", "A strike hit Khost.", "the strike (2022-04-16: Khost)?", "strikes", 12, 19),
    ]
    unclear = answer(
        language, claims=(), citations=(), reason="unclear", alternatives=tuple(meant), suggestions=("no",)
    )

    async def asked(*_, **__):
        return unclear

    async with http(home, monkeypatch) as (client, service):
        monkeypatch.setattr(service.live, "answer", asked)
        shown = await page(client, f"/?q=the+strike&lang={language}")
        said = texts(language)
        assert said.get("you_may_mean") in [text for _, text in shown.all("p")]
        asking = [each for each in shown.all("a") if each[0]["href"].startswith("/?q=") and "hreflang" not in each[0]]
        links = {given["href"]: text for given, text in asking}
        assert links == {
            "/?" + urlencode({"q": each.question, "lang": language}): alternative(each, said) for each in meant
        }


def test_a_list_is_one_list_with_what_others_say_below_the_event():
    claims = tuple(
        Claim(text, party, None, day, (1,))
        for text, party, day in [
            ("A strike hit Khost.", "agreed", "2022-04-16"),
            ("It killed 47.", "taliban", "2022-04-17"),
            ("A strike hit Barmal.", "agreed", "2024-12-24"),
            ("There were 9.", "analysts", "2024-12-31"),
        ]
    )
    form = answer_form(answer(claims=claims, form="list", events=(2, 1)), PARTIES)
    assert [(part.kind, [line.kind for line in part.lines]) for part in parts(form)] == [
        ("note", ["note"]),
        ("items", ["item", "again", "item"]),
        ("note", ["note"]),
        ("items", ["item"]),
    ]


@pytest.mark.anyio
async def test_a_long_list_has_parts_of_whole_events(home, monkeypatch):
    events = tuple(2 + number % 2 for number in range(56))
    said = [Claim(f"Event {number}.", "agreed", None, "2024-12-24", (number,)) for number in range(1, sum(events) + 2)]
    cited = tuple(replace(citation(), number=n, document_id=f"d-{n % 9}") for claim in said for n in claim.citations)
    long = answer(claims=tuple(said), citations=cited, form="list", events=events)
    shown = [part_of(long, part) for part in range(4)]
    assert [claim for part in shown for claim in part] == said
    assert max(map(len, shown)) <= ROWS + 1
    assert part_of(long, 99) == shown[-1]

    async def asked(*_, **__):
        return long

    async with http(home, monkeypatch) as (client, service):
        monkeypatch.setattr(service.live, "answer", asked)
        first = await page(client, "/?q=list+all")
        [after] = [given["href"] for given, text in first.all("a") if text == texts("en").get("page_after")]
        assert after == "/?q=list+all&part=1"
        assert "As held in this library: 56" in [text for _, text in first.all("p")]
        second = await page(client, after)
        turned = {text: given["href"] for given, text in second.all("a") if "part=" in given["href"]}
        assert turned[texts("en").get("page_before")] == "/?q=list+all&part=0"
        assert len((await client.get(after)).content) < MOST


@pytest.mark.anyio
async def test_a_list_says_what_is_counted_and_sets_other_voices_below(home, monkeypatch):
    claims = (
        Claim("A strike hit Khost.", "agreed", None, "2022-04-16", (1,)),
        Claim("It killed 47.", "taliban", None, "2022-04-17", (1,)),
        Claim("A strike hit Barmal.", "agreed", None, "2024-12-24", (1,)),
    )

    async def asked(*_, **__):
        return answer(claims=claims, form="list", events=(2, 1))

    async with http(home, monkeypatch) as (client, service):
        monkeypatch.setattr(service.live, "answer", asked)
        shown = await page(client, "/?q=list+the+strikes")
    assert "As held in this library: 2" in [text for _, text in shown.all("p", class_="note")]
    assert len(shown.all("ul", class_="claims")) == 1
    [(_, below)] = shown.all("li", class_="again")
    assert "It killed 47." in below


@pytest.mark.anyio
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_page_speaks_its_language_in_its_direction(client, language):
    words = texts(language)
    for address in (f"/?lang={language}", f"/sources?lang={language}", f"/sources/fence?lang={language}"):
        shown = await page(client, address)
        [(html, _)] = shown.all("html")
        assert html == {"lang": language, "dir": "rtl" if words.right_to_left else "ltr"}
    by_browser = await page(client, "/", **{"Accept-Language": f"de, {language}-XX;q=0.8"})
    assert by_browser.all("html")[0][0]["lang"] == language
    assert words.get("page_question") in [text for _, text in by_browser.all("label")]


@pytest.mark.anyio
async def test_what_readers_and_libraries_write_is_text(client):
    for address in (f"/?q={quote(HOSTILE)}", f"/?q={quote(QUESTION)}&h={quote(HOSTILE)}", f"/sources?words={quote(HOSTILE)}",
                    f"/sources/{quote(HOSTILE.replace('/', ''))}", "/sources", "/sources/fence"):  # fmt: skip
        html = (await client.get(address)).text
        assert "<script" not in html
        assert "<img" not in html
        assert "<i>&" not in html
        await page(client, address)
    assert 'The fence <i>& "more"</i>' in unescape((await client.get("/sources/fence")).text)


@pytest.mark.anyio
async def test_a_page_with_its_style_is_small(client):
    style = len((await client.get("/style.css")).content)
    for address in (f"/?q={quote(QUESTION)}", "/", "/sources", "/docs"):
        assert len((await client.get(address)).content) + style < MOST


@pytest.mark.anyio
async def test_a_changed_document_is_shown_without_marks(client):
    for address in (
        "/sources/fence?m=1.0.8&v=000000000000",
        "/sources/fence?m=1.0.999999",
        "/sources/fence?m=x.1.2",
        "/sources/fence?m=1.2",
    ):
        shown = await page(client, address)
        assert not shown.all("mark")
        assert texts("en").get("page_changed") in [text for _, text in shown.all("p", role="alert")]


@pytest.mark.anyio
async def test_an_unknown_document_and_a_bad_question_are_pages_too(client):
    gone = await client.get("/sources/fense")
    assert gone.status_code == 404
    assert "did you mean fence?" in gone.text
    wrong = await client.get("/?q=%3F%3F")
    assert wrong.status_code == 422
    assert "The question is empty" in wrong.text


@pytest.mark.anyio
async def test_a_follow_up_carries_the_questions_before(client):
    asked = await page(client, f"/?q={quote(QUESTION)}&h=one&h=two&h=three")
    assert [given["value"] for given, _ in asked.all("input", name_="h")] == ["two", "three", QUESTION]


@pytest.mark.anyio
async def test_below_a_composed_answer_stand_the_passages_that_it_rests_on(home, monkeypatch):
    made = answer(claims=(Claim("They agreed <b>.", None, None, None, (1,), wording="composed"),), composed=True,
                  citations=(citation(quote="A truce <i> was agreed."),))  # fmt: skip

    async def composing(asked):
        return made

    async with http(home, monkeypatch) as (client, service):
        monkeypatch.setattr(service, "ask", composing)
        shown = await page(client, "/?q=x")
        assert "[1] A truce <i> was agreed." in [text for _, text in shown.all("p", class_="about")]
        assert [text for given, text in shown.all("p") if "✎ They agreed <b>." in text]


def test_two_sides_stand_in_two_groups():
    claims = tuple(Claim(f"{party} says so.", party, None, "2025-10-19", (1,)) for party in ("pakistan", "taliban"))
    made = parts(answer_form(answer(claims=claims, disputed=True), PARTIES))
    assert [part.kind for part in made] == ["note", "sides"]
    assert [side.heading.plain for side in made[1].sides] == ["Pakistan", "Taliban"]
    assert [len(part.lines) for side in made[1].sides for part in side.parts] == [1, 1]


def test_only_marks_are_taken_for_citations():
    assert numbers(" [1]\u2068[12]\u2069 x") == [
        (" ", None),
        ("[1]", 1),
        ("\u2068", None),
        ("[12]", 12),
        ("\u2069 x", None),
    ]


def test_an_address_names_every_place_in_the_same_text():
    one, two, other = (
        citation(number=number, start=number, end=9, digest=digest * 16)
        for number, digest in ((1, "abcd"), (2, "abcd"), (3, "eeee"))
    )
    assert (
        place_address("https://x.org/", two, [one, two, other])
        == "https://x.org/sources/d?m=1.1.9&m=2.2.9&v=abcdabcdabcd#cite-2"
    )
    assert place_address("", citation(document_id="a/b ?", digest="f"), language="ur").startswith(
        "/sources/a%2Fb%20%3F?m=1.0.4&v=f&lang=ur#"
    )


def shown(document, marks, first=0, last=None):
    found = lines(document, marks, texts("en"), PARTIES, first, len(document.text) if last is None else last)
    return [[(piece.text, piece.numbers, piece.begins, piece.ends) for piece in line.pieces] for line in found]


def test_marks_overlap_nest_and_run_over_lines():
    document = Document("d", "D", "abcdef\nghi")
    assert shown(document, [Mark(1, 1, 4), Mark(2, 2, 3), Mark(3, 4, 9)]) == [
        [("a", (), (), ()), ("b", (1,), (1,), ()), ("c", (1, 2), (2,), (2,)), ("d", (1,), (), (1,)), ("ef", (3,), (3,), ())],
        [("gh", (3,), (), (3,)), ("i", (), (), ())],
    ]  # fmt: skip


def test_offsets_count_code_points():
    document = Document("d", "D", "پښتو 🇵🇰 کرښه")
    start = document.text.index("کرښه")
    assert shown(document, [Mark(1, start, start + 4)])[0][-1] == ("کرښه", (1,), (1,), (1,))


def test_the_head_of_a_statement_is_in_words_unless_it_is_cited():
    document = brief()
    start = document.text.index(TRUCE)
    found = lines(document, [Mark(1, start, start + len(TRUCE))], texts("en"), PARTIES, 0, len(document.text))
    assert [line.head for line in found] == [
        "",
        "19 October 2025 · Pakistan",
        "20 October 2025 · Taliban, Zabihullah Mujahid",
    ]
    assert [piece.text for piece in found[1].pieces] == [TRUCE]
    whole = document.text.index("2025-10-19")
    found = lines(document, [Mark(1, whole, start + 3)], texts("en"), PARTIES, 0, len(document.text))
    assert found[1].head == ""
    assert found[1].pieces[0].text == f"2025-10-19 · Pakistan: {TRUCE[:3]}"


def test_a_long_text_is_shown_around_its_mark_from_line_to_line():
    text = "".join(f"line {number:04}\n" for number in range(1000))
    assert window("short", 2, 100) == (0, 5)
    for start in (0, 1234, 4567, len(text) - 5):
        first, last = window(text, start, 400)
        assert first <= start < last <= len(text)
        assert last - first <= 400
        assert text[first:].startswith("line")
        assert text[:last].endswith("\n")
    assert window("x" * 1000, 990, 100)[1] - window("x" * 1000, 990, 100)[0] <= 1000


@pytest.mark.parametrize("written", ["x.1.2", "0.1.2", "1.5.5", "1.9.11", "-1.0.3", "1.٣.5"])
def test_a_mark_outside_the_text_is_refused(written):
    with pytest.raises(ValueError, match=re.escape(written)):
        parse_marks([written], 10)


@pytest.mark.parametrize("written", ["1.2", "1.2.3.4", ""])
def test_what_is_no_mark_is_refused(written):
    with pytest.raises(ValueError, match="expected 3"):
        parse_marks([written], 10)
