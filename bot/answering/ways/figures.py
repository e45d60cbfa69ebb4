"""What is known of a whole answer: figures of the question, of everything that was found, and of what would be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from bot.answering.candidates import Candidate
from bot.answering.reading.features import Question, Table
from bot.answering.sides import NEUTRAL, REPORTERS
from bot.answering.ways.asking import Asking
from bot.answering.ways.proposals import WAYS, Offers, Proposal
from bot.nlp.answer_type import COUNT, OTHER, WHEN, WHERE, WHO, WHY, YES_NO
from bot.nlp.linear import Linear

# What sort of answer a question may want, by the vector of the question (`python -m evals.fitting.questions.sorts`): “two” asks
# several things, “premise” takes something wrong for granted, “none” is hardly held by a library on the subject.
SORTS = ("fact", "yesno", "why", "what", "disputed", "broad", "time", "two", "premise", "list", "none")
COMPARED_CLAIMS = 8  # claims of an answer that are compared
UNLIKELY_PROBABILITY = 0.2  # P(answers) below which a claim is counted as unlikely to answer
LIKELY_PROBABILITY = 0.3  # P(answers) from which a claim is counted as likely to answer
NEAR_BEST_RATIO = 0.5  # of the best P(answers): statements above it may be what is asked for
_KINDS = (WHEN, COUNT, WHO, WHERE, WHY, YES_NO, OTHER)
NOTHING = float("nan")
YEAR_DAYS = 365.0


class Wanted(NamedTuple):
    """What is known of the question."""

    defines: float
    latest: float
    present: float
    leaning: float  # it depends on the question before
    bound: float  # to days that it names
    words: float
    names: float
    foreign: float
    lists: float  # P(a list or the newest event is wanted)
    newest: float
    parts: float


class Found(NamedTuple):
    """What is known of everything that was found."""

    explained: float  # P(the nearest explainer answers)
    answerable: float
    best: float  # P(answers) of the likeliest two
    second: float
    corrects: float


class Shown(NamedTuple):
    """What is known of the claims that would be shown; not a number where it is not defined, as of the second of one claim."""

    claims: float
    first: float  # P(answers)
    then: float
    mean: float
    least: float
    lead: float  # of the first over the likeliest that was found
    # Of what is not shown: the likeliest, how many are likely, and the likeliest of an acting party that is not heard.
    left_out: float
    left_likely: float
    other_side: float
    unlikely: float  # claims
    bears: float  # P(belongs to the answer) of the first
    corrects: float
    worst: float  # the least that any claim answers or belongs to the answer
    cosine: float
    share: float  # of the question's words, by rarity: in the claims, and with their headings
    share_headed: float
    gone: float
    named: float
    # The words of a claim in another one; the likeness of the two likest, of the first two, and of the first to all.
    repeated: float
    like: float
    like_then: float
    like_first: float
    disputed: float
    acting: float  # parties that take part, parties that the question names, whether the first claim is of either sort
    asked_party: float
    unheard: float  # parties that the question names, that say anything of it, and are not heard
    agreed_first: float
    acting_first: float
    alone: float
    explains: float  # share of claims that are an explainer's, and P(the explainer that they are from answers)
    explained: float
    older: float  # years by which the newest claim, and the first, are older than the newest likely statement
    older_first: float
    years_first: float  # that the first claim covers
    part: float  # of the part of the question that is answered worst
    part_answerable: float
    covered: float  # the part of the question, or the follow-up alone, that is answered worst, by the first forest
    missing: float
    now: float


NAMES = (
    *(f"way_{way}" for way in WAYS),
    *(f"kind_{kind}" for kind in _KINDS),
    *(f"sort_{sort}" for sort in SORTS),
    *(f"asked_{name}" for name in Wanted._fields),
    *(f"found_{name}" for name in Found._fields),
    *(f"shown_{name}" for name in Shown._fields),
)


def figures(asking: Asking, offers: Offers, sorts: Linear | None) -> Table:
    """One row of NAMES for each proposal. `sorts` tells the SORTS of a question; without it they are no numbers."""
    asked, question = asking.asked, asking.question
    kinds = [float(asked.kind == kind) for kind in _KINDS]
    likely = sorts(question.index.embed(asked.lookup))[0].tolist() if sorts else [NOTHING] * len(SORTS)
    found = _found(asking, offers)
    known = [*kinds, *likely, *_wanted(asking), *found]
    near = [each for each in asking.judged.readings if each.answers >= NEAR_BEST_RATIO * found.best]
    newest = max((_years(each.candidate) for each in near), default=NOTHING)
    glanced = _glanced(asking, offers)
    rows = []
    for each in offers.proposals:
        ways = [float(each.way == way) for way in WAYS]
        rows.append([*ways, *known, *_shown(asking, each, found.best, newest, glanced)])
    return np.array(rows, np.float32).reshape(len(rows), len(NAMES))


def _glanced(asking: Asking, offers: Offers) -> list[dict[tuple[str, int], float]]:
    """For each part of a question that asks several things, and for a follow-up by itself, P(answers it) of everything that
    might be shown."""
    parts = asking.parts if len(asking.parts) > 1 else (asking.apart,) if asking.apart else ()
    if not parts:
        return []
    shown = (each.candidate for proposal in offers.proposals for each in proposal.choice.shown[:COMPARED_CLAIMS])
    rows = list({row.place: row for row in shown}.values())
    return [
        dict(
            zip(
                (row.place for row in rows),
                asking.finder.reader.glanced(part.question, rows, asking.day),
                strict=True,
            )
        )
        for part in parts
    ]


def _wanted(asking: Asking) -> Wanted:
    asked, question, wanted = asking.asked, asking.question, asking.wanted
    return Wanted(
        defines=float(asked.defines is not None),
        latest=float(asked.latest),
        present=float(question.present),
        leaning=float(asked.text != asked.question),
        bound=float(asked.time.kind == "hard"),
        words=float(len(question.terms)),
        names=float(len(asked.names)),
        foreign=float(asked.language != "en"),
        lists=wanted.likely if wanted else 0.0,
        newest=float(wanted is not None and wanted.last),
        parts=float(len(asked.parts)),
    )


def _found(asking: Asking, offers: Offers) -> Found:
    read = asking.judged.readings
    likely = sorted((each.answers for each in read), reverse=True)
    return Found(
        explained=offers.explained,
        answerable=asking.judged.answerable,
        best=likely[0] if likely else 0.0,
        second=likely[1] if len(likely) > 1 else 0.0,
        corrects=max((each.corrects for each in read), default=0.0),
    )


def _shown(
    asking: Asking,
    proposal: Proposal,
    best: float,
    newest: float,
    glanced: Sequence[dict[tuple[str, int], float]],
) -> Shown:
    """`best` is the likeliest that was found, `newest` the last day of what is likely, in years; see _glanced."""
    asked, question, choice = asking.asked, asking.question, proposal.choice
    read = choice.shown[:COMPARED_CLAIMS]
    rows = [each.candidate for each in read]
    answers = [each.answers for each in read]
    found = asking.judged.readings
    places = {each.candidate.place for each in choice.shown}
    said = [set(question.index.terms(row.text)) for row in rows]
    held = set[str]().union(*said)
    around = held.union(*(question.index.terms(row.context) for row in rows))
    like = question.index.vectors([row.sentence for row in rows])
    likeness = like @ like.T
    parties = [row.party for row in rows]
    acting = {party for party in parties if party not in NEUTRAL | REPORTERS}
    left = [each for each in found if each.candidate.place not in places]
    heard, speaking = set(parties), {each.candidate.party for each in found} | set(parties)
    return Shown(
        claims=float(len(choice.shown)),
        first=answers[0],
        then=answers[1] if len(answers) > 1 else NOTHING,
        mean=float(np.mean(answers)),
        least=min(answers),
        lead=answers[0] - best,
        left_out=max((each.answers for each in left), default=0.0),
        left_likely=float(sum(each.answers >= LIKELY_PROBABILITY for each in left)),
        other_side=max((each.answers for each in left if _is_unheard(each.candidate, heard)), default=0.0),
        unlikely=float(sum(value < UNLIKELY_PROBABILITY for value in answers)),
        bears=read[0].bearing,
        corrects=read[0].corrects,
        worst=min(max(each.answers, each.bearing) for each in read),
        cosine=rows[0].cosine,
        share=_share(question, held),
        share_headed=_share(question, around),
        gone=max((weight for term, weight in question.words.items() if term not in around), default=0.0)
        / (question.index.rarity("\0") or 1.0),
        named=_named(question, rows),
        repeated=_repeated(said),
        like=max((float(likeness[i, j]) for i in range(len(rows)) for j in range(i)), default=NOTHING),
        like_then=float(likeness[0, 1]) if len(rows) > 1 else NOTHING,
        like_first=float(likeness[0, 1:].mean()) if len(rows) > 1 else NOTHING,
        disputed=float(choice.disputed),
        acting=float(len(acting)),
        asked_party=float(len(asked.things & heard)),
        unheard=float(len(asked.things & speaking - heard)),
        agreed_first=float(parties[0] in NEUTRAL),
        acting_first=float(parties[0] in acting),
        alone=float(len(parties) == 1 and len(acting) == 1),
        explains=float(np.mean([row.document.kind == "explainer" for row in rows])),
        explained=proposal.explained,
        older=newest - max(map(_years, rows)),
        older_first=newest - _years(rows[0]),
        years_first=_years(rows[0]) - _years(rows[0], 0),
        part=min((likeliest for likeliest, _ in proposal.parts), default=NOTHING),
        part_answerable=min((sure for _, sure in proposal.parts), default=NOTHING),
        covered=min((max(of_part[row.place] for row in rows) for of_part in glanced), default=NOTHING),
        missing=float(choice.missing is not None),
        now=float(choice.now),
    )


def _is_unheard(row: Candidate, heard: set[str | None]) -> bool:
    return row.party not in NEUTRAL | REPORTERS | heard


def _share(question: Question, held: set[str]) -> float:
    total = sum(question.words.values()) or 1.0
    return sum(weight for term, weight in question.words.items() if term in held) / total


def _named(question: Question, rows: Sequence[Candidate]) -> float:
    """The share of the specific names in a question that are in the claims; 1 if it names nothing."""
    held = {mention.entry_id for row in rows for mention in question.gazetteer.find(row.text)}
    names = question.asked.names
    return len(names & held) / len(names) if names else 1.0


def _repeated(said: Sequence[set[str]]) -> float:
    pairs = ((one, other) for at, one in enumerate(said) for other in said[:at])
    return max((len(one & other) / max(1, min(len(one), len(other))) for one, other in pairs), default=0.0)


def _years(row: Candidate, end: int = 1) -> float:
    """The last day of a statement (the first with `end` 0), in years; not a number if it is undated."""
    day = row.days[end]
    return date.fromisoformat(day).toordinal() / YEAR_DAYS if day else NOTHING
