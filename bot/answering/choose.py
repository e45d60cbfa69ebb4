"""Decides from the reader's probabilities alone whether to answer, with which statements and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.answer import DEFAULT_CLAIMS
from bot.answering.candidates import in_time
from bot.answering.reading.reader import Bounds, Judgement, Reading
from bot.answering.sides import NEUTRAL, Contradicts, Nearby, by_party, disputed, never_alone, with_both_sides
from bot.nlp.answer_type import FACTS, YES_NO
from bot.question.query import Asked

FACT_CLAIMS = 2  # claims of an answer to a question for one fact
MAX_CLAIMS_PER_SPEAKER = 2  # claims of one speaker
DUPLICATE_WORD_SHARE = 0.75  # share of common words from which two sentences say the same
NEAR_BEST_RATIO = 0.95  # of the best probability: among these the newest come first, where the present is asked for
Terms = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen claims, in order, and their layout.

    `disputed`: the parties disagree in it; `corrects`: it says that the question takes something wrong for granted; `now`:
    it is the newest of what answers a question about the present; `missing`: the part of the question without an
    answer; `events`: how many of a list tell of each event.
    """

    shown: tuple[Reading, ...] = ()
    disputed: bool = False
    corrects: bool = False
    now: bool = False
    form: str = "claims"
    missing: str | None = None
    events: tuple[int, ...] = ()


def choose(
    asked: Asked,
    judgement: Judgement,
    bounds: Bounds,
    terms: Terms,
    contradicts: Contradicts,
    opposes: Contradicts,
    nearby: Nearby,
    *,
    present: bool,
    near: float = NEAR_BEST_RATIO,
    alike: Contradicts = lambda one, other: False,
    leads: int | None = None,
    most: int = DEFAULT_CLAIMS,
    skip: int = 0,
) -> Choice:
    """Choose at most `most` claims of an answer, after the first `skip`; none if nothing answers.

    `alike` tells whether two say the same. At most `leads` claims are there for their own sake (FACT_CLAIMS by default where one
    fact is asked for), the others for another side.
    `opposes` decides what must be shown beside a claim, `contradicts` more strictly whether the parties disagree; `nearby`
    returns the statements around one.
    """
    inside = [
        each
        for each in judgement.readings
        if asked.time.kind != "hard" or not asked.time_scope or in_time(each.candidate, asked.time_scope)
    ]
    if not inside:
        return Choice()
    correction = max(inside, key=lambda each: each.corrects)
    if correction.corrects >= bounds.correct and correction.corrects > inside[0].answers:
        return Choice((correction,), corrects=True)
    best = inside[0].answers
    if judgement.answerable < bounds.answer:
        return Choice()
    fact = asked.kind in FACTS
    good = [each for each in inside if each.answers >= bounds.show] or inside[:1]
    now = asked.latest or (present and asked.kind in FACTS | {YES_NO})
    if now:
        good = _newest_first(good, near * best)
    limit = min(most, leads or (FACT_CLAIMS if fact else most))
    chosen = distinct(good, terms, named_parties(asked), limit + skip, alike)[skip:]
    complete = with_both_sides(chosen, inside, opposes, bearing=bounds.bearing, most=most)
    if complete:
        complete = never_alone(complete, nearby, contradicts, most=most)
    if disputed(complete, contradicts):
        return Choice(tuple(by_party(complete)), disputed=True, now=now)
    stretch = asked.time.kind == "hard" and not fact and asked.time_scope.since != asked.time_scope.until
    if stretch and len(complete) > 2:
        return Choice(tuple(sorted(complete, key=lambda each: each.candidate.day)), form="timeline")
    return Choice(tuple(complete), now=now)


def named_parties(asked: Asked) -> frozenset[str]:
    """The parties that the question names."""
    return frozenset(asked.things)


def distinct(
    good: Sequence[Reading],
    terms: Terms,
    named: frozenset[str],
    most: int,
    alike: Contradicts = lambda one, other: False,
) -> list[Reading]:
    """The best statements without repetition or too much of one voice; a party that the question names comes first or second."""
    chosen: list[Reading] = []
    seen: list[set[str]] = []
    for each in _named_early(good, named):
        words = set(terms(each.candidate.text))
        told = any(_repeats(words, other) for other in seen) or any(
            alike(each.candidate, other.candidate) for other in chosen
        )
        voice = each.candidate.voice
        crowded = any(voice) and each.candidate.party not in NEUTRAL | named
        if told or (crowded and sum(other.candidate.voice == voice for other in chosen) >= MAX_CLAIMS_PER_SPEAKER):
            continue
        chosen.append(each)
        seen.append(words)
        if len(chosen) == most:
            break
    return chosen


def _repeats(words: set[str], told: set[str]) -> bool:
    """Whether a sentence repeats earlier ones: most words and every figure are the same."""
    figures = {word for word in words if word.isdigit()}
    return figures <= told and len(words & told) >= DUPLICATE_WORD_SHARE * min(len(words), len(told))


def _named_early(good: Sequence[Reading], named: frozenset[str]) -> list[Reading]:
    own = next((each for each in good if each.candidate.party in named), None)
    if own is None or own in good[:2]:
        return list(good)
    rest = [each for each in good if each is not own]
    return [*rest[:1], own, *rest[1:]]


def _newest_first(good: Sequence[Reading], least: float) -> list[Reading]:
    near = [each for each in good if each.answers >= least and each.candidate.day]
    newest = sorted(near, key=lambda each: each.candidate.days[1] or "", reverse=True)
    return [*newest, *(each for each in good if each not in near)]
