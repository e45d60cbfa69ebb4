"""Documents submitted by an admin: previewed, added when confirmed, live at once, undone."""

from __future__ import annotations

import pytest
from support.fakes.web import page, serving
from support.running.telegram_bot import answer_to, buttons, data_of, running

from bot.telegram.serving import staging as intake
from sources.collection.library import Library

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]
ADMIN = {"telegram_admins": (1,), "telegram_admin_changes": True}
WORDS = "The canal at the border was opened in 2024 after talks on water, and trade grew along the fence in the north."
PAGE = (
    "<html lang='en'><head><title>A canal opens</title><meta property='og:site_name' content='The Paper'>"
    f"<meta property='article:published_time' content='2024-05-06'></head><body><article><h1>A canal opens</h1><p>{WORDS}</p>"
    f"<p>{WORDS.replace('canal', 'dam')}</p><p>Traders from both sides said that they had waited for years.</p></article></body></html>"
).encode()
FILE = {"file_id": "F", "file_unique_id": "f", "file_name": "canal.txt", "file_size": 90}


@pytest.fixture
def site(monkeypatch):
    with serving() as served:
        served.pages["/canal"] = page(PAGE)
        monkeypatch.setattr(intake, "Network", served.network)
        yield served


async def touch(api, message, answer):
    """The message that a preview button leads to."""
    before, key = len(api.sent(1)), data_of(message, "a").split(":")[1]
    api.touch(1, message, f"a:{key}:{answer}")
    await api.until(lambda api: len(api.sent(1)) > before)
    return api.sent(1)[-1]


async def test_an_address_is_previewed_added_answered_from_and_undone(api, home, site):
    async with running(api, home, **ADMIN) as bot:
        bot.desk.work.library = Library(home, shipped=home / "nothing")
        preview = await answer_to(api, 1, f"/addsource {site.url('/canal')}")
        for line in ("Title: A canal opens", "Date: 6 May 2024", "Language: en", f"Address: {site.url('/canal')}"):
            assert line in preview["text"]
        assert "Possible duplicate" not in preview["text"]
        generation = bot.desk.live.generation
        added = await touch(api, preview, "yes")
        assert added["text"].startswith("Added as ")
        assert bot.desk.live.generation > generation
        (document,) = [found for found in bot.desk.live.documents.values() if found.url == site.url("/canal")]
        whole = await bot.desk.live.document(document.id)
        assert whole is not None
        assert WORDS in whole.text
        answer = await answer_to(api, 7, "When was the canal at the border opened?")
        assert "A canal opens" in answer["text"]
        again = await answer_to(api, 1, f"/addsource {site.url('/canal')}")
        assert f"Possible duplicate: {document.id} (" in again["text"]
        assert (await touch(api, again, "no"))["text"] == "Nothing was added."
        assert (await touch(api, again, "yes"))["text"] == "This is no longer pending."
        assert (await answer_to(api, 1, "/undo"))["text"] == f"Removed: {document.id}."
        assert document.id not in bot.desk.live.documents
        assert (await answer_to(api, 1, "/undo"))["text"] == "There is nothing to undo."


async def test_staged_documents_survive_a_restart(api, home, site):
    async with running(api, home, **ADMIN) as bot:
        bot.desk.work.library = Library(home, shipped=home / "nothing")
        preview = await answer_to(api, 1, f"/addsource {site.url('/canal')}")
    async with running(api, home, **ADMIN) as bot:
        bot.desk.work.library = Library(home, shipped=home / "nothing")
        assert (await touch(api, preview, "yes"))["text"].startswith("Added as ")
        assert len(bot.desk.live.documents) == 1


async def test_a_failed_fetch_is_reported_and_leaves_nothing(api, home, site):
    async with running(api, home, **ADMIN):
        for address in (site.url("/nothing"), "http://10.0.0.1/", "file:///etc/passwd", "http://[::1]/"):
            said = await answer_to(api, 1, f"/addsource {address}")
            assert buttons(said) == []
        assert (await answer_to(api, 1, "/addsource"))["text"].startswith("Write an address after the command")
    assert list((home / "bot" / "intake").glob("*")) == []
    assert site.asked.count("/nothing") <= 1 + site.asked.count("/robots.txt")


async def test_only_the_admin_can_confirm(api, home, site):
    async with running(api, home, **ADMIN) as bot:
        bot.desk.work.library = Library(home, shipped=home / "nothing")
        preview = await answer_to(api, 1, f"/addsource {site.url('/canal')}")
        before = len(api.sent(7))
        api.touch(7, {**preview, "chat": api.chat(7)}, data_of(preview, "a"))
        await api.until(lambda api: len(api.sent(7)) > before)
    assert api.sent(7)[-1]["text"] == "This is for admins, in a private chat."
    assert len(list((home / "bot" / "intake").glob("*"))) == 1


async def test_a_preview_asks_for_title_date_and_publisher(api, home):
    api.files["F"] = b"The canal was dug by the border.\n\nIt carries water to the fence and back to the border again."
    async with running(api, home, **ADMIN) as bot:
        bot.desk.work.library = Library(home, shipped=home / "nothing")
        preview = await answer_to(api, 1, None, document=FILE)
        for field, given, shown in (("title", "The canal", "Title: The canal"), ("date", "2024-05", "Date: May 2024")):
            key = data_of(preview, "e").split(":")[1]
            before = len(api.sent(1))
            api.touch(1, preview, f"e:{key}:{field}")
            await api.until(lambda api, before=before: len(api.sent(1)) > before)
            wanted = {name: value for name, value in api.sent(1)[-1].items() if name != "reply_to_message"}
            preview = await answer_to(api, 1, given, reply_to_message=wanted)
            assert shown in preview["text"]
        wrong = await answer_to(api, 1, "May", reply_to_message=wanted)
        assert "May" in wrong["text"]
        api.touch(1, preview, data_of(preview, "a"))
        await api.until(lambda api: api.sent(1)[-1]["text"].startswith("Added as canal"))
        (document,) = bot.desk.live.documents.values()
        assert (document.title, document.published) == ("The canal", "2024-05")
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
        assert ".pdf" in (await answer_to(api, 1, None, photo=photo))["text"]


async def test_a_file_from_an_admin_is_previewed_added_and_undone(api, home):
    api.files["F"] = b"The canal was dug by the border.\n\nIt carries water to the fence and back to the border again."
    async with running(api, home, **ADMIN) as bot:
        bot.desk.work.library = Library(home, shipped=home / "nothing")
        refused = await answer_to(api, 7, None, document=FILE)
        assert refused["text"].startswith("I read text only")
        preview = await answer_to(api, 1, None, document=FILE)
        assert "Title: canal" in preview["text"]
        assert [button["text"] for button in buttons(preview)] == ["✎ Title", "✎ Date", "✎ Publisher", "Add", "Discard"]
        api.touch(1, preview, data_of(preview, "a"))
        await api.until(lambda api: len(api.sent(1)) == 2)
        assert api.sent(1)[1]["text"].startswith("Added as canal; generation 0000")
        assert "canal" in bot.desk.live.documents
        assert (
            "Possible duplicate: canal (is in the library already)"
            in (await answer_to(api, 1, None, document=FILE))["text"]
        )
        assert (await answer_to(api, 1, "/undo"))["text"] == "Removed: canal."
        assert "canal" not in bot.desk.live.documents
        assert (await answer_to(api, 1, "/undo"))["text"] == "There is nothing to undo."
        inside = await answer_to(api, 1, "/addsource http://127.0.0.1:1/")
        assert "127.0.0.1" in inside["text"]
        assert buttons(inside) == []
