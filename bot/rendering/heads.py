"""The head of a sentence: only the date and speaker that the sentence does not name itself."""

from __future__ import annotations

import re

from bot.answering.answer import Claim
from bot.rendering.phrases import Texts
from bot.rendering.safe import clean, isolated
from index.normalise import normalise
from sources.parties import Parties

AGREED = "agreed"
# Reporting and judging parties: kinds of speakers, whose names say less than the speaker's.
REPORTERS = frozenset(
    {"agreed", "media", "analysts", "united-nations", "rights-groups", "international-bodies", "witnesses"}
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAID_OF_ITSELF = re.compile(r"^(?:[^\W_][\w'’().–-]*[ ,]+){1,9}?(?:is|are)\b")
MONTHS = "January February March April May June July August September October November December".split()


def head(claim: Claim, parties: Parties, words: Texts, *, opinion: bool = False, grouped: bool = False) -> str:
    """The date and speaker, each only if the sentence lacks it; empty for most sentences.

    `opinion`: only opinion pieces support the claim. `grouped`: the party is named in a heading above.
    """
    if opinion and claim.speaker:
        named = names_speaker(claim.text, claim.speaker)
        return "" if named else clean(words.get("argues", author=isolated(claim.speaker, words))).rstrip(":")
    who = _who(claim, parties, words, grouped=grouped)
    said_by = ", ".join(who)
    if claim.outlet:
        outlet = isolated(claim.outlet, words)
        said_by = f"{said_by} ({outlet})" if said_by else outlet
    before = clean(" · ".join(filter(None, [_when(claim, words), said_by])))
    return before[:1].upper() + before[1:]


def _when(claim: Claim, words: Texts) -> str:
    if not claim.date or names_date(claim.text, claim.date):
        return ""
    undisputed = claim.party in {None, AGREED}
    if undisputed and _SAID_OF_ITSELF.match(claim.text):
        return ""  # a definition has no day, even if the event behind it has one
    return words.date(claim.date)


def names_either(claim: Claim, parties: Parties) -> bool:
    """Whether a sentence names its party or speaker, or has neither."""
    party = claim.party if claim.party != AGREED else None
    if not party and not claim.speaker:
        return True
    named = party is not None and any(_holds(claim.text, name) for name in parties[party].every_name)
    return named or (claim.speaker is not None and names_speaker(claim.text, claim.speaker))


def _who(claim: Claim, parties: Parties, words: Texts, *, grouped: bool) -> list[str]:
    who = []
    if claim.party and not grouped and not (claim.speaker and claim.party in REPORTERS) and claim.party != AGREED:
        named = any(_holds(claim.text, name) for name in parties[claim.party].every_name)
        if not named and not (claim.speaker and claim.speaker in parties[claim.party].every_name):
            who.append(parties[claim.party].display(words.language))
    if claim.speaker and not names_speaker(claim.text, claim.speaker):
        who.append(isolated(claim.speaker, words))
    return who


def names_date(text: str, date: str) -> bool:
    """Whether a sentence names the year of an EDTF date (of a range, either year), in any digits."""
    years = {part[:4] for part in date.rstrip("~").split("/") if part}
    return any(re.search(rf"(?<!\d){year}(?!\d)", normalise(text)) for year in years)


def names_speaker(text: str, speaker: str) -> bool:
    """Whether a sentence names a speaker: the full name, the short form in brackets, the last name, or most of the
    words.
    """
    short = re.findall(r"\(([^()]+)\)", speaker)
    if any(_holds(text, name) for name in (speaker, *short)):
        return True
    parts = re.split(r",|;|/| and | و ", re.sub(r"\([^()]*\)", " ", speaker))
    return all(_names_one(text, part.strip()) for part in parts if part.strip())


def _names_one(text: str, name: str) -> bool:
    name = re.sub(r"^(?:[a-z]+ )+(?=[A-Z])", "", name)  # “opposition leader Imran Khan”
    there = [_holds(text, word) for word in name.split() if _WORD.search(word)]
    if not there:
        return False
    person = name[:1].isupper() and len(there) in {2, 3} and there[-1]
    return 3 * sum(there) >= 2 * len(there) or person


def _holds(text: str, name: str) -> bool:
    """Whether a name occurs in a text as a word or as a prefix of one (“Pakistani” names Pakistan)."""
    sought = re.escape(normalise(name))
    end = r"(?:\w{0,2}\b)" if len(name) > 3 else r"\b"
    return bool(re.search(rf"(?<!\w){sought}{end}", normalise(text)))


def date_span(text: str, date: str | None) -> tuple[int, int] | None:
    """Where an English sentence names that date with the same precision: “29 October 2025”, “October 2025”, “2025”."""
    if not date:
        return None
    year, *rest = date.rstrip("~").split("/")[0].split("-")
    month = MONTHS[int(rest[0]) - 1] if rest and rest[0].isdigit() and 1 <= int(rest[0]) <= 12 else "(?!)"
    for pattern in (
        rf"(?:\d{{1,2}}[–-])?\d{{1,2}} {month} {year}",
        rf"{month} {year}",
        rf"(?<!\d){year}(?:[–/-]\d{{2,4}})?",
    ):
        if found := re.search(pattern, text):
            return found.span()
    return None
