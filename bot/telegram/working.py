"""Signs of work while an answer is made: typing at once, in private chats a draft with honest stages after a second."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

from telegram import Message, Update
from telegram.error import TelegramError

from bot.answer_types import Claim
from bot.rendering import made
from bot.telegram.desk import Context
from bot.telegram.markup import shorten
from bot.telegram.phrases import Phrases

TYPING_SECONDS = 4.0  # Telegram shows it for five
DRAFT_AFTER = 1.0
MOST = 3500  # units of a draft


class Working:
    """`async with Working(update, context, say) as working:` shows that something is being done."""

    def __init__(self, update: Update, context: Context, say: Phrases) -> None:
        chat, message = update.effective_chat, update.effective_message
        assert chat is not None
        self._bot = context.bot
        self._chat = chat.id
        self._private = chat.type == "private"
        self._say = say
        self._draft = update.update_id
        self._thread: dict[str, Any] = {}
        if isinstance(message, Message) and message.is_topic_message:
            self._thread = {"message_thread_id": message.message_thread_id}
        self.started = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Its turn has come; called from another thread."""
        self.started = True

    def grow(self, claim: Claim) -> None:
        """One more sentence of a composed answer, which has passed the gate; called from another thread."""
        marks = "".join(f"[{number}]" for number in claim.citations)
        self._grown = f"{self._grown}\n\n{made(claim)} {marks}".strip()

    async def __aenter__(self) -> Working:
        self._tasks = [asyncio.create_task(self._typing())]
        if self._private:
            self._tasks.append(asyncio.create_task(self._drafts()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Typing that is on its way is let go on; a draft must not arrive after the answer.
        for task in self._tasks[1:]:
            task.cancel()
        self._typing_over = True
        await asyncio.gather(*self._tasks[1:], return_exceptions=True)

    _typing_over = False
    _grown = ""

    async def _typing(self) -> None:
        while not self._typing_over:
            try:
                await self._bot.send_chat_action(self._chat, "typing", **self._thread)
            except TelegramError:  # it is a courtesy
                return
            for _ in range(40):
                if self._typing_over:
                    return
                await asyncio.sleep(TYPING_SECONDS / 40)

    async def _drafts(self) -> None:
        await asyncio.sleep(DRAFT_AFTER)
        shown = ""
        while True:
            stage = shorten(self._grown, MOST) or self._say("searching" if self.started else "waiting")
            if stage != shown:
                try:
                    await self._bot.send_message_draft(self._chat, self._draft, stage, **self._thread)
                except TelegramError:  # it is a courtesy
                    return
                shown = stage
            await asyncio.sleep(DRAFT_AFTER)
