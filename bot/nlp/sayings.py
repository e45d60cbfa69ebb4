"""Whose words a sentence of an article gives: a verb of saying with the one who says it, or a quotation that goes on.

A sentence without either is the article's own. Quotations are not read for verbs: what is said inside one is said by its
speaker. Rules over word lists, five languages; tests/bot/nlp/test_sayings.py has what they find and miss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.speakers import END, Speaker, Speakers, folded
from sources.text.quotations import quotations

_HIDDEN = "\x01"
_CLAUSE = re.compile(r"[.;:!?؟؛۔…()]|[–—](?= )|\s-\s|[”»\"](?=[\s,،\x01]|$)|\n")
_COMMA = re.compile(r"[,،]")
_INITIAL = re.compile(r"(?:\b\w|\b(?:gen|lt|mr|dr|col|maj|brig|mrs|ms))$")
_RELATIVE = re.compile(r"\b(?:that|which|who|whom)\s")
_MAX_SPEAKER_WORDS = 12  # words of a name with what stands beside it
MIN_QUOTED_SHARE = 0.5  # of a sentence that is quotation: it gives somebody's words even where no verb says so


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence `text[start:end]` that gives somebody's words; `denies` whether it speaks against somebody else's."""

    start: int
    end: int
    speaker: Speaker
    denies: bool


def sayings(
    text: str,
    sentences: Sequence[tuple[int, int]],
    gazetteer: Gazetteer,
    language: str,
    *,
    day: str | None = None,
    since: int = 0,
) -> list[Saying]:
    """The sayings among sentences of a text, in order; `day` is the ISO day of the article, `since` where it is read from."""
    marks = [(since + start, since + end, closed) for start, end, closed in quotations(text[since:])]
    hidden = _hide(folded(text), marks)
    article = _Article(text, hidden, Speakers(gazetteer, language, day))
    found: list[Saying] = []
    waiting: list[tuple[int, int]] = []  # quotations whose speaker the next sentence names
    for start, end in sentences:
        speaker = article.speaker(start, end)
        article.note(start, end)
        if speaker is None and article.goes_on(start, end):
            before = found[-1] if found else None
            near = before is not None and "\n" not in text[before.end : start].strip(" ")
            speaker = before.speaker if before is not None and (near or article.open_before(start, marks)) else None
            if speaker is None:
                waiting.append((start, end))
                continue
        if speaker is None:
            waiting = []
            continue
        held = [each for each in waiting if "\n\n" not in text[each[1] : start]]
        waiting = []
        found += [Saying(*each, speaker, article.denies(*each)) for each in [*held, (start, end)]]
    return found


def _hide(low: str, marks: Sequence[tuple[int, int, bool]]) -> str:
    """The text with the words inside quotations made unreadable; names of one or two words in marks stay."""
    pieces, at = [], 0
    for start, end, _ in marks:
        inner = low[start + 1 : end - 1]
        pieces.append(low[at : start + 1])
        pieces.append(inner if len(inner.split()) <= 2 else _HIDDEN * len(inner))
        at = max(start + 1, end - 1)
    return "".join([*pieces, low[at:]])


