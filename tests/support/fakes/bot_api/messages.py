"""The methods that send, edit and answer, as strict as Telegram's."""

from __future__ import annotations

import time
from typing import Any
from xml.etree import ElementTree

from support.fakes.bot_api.markup import Refused, bad, rendered, units
from support.fakes.bot_api.readers import Readers

RICH_TAGS = set("body p table tr th td b i a br details summary".split())


class Messages(Readers):
    async def m_getMe(self, p: dict[str, Any]) -> Any:
        return self.me

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
        text, only = rendered(p.get("text", ""), p.get("parse_mode")), p.get("ephemeral_message_parameters")
        if not only or not self.ephemeral:  # a parameter that a server does not know means nothing to it
            return self._out(p, text=text)
        if self._chat(p) > 0 or "receiver_user_id" not in only:
            raise bad("ephemeral messages need a group and a receiver_user_id")
        return self._out(p, text=text, ephemeral_message_id=next(self.message_ids), receiver_user=only)

    async def m_sendRichMessage(self, p: dict[str, Any]) -> Any:
        if self.rich is None:
            raise Refused(404, "Not Found")
        parser = ElementTree.fromstring(f"<body>{p['rich_message']['html'].replace('<br>', '<br/>')}</body>")
        if unknown := {each.tag for each in parser.iter()} - RICH_TAGS:
            raise bad(f"can't parse rich message: unsupported tags {unknown}")
        return self._out(p, rich_message={"blocks": [each.tag for each in parser]})

    async def m_deleteEphemeralMessage(self, p: dict[str, Any]) -> Any:
        if not self.ephemeral:
            raise Refused(404, "Not Found")
        raise bad("message to delete not found")

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
        if p.get("action") not in {"typing", "upload_photo"}:
            raise bad("wrong parameter action in request")
        return True

    async def m_editMessageText(self, p: dict[str, Any]) -> Any:
        message = self.messages.get((self._chat(p), p.get("message_id", 0)))
        if not message:
            raise bad("message to edit not found")
        if "rich_message" in message and self.rich != "all":
            raise bad("message can't be edited")
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

    async def m_deleteMessage(self, p: dict[str, Any]) -> Any:
        if self.messages.pop((self._chat(p), p.get("message_id", 0)), None) is None:
            raise bad("message to delete not found")
        return True

    async def m_setMessageReaction(self, p: dict[str, Any]) -> Any:
        if (self._chat(p), p.get("message_id", 0)) not in self.messages:
            raise bad("message to react not found")
        if any(one.get("type") != "emoji" for one in p.get("reaction") or []):
            raise bad("REACTION_INVALID")
        return True

    async def m_answerGuestQuery(self, p: dict[str, Any]) -> Any:
        content = p["result"]["input_message_content"]
        rendered(content["message_text"], content.get("parse_mode"))
        self.guests[p["guest_query_id"]] = p
        return {"inline_message_id": "guest-1"}

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
