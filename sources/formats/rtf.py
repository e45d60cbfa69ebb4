"""Rich text (RTF 1.9.1) files: the visible text, tables by row, notes at the end."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sources.clean import one_line
from sources.errors import LoadError
from sources.formats.loaded import Loaded
from sources.formats.text_builder import Outline, raised
from sources.limits import MB
from sources.text.titles import plausible_author, plausible_title

RTF_BYTES = 20 * MB  # parsed at some megabytes a second
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?[0-9]{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n\x00]+|([^\\{}\r\n\x00]+)"
)
_SKIPPED = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator pict object objdata themedata"
    " colorschememapping datastore latentstyles xmlnstbl wgrffmtfilter filetbl fldinst bkmkstart bkmkend pntext pntxta pntxtb"
    " footer footerl footerr footerf annotation atnid atnauthor atnref atndate nonshppict template private"
    " userprops docvar operator hlinkbase buptim creatim revtim printim pgdsctbl shpinst blipuid".split()
)
_SIGNS = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
          "tab": "\t", "line": "\n", "lbr": "\n", "emspace": " ", "enspace": " ", "zwnj": "\u200c", "zwj": "\u200d"}  # fmt: skip
_PAGES = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
          178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _State:
    """The state of a group: the destination of its words, and their formatting."""

    goes_to: str = "text"  # “text”, “note”, “header”, a value of the information group, or nowhere: “”
    hidden: bool = False
    high: bool = False
    skip: int = 1  # fallback characters after a Unicode one, for old programs
    page: str | None = None  # of the font; None: of the document


def load_rtf(data: bytes, file: str) -> Loaded:
    """The text of a rich text file, with title and author from its information group if plausible."""
    if not data.lstrip()[:5] == b"{\\rtf":
        raise LoadError(f"{file} is no rich text (RTF) file: rename it with the extension of its real format")
    if len(data) > RTF_BYTES:
        raise LoadError(
            f"{file} is larger than {RTF_BYTES // MB} MB of rich text: take the pictures out, or save it as PDF"
        )
    reader = _Reader(file)
    reader.read(data)
    text = reader.outline.text
    return Loaded(
        text,
        blocks=reader.outline.blocks,
        title=plausible_title(reader.about.get("title"), text),
        author=plausible_author(reader.about.get("author")),
        author_origin="the file's metadata",
    )


class _Reader:
    """Walks the tokens of a file and writes paragraphs."""

    def __init__(self, file: str) -> None:
        self.outline = Outline(file)
        self.about: dict[str, str] = {}
        self._state = _State()
        self._stack = list[_State]()
        self._words = {"text": "", "note": "", "header": ""}
        self._bytes = b""
        self._notes = list[str]()
        self._cells = list[str]()
        self._fonts: dict[int, str] = {}
        self._font: int | None = None
        self._document_page = "cp1252"
        self._skipping = 0
        self._binary = 0

    def read(self, data: bytes) -> None:
        """Write all of it."""
        at = 0
        while match := _TOKEN.search(data, at):
            at = match.end()
            word, number, code, sign, brace, plain = match.groups()
            if brace:
                self._brace(brace)
            elif word == b"bin":
                at += max(0, int(number or 0))
            elif word:
                self._control(word.decode(), int(number) if number else None)
            elif code:
                self._byte(bytes([int(code, 16)]))
            elif sign:
                self._sign(sign)
            elif plain:
                self._byte(plain)
        self._end_paragraph()
        for note in self._notes:
            self.outline.paragraph(note, tight=True, kind="footnote")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        if brace == b"{":
            self._stack.append(self._state)
            return
        ended = self._state
        self._state = self._stack.pop() if self._stack else _State()
        self._skipping = 0
        if ended.goes_to == "note" != self._state.goes_to:
            self._notes.append(one_line(self._words["note"]))
            self._words["note"] = ""
        if ended.goes_to == "header" != self._state.goes_to:
            self.outline.paragraph(one_line(self._words["header"]))
            self._words["header"] = ""

    def _control(self, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self._flush()
            self._add(chr(number % 0x10000))
            self._skipping = self._state.skip
            return
        self._flush()
        if word in _SIGNS:
            self._add(_SIGNS[word])
        elif word in _SKIPPED and word != "fonttbl":
            self._state = replace(self._state, goes_to="")
        elif word in _HANDLED:
            _HANDLED[word](self, number)

    def _sign(self, sign: bytes) -> None:
        self._flush()
        if sign == b"*":  # an optional destination, to be skipped by programs that do not know it
            self._state = replace(self._state, goes_to="")
        elif sign in b"\r\n":
            self._end_paragraph()
        else:
            self._add({b"~": "\u00a0", b"_": "-", b"-": "", b"|": "", b":": ""}.get(sign, sign.decode("latin-1")))

    def _byte(self, code: bytes) -> None:
        if self._skipping:
            dropped = min(self._skipping, len(code))
            self._skipping -= dropped
            code = code[dropped:]
        self._bytes += code

    def _flush(self) -> None:
        """Decode the collected bytes: double-byte characters must not be split."""
        if self._bytes:
            data, self._bytes = self._bytes, b""
            self._add(data.decode(self._state.page or self._document_page, errors="ignore"))

    def _add(self, words: str) -> None:
        state = self._state
        if state.hidden or not state.goes_to:
            return
        if state.goes_to in self._words:
            before = self._words[state.goes_to]
            self._words[state.goes_to] = before + (raised(before, words) if state.high else words)
        elif len(self.about.get(state.goes_to, "")) < 1_000:
            self.about[state.goes_to] = self.about.get(state.goes_to, "") + words

    # control words

    def _end_paragraph(self, number: int | None = None) -> None:
        if self._state.goes_to in ("note", "header"):
            self._words[self._state.goes_to] += " "
            return
        self._flush()
        words, self._words["text"] = _paired(self._words["text"]), ""
        if self._cells:  # an unclosed row
            self._end_row()
        self.outline.paragraph(words.replace("\t", " "))

    def _end_cell(self, number: int | None = None) -> None:
        if self._state.goes_to == "text":
            self._cells.append(one_line(_paired(self._words["text"])))
            self._words["text"] = ""

    def _end_row(self, number: int | None = None) -> None:
        cells, self._cells = self._cells, []
        self.outline.paragraph(" | ".join(filter(None, cells)), tight=True, kind="table")

    def _to(self, destination: str) -> None:
        if self._state.goes_to or destination in ("title", "author"):
            self._state = replace(self._state, goes_to=destination)

    def _font_table(self) -> None:
        self._state = replace(self._state, goes_to="fonts")

    def _choose_font(self, number: int | None) -> None:
        self._font = number
        if self._state.goes_to != "fonts":
            self._state = replace(self._state, page=self._fonts.get(number if number is not None else -1))

    def _charset(self, number: int | None) -> None:
        if self._font is not None and number in _PAGES:
            self._fonts[self._font] = _PAGES[number]

    def _code_page(self, number: int | None) -> None:
        name = {10000: "mac_roman", 65001: "utf-8"}.get(number or 0, f"cp{number}")
        try:
            self._document_page = codecs.lookup(name).name
        except LookupError:
            return

    def _set(self, **changes: bool | int | str | None) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]

    def _plain_style(self) -> None:
        self._state = replace(self._state, hidden=False, high=False, page=None)


def _paired(words: str) -> str:
    """Combine a surrogate pair."""
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


_HANDLED: dict[str, Callable[[_Reader, int | None], None]] = {
    "par": _Reader._end_paragraph,
    "sect": _Reader._end_paragraph,
    "page": _Reader._end_paragraph,
    "cell": _Reader._end_cell,
    "nestcell": _Reader._end_cell,
    "row": _Reader._end_row,
    "nestrow": _Reader._end_row,
    "fonttbl": lambda reader, number: reader._font_table(),
    "f": _Reader._choose_font,
    "fcharset": _Reader._charset,
    "ansicpg": _Reader._code_page,
    "uc": lambda reader, number: reader._set(skip=max(0, min(9, number or 0))),
    "v": lambda reader, number: reader._set(hidden=number != 0),
    "deleted": lambda reader, number: reader._set(hidden=number != 0),
    "super": lambda reader, number: reader._set(high=number != 0),
    "nosupersub": lambda reader, number: reader._set(high=False),
    "plain": lambda reader, number: reader._plain_style(),
    "info": lambda reader, number: reader._set(goes_to=""),
    "title": lambda reader, number: reader._to("title"),
    "author": lambda reader, number: reader._to("author"),
    "footnote": lambda reader, number: reader._to("note"),
    "header": lambda reader, number: reader._to("header"),
    "headerf": lambda reader, number: reader._to("header"),
    "headerl": lambda reader, number: reader._to("header"),
    "headerr": lambda reader, number: reader._to("header"),
    "shptxt": lambda reader, number: reader._set(goes_to="note"),
}
