"""A strict fake of the Telegram Bot API on loopback: it refuses what Telegram refuses, and breaks when told to.

In its own process: `python fake_bot_api.py` prints its address; `/sim/…` then plays the readers.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import time
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

TOKEN = "123456789:TEST-TOKEN-abcdefghijklmnopqrstu"
TAGS = {
    "a",
    "b",
    "blockquote",
    "code",
    "del",
    "em",
    "i",
    "ins",
    "pre",
    "s",
    "span",
    "strike",
    "strong",
    "tg-emoji",
    "tg-spoiler",
    "u",
}
TEXT_FIELDS = {
    "text",
    "caption",
    "parse_mode",
    "callback_query_id",
    "inline_query_id",
    "url",
    "language_code",
    "action",
}
TEXT_FIELDS |= {"description", "short_description", "secret_token"}


class Refused(Exception):
    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Markup(HTMLParser):
    """Telegram's HTML: a closed list of tags, properly nested, blockquotes not inside each other."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text: list[str] = []
        self.entities = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        if tag == "blockquote" and "blockquote" in self.open:
            raise bad("can't parse entities: blockquote can't be nested")
        if tag == "a" and not dict(attrs).get("href", "").startswith(("http://", "https://", "tg://")):
            raise bad("can't parse entities: empty or strange link")
        self.open.append(tag)
        self.entities += 1

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        raise bad(f'can\'t parse entities: Unsupported start tag "{tag}/" at byte offset 0')

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad(f'can\'t parse entities: Unmatched end tag at byte offset 0, found "</{tag}>"')

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise bad("can't parse entities: Unexpected end of tag")
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        self.text.append({"lt": "<", "gt": ">", "amp": "&", "quot": '"'}.get(name, f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.text.append(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))

    def handle_comment(self, data: str) -> None:
        raise bad('can\'t parse entities: Unsupported start tag "!" at byte offset 0')

    def handle_decl(self, decl: str) -> None:
        raise bad('can\'t parse entities: Unsupported start tag "!" at byte offset 0')

    def done(self) -> str:
        self.text.append(self.rawdata)
        if "<" in self.rawdata or self.open:
            raise bad("can't parse entities: Can't find end tag")
        return "".join(self.text)


def rendered(text: str, mode: str | None, most: int = 4096) -> str:
    """The text that a reader sees; Refused for what Telegram refuses."""
    if len(text.encode()) > 32_768:
        raise bad("message is too long")
    if mode == "HTML":
        parser = Markup()
        parser.feed(text)
        text = parser.done()
        if parser.entities > 100:
            raise bad("ENTITIES_TOO_LONG")
    elif mode:
        raise bad(f"unsupported parse_mode {mode}")
    if not text.strip():
        raise bad("message text is empty")
    if units(text) > most:
        raise bad("message is too long")
    return text


class FakeBotApi:
    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.me = {
            "id": int(token.split(":")[0]), "is_bot": True, "first_name": "Torkham", "username": "torkham_test_bot",
            "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True,
        }  # fmt: skip
        self.update_ids, self.message_ids, self.query_ids = itertools.count(1), itertools.count(1), itertools.count(1)
        self.queue: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.touched: dict[str, bool] = {}
        self.inline: dict[str, Any] = {}
        self.faults: list[dict[str, Any]] = []
        self.blocked: set[int] = set()
        self.files: dict[str, bytes] = {}
        self.kept: dict[tuple[str, str, str], Any] = {}
        self.webhook = ""
        self.languages: dict[int, str] = {}
        self.pushed, self.called = asyncio.Event(), asyncio.Event()
        self.poller: asyncio.Future[None] | None = None

    # the readers' side

    def user(self, person: int) -> dict[str, Any]:
        return {
            "id": person,
            "is_bot": False,
            "first_name": f"U{person}",
            "language_code": self.languages.get(person, "en"),
        }

    def chat(self, chat: int) -> dict[str, Any]:
        if chat > 0:
            return {"id": chat, "type": "private", "first_name": f"U{chat}"}
        return {"id": chat, "type": "supergroup", "title": "A group"}

    def push(self, kind: str, value: dict[str, Any], update_id: int | None = None) -> dict[str, Any]:
        update = {"update_id": update_id or next(self.update_ids), kind: value}
        self.queue.append(update)
        self.pushed.set()
        return update

    def message(self, person: int, text: str | None, chat: int | None = None, **fields: Any) -> dict[str, Any]:
        message = {
            "message_id": next(self.message_ids), "date": int(time.time()), "from": self.user(person),
            "chat": self.chat(chat or person), **fields,
        }  # fmt: skip
        if text is not None:
            message["text"] = text
            message["entities"] = [
                {"type": "mention" if match[0][0] == "@" else "bot_command", "offset": units(text[: match.start()]), "length": units(match[0])}
                for match in re.finditer(r"@\w+|^/\w+(@\w+)?", text)
            ]  # fmt: skip
        self.messages[message["chat"]["id"], message["message_id"]] = message
        return message

    def say(self, person: int, text: str | None, chat: int | None = None, **fields: Any) -> dict[str, Any]:
        return self.push("message", self.message(person, text, chat, **fields))

    def edit(self, message: dict[str, Any], text: str) -> dict[str, Any]:
        changed = {**message, "text": text, "edit_date": int(time.time())}
        return self.push("edited_message", changed)

    def touch(self, person: int, message: dict[str, Any], data: str) -> str:
        identifier = str(next(self.query_ids))
        self.touched[identifier] = False
        self.push(
            "callback_query",
            {"id": identifier, "from": self.user(person), "chat_instance": "1", "message": message, "data": data},
        )
        return identifier

    def type_inline(self, person: int, query: str) -> str:
        identifier = str(next(self.query_ids))
        self.inline[identifier] = None
        self.push("inline_query", {"id": identifier, "from": self.user(person), "query": query, "offset": ""})
        return identifier

    def fault(self, method: str, kind: int | str, times: int = 1, **about: Any) -> None:
        """429 (retry_after), any other status, html502, drop, drop_after or slow (seconds), for the next calls."""
        self.faults.append({"method": method, "kind": kind, "times": times, **about})

    async def until(self, found: Any, seconds: float = 5.0) -> Any:
        """What `found(self)` gives once it is true."""
        end = time.monotonic() + seconds
        while not (value := found(self)):
            self.called.clear()
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(
                    f"nothing came; last calls: {[(c['method'], c.get('error')) for c in self.calls[-8:]]}"
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.called.wait(), min(left, 0.2))
        return value

    def sent(self, chat: int | None = None) -> list[dict[str, Any]]:
        """The messages that arrived, as the reader sees them."""
        return [
            call["arrived"]
            for call in self.calls
            if call.get("arrived")
            and call["method"].startswith("send")
            and (chat is None or call["arrived"]["chat"]["id"] == chat)
        ]

    def of(self, method: str) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["method"] == method]

    # the methods

    async def m_getMe(self, p: dict[str, Any]) -> Any:
        return self.me

    async def m_getUpdates(self, p: dict[str, Any]) -> Any:
        if self.webhook:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        if self.poller is not None and not self.poller.done():
            self.poller.set_exception(
                Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )
        if offset := int(p.get("offset") or 0):
            self.queue = [update for update in self.queue if update["update_id"] >= offset]
        allowed, end = p.get("allowed_updates"), time.monotonic() + float(p.get("timeout") or 0)
        while True:
            found = [u for u in self.queue if not allowed or any(kind in allowed for kind in u)][
                : int(p.get("limit") or 100)
            ]
            if found or time.monotonic() >= end:
                return found
            self.pushed.clear()
            mine = self.poller = asyncio.get_running_loop().create_future()
            waiting = asyncio.ensure_future(self.pushed.wait())
            try:
                done, _ = await asyncio.wait(
                    {waiting, mine}, timeout=end - time.monotonic(), return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                waiting.cancel()
                if self.poller is mine:
                    self.poller = None
            if mine in done:
                mine.result()

    async def m_deleteWebhook(self, p: dict[str, Any]) -> Any:
        self.webhook = ""
        if p.get("drop_pending_updates"):
            self.queue.clear()
        return True

    async def m_getWebhookInfo(self, p: dict[str, Any]) -> Any:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.queue)}

    def _out(self, p: dict[str, Any], **body: Any) -> dict[str, Any]:
        chat = self._chat(p)
        self._check_buttons(p)
        answered = (p.get("reply_parameters") or {}).get("message_id")
        if (
            answered
            and (chat, answered) not in self.messages
            and not p["reply_parameters"].get("allow_sending_without_reply")
        ):
            raise bad("message to be replied not found")
        message = {
            "message_id": next(self.message_ids),
            "date": int(time.time()),
            "from": self.me,
            "chat": self.chat(chat),
            **body,
        }
        if answered:
            message["reply_to_message"] = {
                k: v for k, v in self.messages.get((chat, answered), {}).items() if k != "reply_to_message"
            }
            if not message["reply_to_message"]:
                del message["reply_to_message"]
        if p.get("message_thread_id"):
            message["message_thread_id"], message["is_topic_message"] = p["message_thread_id"], True
        if p.get("reply_markup"):
            message["reply_markup"] = p["reply_markup"]
        self.messages[chat, message["message_id"]] = message
        return message

    def _chat(self, p: dict[str, Any]) -> int:
        if p.get("chat_id") is None:
            raise bad("chat_id is empty")
        if p["chat_id"] in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return int(p["chat_id"])

    def _check_buttons(self, p: dict[str, Any]) -> None:
        rows = (p.get("reply_markup") or {}).get("inline_keyboard", [])
        if sum(map(len, rows)) > 100:
            raise bad("too many buttons")
        for button in (button for row in rows for button in row):
            kinds = [kind for kind in ("callback_data", "url", "copy_text") if button.get(kind)]
            if len(kinds) != 1 or not button.get("text"):
                raise bad("can't parse inline keyboard button: exactly one of the optional fields must be used")
            if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= 64:
                raise bad("BUTTON_DATA_INVALID")
            if units((button.get("copy_text") or {}).get("text", "x")) > 256:
                raise bad("BUTTON_COPY_TEXT_INVALID")

    async def m_sendMessage(self, p: dict[str, Any]) -> Any:
        return self._out(p, text=rendered(p.get("text", ""), p.get("parse_mode")))

    async def m_sendPhoto(self, p: dict[str, Any]) -> Any:
        if p.get("caption"):
            rendered(p["caption"], p.get("parse_mode"), 1024)
        return self._out(
            p, photo=[{"file_id": "P", "file_unique_id": "p", "width": 1, "height": 1}], caption=p.get("caption")
        )

    async def m_sendDocument(self, p: dict[str, Any]) -> Any:
        return self._out(
            p,
            document={"file_id": "D", "file_unique_id": "d", "file_name": p["document"]["name"]},
        )

    async def m_sendMessageDraft(self, p: dict[str, Any]) -> Any:
        if self._chat(p) < 0 or not p.get("draft_id"):
            raise bad("drafts need a private chat and a draft_id")
        return True

    async def m_sendChatAction(self, p: dict[str, Any]) -> Any:
        self._chat(p)
        if p.get("action") != "typing":
            raise bad("wrong parameter action in request")
        return True

    async def m_editMessageText(self, p: dict[str, Any]) -> Any:
        message = self.messages.get((self._chat(p), p.get("message_id", 0)))
        if not message:
            raise bad("message to edit not found")
        text = rendered(p.get("text", ""), p.get("parse_mode"))
        self._check_buttons(p)
        if (text, p.get("reply_markup")) == (message.get("text"), message.get("reply_markup")):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
            )
        message.update(
            text=text, edit_date=int(time.time()), reply_markup=p.get("reply_markup") or {"inline_keyboard": []}
        )
        return message

    async def m_answerCallbackQuery(self, p: dict[str, Any]) -> Any:
        if self.touched.get(p["callback_query_id"], True):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if units(p.get("text") or "") > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.touched[p["callback_query_id"]] = True
        return True

    async def m_answerInlineQuery(self, p: dict[str, Any]) -> Any:
        if p["inline_query_id"] not in self.inline:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        identifiers = [result["id"] for result in p["results"]]
        if (
            len(identifiers) > 50
            or len(set(identifiers)) < len(identifiers)
            or any(len(i.encode()) > 64 for i in identifiers)
        ):
            raise bad("RESULT_ID_INVALID")
        for result in p["results"]:
            content = result["input_message_content"]
            rendered(content["message_text"], content.get("parse_mode"))
        self.inline[p["inline_query_id"]] = p
        return True

    async def m_getFile(self, p: dict[str, Any]) -> Any:
        if p["file_id"] not in self.files:
            raise bad("invalid file_id")
        return {
            "file_id": p["file_id"],
            "file_unique_id": "u",
            "file_size": len(self.files[p["file_id"]]),
            "file_path": f"documents/{p['file_id']}",
        }

    def _keeps(self, what: str, p: dict[str, Any], value: Any = None) -> Any:
        key = (what, json.dumps(p.get("scope")), p.get("language_code") or "")
        if value is None:
            return self.kept.get(key)
        self.kept[key] = value
        return True

    async def m_setMyCommands(self, p: dict[str, Any]) -> Any:
        for command in p["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_INVALID")
        return self._keeps("commands", p, p["commands"])

    async def m_getMyCommands(self, p: dict[str, Any]) -> Any:
        return self._keeps("commands", p) or []

    async def m_setMyDescription(self, p: dict[str, Any]) -> Any:
        if len(p["description"]) > 512:
            raise bad("description is too long")
        return self._keeps("description", p, p["description"])

    async def m_getMyDescription(self, p: dict[str, Any]) -> Any:
        return {"description": self._keeps("description", p) or ""}

    async def m_setMyShortDescription(self, p: dict[str, Any]) -> Any:
        if len(p["short_description"]) > 120:
            raise bad("short description is too long")
        return self._keeps("short", p, p["short_description"])

    async def m_getMyShortDescription(self, p: dict[str, Any]) -> Any:
        return {"short_description": self._keeps("short", p) or ""}

    # over HTTP

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method, p = request.match_info["method"], await _parameters(request)
        call: dict[str, Any] = {"method": method, "p": p, "at": time.time()}
        if method != "getUpdates":
            self.calls.append(call)
        try:
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            fault = self._fault(method)
            kind = fault["kind"] if fault else None
            if kind == 429:
                raise Refused(
                    429, f"Too Many Requests: retry after {fault['retry_after']}", retry_after=fault["retry_after"]
                )
            if kind == "drop":
                call["error"] = "drop"
                return _abort(request)
            if kind == "html502":
                return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
            if kind == "slow":
                await asyncio.sleep(fault["seconds"])
            if isinstance(kind, int):
                raise Refused(kind, fault.get("description", "Internal Server Error"))
            function = getattr(self, f"m_{method}", None)
            if function is None:
                raise Refused(404, "Not Found")
            result = await function(p)
            if isinstance(result, dict) and "message_id" in result:
                call["arrived"] = result
            call["ok"] = True
            return _abort(request) if kind == "drop_after" else web.json_response({"ok": True, "result": result})
        except Refused as refused:
            call["error"] = refused.description
            body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
            if refused.parameters:
                body["parameters"] = refused.parameters
            return web.json_response(body, status=refused.code)
        finally:
            self.called.set()

    def _fault(self, method: str) -> Any:
        for fault in self.faults:
            if fault["method"] == method and fault["times"] > 0:
                fault["times"] -= 1
                return fault
        return None

    async def file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.files[request.match_info["name"]])

    async def start(self, port: int = 0) -> FakeBotApi:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", r"/bot{token:[^/]+}/{method}", self.handle)
        app.router.add_get(r"/file/bot{token:[^/]+}/documents/{name}", self.file)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        await self.runner.cleanup()


def _abort(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    p: dict[str, Any] = {}
    for key, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            p[key] = {"name": value.filename, "content": value.file.read()}
        elif key in TEXT_FIELDS:
            p[key] = value
        else:
            try:
                p[key] = json.loads(value)
            except ValueError:
                p[key] = value
    for key, value in p.items():  # a file is named in one field and attached in another
        if isinstance(value, str) and value.startswith("attach://"):
            p[key] = p[value.removeprefix("attach://")]
    return p