class _Article:
    """One text while its sentences are read in order."""

    def __init__(self, text: str, hidden: str, speakers: Speakers) -> None:
        self._text, self._hidden, self._speakers = text, hidden, speakers
        self._words = speakers.words

    def denies(self, start: int, end: int) -> bool:
        """Whether a sentence, its quotations too, has words of contradiction."""
        return self._words.denials.search(folded(self._text[start:end])) is not None

    def note(self, start: int, end: int) -> None:
        """Remember the offices of a sentence for those who take them up."""
        self._speakers.note(self._text[start:end])

    def goes_on(self, start: int, end: int) -> bool:
        """Whether a sentence is mostly quotation."""
        inside = self._hidden.count(_HIDDEN, start, end)
        return inside > MIN_QUOTED_SHARE * (end - start)

    def open_before(self, start: int, marks: Sequence[tuple[int, int, bool]]) -> bool:
        """Whether the paragraph before ended inside a quotation, which then goes on with an opening mark of its own."""
        before = [mark for mark in marks if mark[1] <= start]
        return bool(before) and not before[-1][2] and not self._text[before[-1][1] : start].strip()

    def speaker(self, start: int, end: int) -> Speaker | None:
        """Who says what a sentence says; None where nobody is named as saying it."""
        finders = (self._by_source, self._by_verb_svo if self._words.order == "svo" else self._by_verb_sov)
        first: Speaker | None = None
        for finder in finders:
            for speaker in finder(start, end):
                if speaker.party != "media":
                    return speaker
                first = first or speaker
        return first

    def _by_source(self, start: int, end: int) -> list[Speaker]:
        found = []
        for match in self._words.sources.finditer(self._hidden, start, end):
            if self._speakers.last is not None and any(map(self._words.possessive.fullmatch, match.group().split())):
                found.append(self._speakers.last)  # “по его словам”
                continue
            left, right = self._name_behind(match.end(), end)
            found += self._named(left, right, known=True, behind=True)
        for match in self._words.behind.finditer(self._hidden, start, end):
            left = self._clause(start, match.start())
            found += self._shortened(left, match.start()) or self._named(left, match.start(), known=True)
        return found

    # English, Russian: the speaker before the verb, or behind it after a quotation

    def _by_verb_svo(self, start: int, end: int) -> list[Speaker]:
        found: list[Speaker] = []
        for match in self._words.verbs.finditer(self._hidden, start, end):
            found += self._before_or_behind(start, end, match)
            if found and found[-1].party != "media":
                break
        return found

    def _before_or_behind(self, start: int, end: int, verb: re.Match[str]) -> list[Speaker]:
        left = self._clause(start, verb.start())
        right = self._without_trails(left, verb.start())
        before = self._hidden[left:right]
        if self._words.passive.search(before):
            return []
        lead = self._words.leads.match(before)
        bare = before[lead.end() :] if lead else before
        if not bare.strip(' ,–—-“”«»"' + _HIDDEN):  # “…,” said Mujahid
            return self._named(*self._name_behind(verb.end(), end), behind=True)
        if before.rstrip().endswith(",") and (told := self._told_last(verb, end)):
            return told
        quoted = left > start and self._hidden[left - 1] in '”»"“' and len(bare.split()) <= 4
        for at, stop in [(left, right)] if quoted else self._segments(left, right):
            if not self._words.subordinate.match(self._hidden[at:stop]) and (
                quoted or self._speakers.is_one(self._text[at:stop])
            ):
                return self._named(at, stop, known=quoted)
        return []

    def _told_last(self, verb: re.Match[str], end: int) -> list[Speaker]:
        """“The talks failed, said Mujahid.”"""
        left, right = self._name_behind(verb.end(), end)
        last = self._hidden[right:end].strip(' .!?”»"') in ("", ",") or self._hidden[right] in ".,"
        sure = self._speakers.is_somebody(self._text[left:right])
        return self._named(left, right, behind=True) if last and sure else []

    def _segments(self, left: int, right: int) -> list[tuple[int, int]]:
        """The pieces before a verb that may name its subject, the likeliest first."""
        commas = [left, *(m.end() for m in _COMMA.finditer(self._hidden, left, right))]
        if self._hidden[left:right].rstrip().endswith((",", "،")) and len(commas) > 2:
            return [(commas[-3], right)]  # Mujahid, the spokesman, said
        last = commas[-1]
        piece = self._hidden[last:right]
        if len(commas) > 1 and re.match(r"\s*(?:who|which|whose|котор\w+)\b", piece):
            return [(commas[-2], right)]
        return [] if _RELATIVE.search(piece) else [(last, right)]

    def _without_trails(self, left: int, right: int) -> int:
        """Where what stands before a verb ends, without adverbs and auxiliaries."""
        while True:
            match = self._words.trails.search(self._hidden[left:right])
            if match is None or match.end() == match.start():
                return left + len(self._hidden[left:right].rstrip())
            right = left + match.start()

    # Urdu, Persian, Pashto: the verb last

    def _by_verb_sov(self, start: int, end: int) -> list[Speaker]:
        for match in self._words.verbs.finditer(self._hidden, start, end):
            speaker = self._subject_of(start, match.start())
            if speaker:
                return speaker
        return []

    def _subject_of(self, start: int, verb: int) -> list[Speaker]:
        left = self._clause(start, verb)
        agents = list(self._words.agent.finditer(self._hidden, left, verb))
        if agents:
            return self._shortened(left, agents[0].start())
        if self._words.agent.pattern != "(?!)":
            # Without its agent an Urdu verb has a pronoun or a name in the plain case: “حکام کہتے ہیں”
            return (
                self._shortened(left, verb) if len(self._hidden[left:verb].split()) <= _MAX_SPEAKER_WORDS // 2 else []
            )
        found = self._first_name(left, verb)
        if found:
            return found
        alone = len(self._hidden[left:verb].split()) <= 3
        return [self._speakers.last] if alone and self._speakers.last is not None else []

    def _first_name(self, left: int, verb: int) -> list[Speaker]:
        """The first piece of a clause that begins with a name, without small words that make it one spoken to or of."""
        at = left
        for comma in [*(m.start() for m in _COMMA.finditer(self._hidden, left, verb)), verb]:
            begin = at
            while lead := self._words.leads.match(self._hidden, begin, comma):
                if lead.end() == begin:
                    break
                begin = lead.end()
            stop = self._words.stops.search(self._hidden, begin, comma)
            if stop is not None and not self._hidden[begin : stop.start()].strip():
                rest = self._past_obliques(begin, comma)
                begin, stop = rest, self._words.stops.search(self._hidden, rest, comma)
            right = stop.start() if stop is not None else comma
            piece = self._text[begin:right]
            if self._words.oblique_after.match(self._hidden, max(begin, right - 1)):  # “Asif told reporters”
                piece = piece.rstrip().rpartition(" ")[0]
                right = begin + len(piece)
            if piece.strip() and self._speakers.is_one(piece):
                begin = self._with_name_before(at, begin, left)
                return self._named(begin, self._with_apposition(right, verb) if right == comma else right)
            at = comma + 1
        return []

    def _with_name_before(self, at: int, begin: int, left: int) -> int:
        """Where a name begins that stands in commas before what says who it is: “Wilayat Khan, a resident,”."""
        if at == left or self._hidden[at:begin].strip():
            return begin
        before = max([left, *(m.end() for m in _COMMA.finditer(self._hidden, left, at - 1))])
        name = self._hidden[before : at - 1]
        plain = (
            len(name.split()) in {1, 2, 3} and not self._words.stops.search(name) and not self._words.leads.match(name)
        )
        return before if plain else begin

    def _with_apposition(self, comma: int, verb: int) -> int:
        """The end of a name with what stands in commas behind it: “the foreign minister, Muttaqi,”."""
        after = _COMMA.search(self._hidden, comma + 1, verb)
        if after is None:
            return comma
        beside = self._hidden[comma + 1 : after.start()]
        return after.start() if len(beside.split()) <= 5 and not self._words.leads.match(beside) else comma

    def _past_obliques(self, begin: int, end: int) -> int:
        """Behind “in Kabul”, “on Monday”: where the first name stands that no such word precedes."""
        for mention in self._speakers.mentions(self._text[begin:end]):
            here = begin + mention.start
            beside = self._words.oblique.search(self._hidden[begin:here])
            if beside is None and mention.kind != "month":
                return self._to_start(begin, here)
        return end

    def _to_start(self, begin: int, here: int) -> int:
        genitive = re.search(r"(?<!\w)د\s+$", self._hidden[begin:here])
        return begin + genitive.start() if genitive else here

    def _shortened(self, left: int, right: int) -> list[Speaker]:
        """The name that ends at a place: behind the last small word or comma before which no name is wanted."""
        commas = [left, *(m.end() for m in _COMMA.finditer(self._hidden, left, right))]
        for at in reversed(commas):
            begin = at
            for stop in self._words.stops.finditer(self._hidden, at, right):
                if self._speakers.is_one(self._text[stop.end() : right]):
                    begin = stop.end()
            lead = self._words.leads.match(self._hidden, begin, right)
            begin = lead.end() if lead and self._hidden[lead.end() : right].strip() else begin
            if self._text[begin:right].strip() and self._speakers.is_one(self._text[begin:right]):
                return self._named(begin, right)
        return []

    # both

    def _clause(self, start: int, place: int) -> int:
        """Where the clause begins that a place lies in."""
        last = start
        for match in _CLAUSE.finditer(self._hidden, start, place):
            initial = match.group() == "." and _INITIAL.search(self._hidden[start : match.start()])
            last = last if initial else match.end()
        return last

    def _name_behind(self, place: int, end: int) -> tuple[int, int]:
        """The name that begins at a place, up to a comma or a small word."""
        stop = END.search(self._hidden, place, end)
        right = stop.start() if stop else end
        first = place + len(self._hidden[place:right]) - len(self._hidden[place:right].lstrip())
        small = self._words.stops.search(self._hidden, first + 1, right)
        return first, small.start() if small else right

    def _named(self, left: int, right: int, *, known: bool = False, behind: bool = False) -> list[Speaker]:
        """The speaker named there; `known` where the words around leave no doubt that somebody is, `behind` the verb."""
        while lead := self._words.leads.match(self._hidden, left, right):
            if not self._hidden[lead.end() : right].strip() or lead.end() == left:
                break
            left = lead.end()
        text = self._text[left:right]
        words = len(text.split())
        if not words or words > 2 * _MAX_SPEAKER_WORDS or not ((known and words <= 5) or self._speakers.is_one(text)):
            return []
        return [self._speakers.name(text, self._around(right, behind), self._sentence(left))]

    def _around(self, right: int, behind: bool) -> str:
        """What stands behind a name: “in Peshawar”, “, a driver from Jalalabad”; of a part in commas only what says who it is."""
        stop = END.search(self._hidden, right)
        if stop is None or stop.start() - right > 1 or stop.group() not in ",،":
            return self._text[right : stop.start()] if stop and behind else ""
        after = END.search(self._hidden, stop.end())
        beside = self._text[stop.end() : after.start()] if after else ""
        return beside if len(beside.split()) <= 8 and self._speakers.is_somebody(beside) else ""

    def _sentence(self, place: int) -> str:
        start = max(self._text.rfind(mark, 0, place) for mark in (". ", "۔ ", "\n")) + 1
        stop = re.compile(r"[.۔](?=\s|$)|\n").search(self._text, place)
        return self._text[start : stop.start() if stop else len(self._text)]
