"""The language of a question: English, Urdu, Pashto, Persian or Dari, Russian; by script, letters and small words."""

from __future__ import annotations

import re
import unicodedata

from bot.nlp.word_lists import word_table
from index.normalise import normalise

UNKNOWN = "und"  # no language of the five; treated as English

_MIN_SCRIPT_SHARE = 0.25  # of the letters in another script than Latin: names stay Latin in questions of any language
_ARABIC_PENALTY = 1.0  # Arabic is none of the five, and names of many a question are Arabic

_LETTERS = {
    "ps": frozenset("ټډړږښڼېۍګځڅ"),
    "ur": frozenset("ٹڈڑےںہھۓۂ"),
    "ar": frozenset("ةإأؤى"),
}
_WORDS = {code: frozenset(word_table(code, "common").words("words")) for code in ("ur", "ps", "fa", "ar")}
_ARABIC_ARTICLE = re.compile(r"\b(?:ال|وال|بال)\w{3,}")
_NOT_RUSSIAN = frozenset("іїєґўҷӣӯқғҳәөүұһ")


def detect(text: str) -> str:
    """The language of a question: en, ur, ps, fa or ru; `UNKNOWN` where it is none of them."""
    letters = [char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalpha()]
    if not letters:
        return UNKNOWN
    arabic = sum("\u0600" <= char <= "\u06ff" for char in letters)
    cyrillic = sum("\u0400" <= char <= "\u052f" for char in letters)
    latin = sum(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in letters)
    if arabic >= _MIN_SCRIPT_SHARE * len(letters) and arabic >= cyrillic:
        return _arabic_script(text)
    if cyrillic >= _MIN_SCRIPT_SHARE * len(letters):
        return UNKNOWN if any(char in _NOT_RUSSIAN for char in letters) else "ru"
    return "en" if latin * 2 > len(letters) else UNKNOWN


def _arabic_script(text: str) -> str:
    words = re.findall(r"\w+", normalise(text))
    scores = {
        language: 2.0 * sum(char in _LETTERS.get(language, ()) for char in text)
        + sum(word in small for word in words)
        + 0.01 * (language == "fa")  # what is like everything is taken for Persian
        for language, small in _WORDS.items()
    }
    scores["ar"] += sum(_ARABIC_ARTICLE.match(word) is not None for word in words) * 0.5 - _ARABIC_PENALTY
    best = max(scores, key=lambda language: scores[language])
    return UNKNOWN if best == "ar" else best
