"""Which language a text is in, by py3langid (of which this is the only importer)."""

from __future__ import annotations

ENOUGH = 40  # letters; fewer say too little, a name or a number is in no language
_SURE = 250
_EXPECTED = frozenset("en ur ps fa prs ar arb arz ary ru uk de fr es it pt nl tr uz tg hi pa sd bal zh".split())
_SAMPLE = 4_000


def detect(text: str) -> str:
    """An ISO 639 code; for a few words `en` where they are in Latin script, else `und` (undetermined).

    py3langid 0.4.0 tells all 1,012 sentences each of FLORES-200 in English, Pashto, Urdu and Persian, Dari as `fa`.
    """
    sample = text[:_SAMPLE] if len(text) < 3 * _SAMPLE else text[_SAMPLE : 2 * _SAMPLE]
    letters = [letter for letter in sample if letter.isalpha()]
    if len(letters) < ENOUGH:
        latin = sum(letter < "\u0250" for letter in letters)
        return "en" if latin * 2 >= len(letters) else "und"
    from py3langid import classify

    code = str(classify(sample)[0])
    if len(letters) < _SURE and code not in _EXPECTED:  # of few words it names languages that no source here is in
        latin = sum(letter < "\u0250" for letter in letters)
        return "en" if latin * 2 >= len(letters) else "und"
    return {"prs": "fa", "ary": "ar", "arz": "ar", "arb": "ar"}.get(code, code)
