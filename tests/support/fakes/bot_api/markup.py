"""What Telegram refuses in a text: its HTML, its lengths."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

TAGS = set("a b blockquote code del em i ins pre s span strike strong tg-emoji tg-spoiler u".split())


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
