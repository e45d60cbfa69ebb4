"""A bot in the test's own event loop, over the fake Bot API, with the model that can be computed by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from conftest import Bookshelf, WordEncoder
from support.fakes.bot_api import TOKEN, FakeBotApi

from bot.console import Console
from bot.service.live_index import LiveIndex
from bot.settings import Settings
from bot.store.sqlite import Store
from bot.telegram.app import Running
from bot.telegram.assembly import single_process
from bot.workspace import Workspace
from index.build.update import update
from sources.document import Document, Reference, Statement

TRUCE = "The Taliban and Pakistan agreed a truce in Doha."
DENIED = "The truce was broken by a strike on the border."


def brief(name: str = "doha", title: str = "Truce talks") -> Document:
    """A brief with two statements of two parties."""
    text = f"Truce talks in Doha\n2025-10-19 · Pakistan: {TRUCE}\n2025-10-20 · Taliban: {DENIED}\n"
    first, second = text.index(TRUCE), text.index(DENIED)
    reference = Reference(
        "dawn", "Truce & <b>talks</b>", "Dawn", "A. Writer", "2025-10-20", "https://www.dawn.com/news/1"
    )
    return Document(
        name, title, text, kind="brief", covers_from="2025-10-01", covers_to="2025-10-31",
        statements=(
            Statement(first, first + len(TRUCE), "2025-10-19", "2025-10-19", "2025-10-19", "pakistan", None, ("dawn",)),
            Statement(second, second + len(DENIED), "2025-10-20", "2025-10-20", "2025-10-20", "taliban", "Zabihullah Mujahid", ("dawn",)),
        ),
        references=(reference,),
    )  # fmt: skip


def library() -> Bookshelf:
    """A brief on the truce, a page on the fence with a hostile title, one on refugees."""
    documents = [
        brief(),
        Document("fence", "The fence <i>& \"more\"</i>", "Pakistan built a fence along the border. The fence has towers.\n\nIt follows the border in the north.", kind="news", published="2017-03-01", publisher="Dawn", url="https://example.org/a?b=1&c=2"),
        Document("refugees", "Refugees", "Many refugees crossed the border.\n\nLater refugees went home.", kind="news", published="2023-11"),
    ]  # fmt: skip
    return Bookshelf({document.id: document for document in documents})


def workspace(home: Path, encoder: WordEncoder | None = None, **settings: Any) -> Workspace:
    """A workspace on the word encoder; its index holds `library()`, unless there is one."""
    work = Workspace(
        Settings(home=home, telegram_token=TOKEN, telegram_poll_seconds=2, telegram_processes=0, **settings),
        Console(quiet=True),
    )
    work._encoder = encoder or WordEncoder()
    work.library = library()  # type: ignore[assignment]
    if work.generations.current() is None:
        update(library(), work.generations, work._encoder)
    return work


@asynccontextmanager
async def running(api: FakeBotApi, home: Path, **settings: Any) -> AsyncIterator[Running]:
    """A bot at work."""
    work = workspace(home, telegram_base_url=api.url, **settings)
    store = Store(home / "bot")
    stop = asyncio.Event()
    bot = single_process(work, LiveIndex(home, work.encoder()), store)
    serving = asyncio.create_task(bot.serve(stop))
    try:
        await api.until(lambda api: api.of("deleteWebhook") or api.of("setWebhook") or serving.done())
        yield bot
    finally:
        stop.set()
        await serving
        store.close()


async def answer_to(api: FakeBotApi, person: int, text: str | None, **fields: Any) -> dict[str, Any]:
    """The message that the next one of a reader leads to."""
    before = len(api.sent())
    api.say(person, text, **fields)
    await api.until(lambda api: len(api.sent()) > before)
    return api.sent()[-1]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons of a message, row by row."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def data_of(message: dict[str, Any], kind: str) -> str:
    """What the first button of a kind sends back."""
    return next(
        button["callback_data"] for button in buttons(message) if button.get("callback_data", "").startswith(f"{kind}:")
    )
