"""Shows progress while an answer is computed: typing at once, a draft after a second in private chats, a reaction in
groups.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

from telegram import Message, Update
from telegram.error import BadRequest, TelegramError

from bot.answering.answer import Claim
from bot.errors import ModelError
from bot.rendering import made
from bot.telegram.services import Context, desk_of
from bot.telegram.views.html import shorten
from bot.telegram.views.phrases import Phrases

TYPING_SECONDS = 4.0  # Telegram shows it for five seconds
DRAFT_SECONDS = 1.0  # before the first draft, and between two
MAX_DRAFT_UNITS = 3500
RECEIPT = "👀"  # shown on a question in a group until it is answered
_without_reactions: set[int] = set()  # groups that do not allow it


class Working:
    """`async with Working(update, context, say) as working:` shows progress meanwhile."""

    def __init__(self, update: Update, context: Context, say: Phrases, *, action: str = "typing") -> None:
        """`action` is the chat action shown at once."""
        chat, message = update.effective_chat, update.effective_message
        assert chat is not None
        self._bot = context.bot
        desk = desk_of(context)
        self._live, self._stopping = desk.live, desk.in_flight.stopping
        self._chat = chat.id
        self._private = chat.type == "private"
        self._say = say
        self._action = action
        self._draft = update.update_id
        asked = isinstance(message, Message) and update.callback_query is None
        self._message = message.message_id if message is not None and asked and not self._private else None
        self._thread: dict[str, Any] = {}
        if isinstance(message, Message) and message.is_topic_message:
            self._thread = {"message_thread_id": message.message_thread_id}
        self.started = False
        self.stopped = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """The question has left the queue; called from another thread."""
        self.started = True

    def grow(self, claim: Claim) -> None:
        """Append a sentence of a composed answer that passed the gate; called from another thread.

        ModelError once the reader has stopped it: nothing more is requested from the model.
        """
        if self.stopped.is_set():
            raise ModelError("the reader stopped it")
        marks = "".join(f"[{number}]" for number in claim.citations)
        self._grown = f"{self._grown}\n\n{made(claim)} {marks}".strip()

    async def __aenter__(self) -> Working:
        self._tasks = [asyncio.create_task(self._typing())]
        if self._private:
            self._tasks.append(asyncio.create_task(self._drafts()))
            self._stopping[self._chat, self._draft] = self.stopped
        elif self._message is not None and self._chat not in _without_reactions:
            self._reacting = asyncio.create_task(self._react())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A pending chat action may finish; a draft must not arrive after the answer.
        self._stopping.pop((self._chat, self._draft), None)
        for task in self._tasks[1:]:
            task.cancel()
        self._typing_over = True
        await asyncio.gather(*self._tasks[1:], return_exceptions=True)

    _reacting: asyncio.Task[None] | None = None

    async def _react(self) -> None:
        """Set a reaction on the question, and remove it once answered."""
        assert self._message is not None
        try:
            await self._bot.set_message_reaction(self._chat, self._message, RECEIPT)
            while not self._typing_over:
                await asyncio.sleep(TYPING_SECONDS / 40)
            await self._bot.set_message_reaction(self._chat, self._message, [])
        except BadRequest:  # this group does not allow it
            _without_reactions.add(self._chat)
        except TelegramError:  # it is a courtesy
            return

    _typing_over = False
    _grown = ""

    async def _typing(self) -> None:
        while not self._typing_over:
            try:
                await self._bot.send_chat_action(self._chat, self._action, **self._thread)
            except TelegramError:  # it is a courtesy
                return
            for _ in range(40):
                if self._typing_over:
                    return
                await asyncio.sleep(TYPING_SECONDS / 40)

    async def _drafts(self) -> None:
        await asyncio.sleep(DRAFT_SECONDS)
        shown = ""
        stoppable = {"can_stop": True} if self._live.composes else None  # Bot API 10.3; before it is ignored
        while True:
            stage = shorten(self._grown, MAX_DRAFT_UNITS) or self._say("searching" if self.started else "waiting")
            if stage != shown:
                try:
                    await self._bot.send_message_draft(
                        self._chat, self._draft, stage, api_kwargs=stoppable, **self._thread
                    )
                except TelegramError:  # it is a courtesy
                    return
                shown = stage
            await asyncio.sleep(DRAFT_SECONDS)
