"""Decodes bytes, whatever is declared: by BOM, as UTF-8 or UTF-16, or in a one-byte encoding judged by its letters.

(The only importer of charset_normalizer.)
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

_BOMS = (  # UTF-32 first: its little-endian BOM begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 65_536  # bytes sufficient to detect an encoding
_MANY = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")
_COMMON = {  # the most frequent letters of the language family of an encoding
    "cp1251": frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
    "koi8-r": frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
    "cp866": frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
    "cp1256": frozenset("ابپتثجچحخدذرزژسشصضطظعغفقكکگلمنهويىیئءأإآؤةےںھہڈڑٹ"),
    "iso-8859-6": frozenset("ابتثجحخدذرزسشصضطظعغفقكلمنهويىئءأإآؤة"),
    "cp1252": frozenset("éèêëàâäáãåçîïíñôöóõøœæùûüúßÿ"),
    "cp1254": frozenset("ğışİçöüÇÖÜŞâî"),
    "cp1250": frozenset("ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűăâîșțşţ"),
}
_NEXT_TO = {"cp1252": "latin", "cp1254": "latin", "cp1250": "latin"}
_PUNCTUATION = frozenset("“”‘’„‚«»‹›–—…•€°§©®™·¿¡¢£¥№،؛؟٪ \u00a0\u200c\u200d½¼¾²³×±")
_CLEAR_SHARE = 0.9  # minimum share of non-ASCII characters that fit the encoding


def decoded(data: bytes, declared: str | None = None) -> str | None:
    """The text, None for binary data; `declared` is used if plausible.

    An invalid byte in otherwise valid UTF-8 is decoded as windows-1252, or dropped.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="ignore")
    try:
        return data.decode("utf-8") if b"\x00" not in data[:_SAMPLE_BYTES] else _wide(data) or data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_almost_utf8(data):
        return data.decode("utf-8", errors="torkham-mend")
    if (text := _wide(data)) is not None:
        return text
    return as_declared(data, declared) or _one_byte(data)


def _is_almost_utf8(data: bytes) -> bool:
    good = len(_MANY.findall(data))
    bad = len(_HIGH.findall(_MANY.sub(b"", data)))
    return good > 0 and (bad <= 2 or bad * 20 <= good)


def _mend(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte, before = error.object[error.start : error.start + 1], error.object[max(0, error.start - 1) : error.start]
    wide = before >= b"\x80" or error.end - error.start > 1 or error.end == len(error.object)
    letter = byte.decode("cp1252", errors="ignore")
    mended = letter in _PUNCTUATION or letter.lower() in _COMMON["cp1252"]
    return ("" if wide or not mended else letter), error.end


codecs.register_error("torkham-mend", _mend)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a BOM: spaces, line ends and digits of any script have a zero byte on one side."""
    sample = data[: _SAMPLE_BYTES & ~1]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros * 20 > len(sample) // 2 and zeros > 10 * others:
            text = data[: len(data) & ~1].decode(encoding, errors="ignore")
            known = sum(character.isalnum() or character.isspace() for character in text[:4000])
            return text if known > 0.7 * len(text[:4000]) else None
    return None


def as_declared(data: bytes, declared: str | None) -> str | None:
    """The text as declared, with ISO-8859-1 read as windows-1252 and the like, as browsers do; None if implausible."""
    name = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
            "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "gb2312": "gb18030", "gbk": "gb18030",
            "x-sjis": "cp932", "shift_jis": "cp932", "ks_c_5601-1987": "cp949"}.get((declared or "").lower(), declared)  # fmt: skip
    if not name or name.lower().replace("-", "_") in _NO_CHARSETS:
        return None
    try:
        text = data.decode(name)
    except (LookupError, UnicodeError):
        return None
    guess = _best(data[:_SAMPLE_BYTES])
    own = codecs.lookup(name).name
    if guess and guess != own and own in _COMMON:
        return text if _fit(data[:_SAMPLE_BYTES], own) > _fit(data[:_SAMPLE_BYTES], guess) - 0.2 else None
    return text


# codecs that are no charsets of documents: slow, or encoding one text in many ways
_NO_CHARSETS = frozenset(
    {"punycode", "idna", "utf_7", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)


def _one_byte(data: bytes) -> str | None:
    best = _best(data[:_SAMPLE_BYTES])
    if best is None:
        from charset_normalizer import from_bytes

        found = from_bytes(data[:_SAMPLE_BYTES]).best()
        best = found.encoding if found is not None else None
    return data.decode(best, errors="ignore") if best else None


def _best(sample: bytes) -> str | None:
    """The encoding whose letters the bytes are, None if none clearly fits."""
    if b"\x00" in sample or not _HIGH.search(sample):
        return None
    fits = {encoding: _fit(sample, encoding) for encoding in _COMMON}
    best = max(fits, key=lambda encoding: (round(fits[encoding], 2), encoding == "cp1252"))
    return best if fits[best] >= _CLEAR_SHARE else None


def _fit(sample: bytes, encoding: str) -> float:
    """The share of non-ASCII characters that the encoding decodes to letters of its languages in plausible positions."""
    text = sample.decode(encoding, errors="replace")
    counts = Counter(character for character in text if character > "\x7f")
    total = sum(counts.values())
    if not total:
        return 0.0
    good = sum(n for c, n in counts.items() if c in _PUNCTUATION or c.lower() in _COMMON[encoding])
    odd = len(_ODD_CASE.findall(text)) + len(_INSIDE.findall(text))
    if encoding not in _NEXT_TO:
        odd += len(_TWO_SCRIPTS.findall(text))
        good = good if any(c in _COMMON[encoding] for c in counts) else 0
    rare = sum(counts[c] for c in _RARE.get(encoding, ""))
    return (good - odd - 0.5 * rare) / total


_ODD_CASE = re.compile(r"[a-zà-ÿа-яё][À-ÖØ-ÞА-ЯЁ]")
_INSIDE = re.compile(r"(?<=[^\W\d_])[“”„‚«»‹›…•€°§©®™·¿¡¢£¥№½¼¾²³×±](?=[^\W\d_])")
_TWO_SCRIPTS = re.compile(r"[A-Za-z][\u0400-\u06ff]|[\u0400-\u06ff][A-Za-z]")
_RARE = {"cp1252": "ãõ", "cp1250": "ăâîşţ", "cp1251": "ъщэф", "koi8-r": "ъщэф", "cp866": "ъщэф"}
