"""The language of a question: English, Urdu, Pashto, Persian or Dari, Russian; by script, letters and small words."""

from __future__ import annotations

import re
import unicodedata

from index.normalise import normalise

UNKNOWN = "und"  # no language of the five; treated as English

_MIN_SCRIPT_SHARE = 0.25  # of the letters in another script than Latin: names stay Latin in questions of any language
_ARABIC_PENALTY = 1.0  # Arabic is none of the five, and names of many a question are Arabic

_LETTERS = {
    "ps": frozenset("ټډړږښڼېۍګځڅ"),
    "ur": frozenset("ٹڈڑےںہھۓۂ"),
    "ar": frozenset("ةإأؤى"),
}
# As index.text.normalise writes them, where ہ ھ are ه and ے ې ي are ی.
_SMALL = {
    "ur": (
        "اور کا کی کو نی سی میں هی هیں تها تهی کیا کب کون کس کیوں کیسی کهاں یه وه پر تک بهی نهیں کر کرنی هوا "
        "هویی گیا گیی ایک جو تو کتنی کتنا کونسا کونسی ان اس هو رها رهی بعد ساته لیی دی دیا گی هوتا"
    ),
    "ps": (
        "د په کی چی له ته څه څوک ولی کله چیری څنگه څومره څو سره او یی دی ده وو وه شو شوی شوه کړ کړی کړل هغه "
        "دغه هم نه تر یا خو لپاره باندی پوری کوم کومی کومه مو می دا لری کیږی کوی کال وروسته"
    ),
    "fa": (
        "در از به که را این است با و ان برای شد چه بود می کرد شده کجا چرا چگونه چطور چند کدام کیست چیست تا بر "
        "یک هر نیز پس اند کرده شود خود یا هم ایا توسط کند دارد درباره مورد های ها"
    ),
    "ar": ("فی من علی الی التی الذی هذا هذه عن مع ان کان ما او لم قد وقد لا هو هی ذلک بین بعد"),
}
_WORDS = {language: frozenset(small.split()) for language, small in _SMALL.items()}
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
