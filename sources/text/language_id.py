"""Identifies the language of a text with py3langid (this is its only importer)."""

from __future__ import annotations

ENOUGH = 40  # letters; a shorter text, a name or a number has no detectable language
_SURE = 250
_EXPECTED = frozenset("en ur ps fa prs ar arb arz ary ru uk de fr es it pt nl tr uz tg hi pa sd bal zh".split())
_SAMPLE = 4_000


def detect(text: str) -> str:
    """An ISO 639 code; for a short text `en` in Latin script, else `und` (undetermined).

    py3langid 0.4.0 identifies all 1,012 sentences of FLORES-200 in each of English, Pashto, Urdu and Persian, and Dari
    as `fa`.
    """
    sample = text[:_SAMPLE] if len(text) < 3 * _SAMPLE else text[_SAMPLE : 2 * _SAMPLE]
    letters = [letter for letter in sample if letter.isalpha()]
    if len(letters) < ENOUGH:
        latin = sum(letter < "\u0250" for letter in letters)
        return "en" if latin * 2 >= len(letters) else "und"
    from py3langid import classify

    code = str(classify(sample)[0])
    if len(letters) < _SURE and code not in _EXPECTED:  # for short texts it returns languages that no source here uses
        latin = sum(letter < "\u0250" for letter in letters)
        return "en" if latin * 2 >= len(letters) else "und"
    return {"prs": "fa", "ary": "ar", "arz": "ar", "arb": "ar"}.get(code, code)
