"""The kind of answer that a question asks for, and whether a sentence holds something of that kind."""

from __future__ import annotations

import re

from index.normalise import normalise

WHEN, COUNT, WHO, WHERE, WHY, YES_NO, OTHER = "when", "count", "who", "where", "why", "yes_no", "other"
FACTS = frozenset({WHEN, COUNT, WHO, WHERE})  # kinds of question for one fact

_ASKED = {
    COUNT: r"\bhow (many|much|large|big|long|high|far|often|old)\b|\bwhat (number|share|percentage|proportion|amount|sum)\b"
    r"|\bnumber of\b|\bdeath toll\b|\btoll\b|کتن[اهی]|چند|چه تعداد|چقدر|څومره|څو\b|сколько|какое (число|количество)",
    WHEN: r"\bwhen\b|\b(what|which) (date|day|month|year)\b|\bin what year\b|\bsince when\b|کب\b|کس (سال|تاریخ|دن)|چه وقت|چی وقت"
    r"|کی بود|چه (زمان|سال|تاریخ)|کدام (سال|تاریخ)|کله\b|کوم کال|когда|в каком году|какого числа",
    WHY: r"\bwhy\b|\bhow come\b|\bwhat (caused|explains|led|made)\b|\breasons?\b|\bhow did\b|\bhow does\b|\bhow do\b|\bhow has\b"
    r"|کیوں|چرا|چگونه|چطور|ولی\b|څنگه|почему|зачем|по какой причине|каким образом",
    WHERE: r"\bwhere\b|\b(what|which) (place|city|town|country|province)\b|کهاں|کجا|چیری|چیرته|где\b|куда|откуда",
    WHO: r"\bwho(m|se)?\b|\b(what|which) (person|man|minister|official|commander|leader|group)\b|\bکون\b|\bکس (نی|کو)\b"
    r"|چه کسی|\bکی\b|کیست|څوک|\bچا\b|\bкто\b|\bкого\b|\bкому\b|\bкем\b",
    YES_NO: r"^(did|was|were|is|are|has|have|had|does|do|will|can|could|would|should)\b|^کیا\b|^ایا\b|\bли\b",
}
_DEFINITION = re.compile(
    r"^(what|who)( ?.s| is| are| was| were)( meant by)?( the| a| an)?$|^(define|explain|meaning of|what does)( the)?( mean)?$"
    r"|^(the )?$|^(چیست|کیست|چه است|چی است|کی است|چه کسی است|کیا هی|کیا هین|کیا هیں|کون هی|کسی کهتی هیں"
    r"|څه دی|څه ده|څه شی دی|څوک دی|څوک و|څوک ده)$"
    r"|^(что такое|кто такой|кто такая|что это|кто это|кто такие)$"
)
_KINDS = {kind: re.compile(pattern) for kind, pattern in _ASKED.items()}
_DATE = re.compile(
    r"\b(1[89]\d\d|20\d\d)\b|\b\d{1,2} (january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\b"
)
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|half"
    r"|third|quarter|no|none|several)\b"
)
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_DAY = re.compile(
    r"\b\d{1,2}(?: and \d{1,2}|[–-]\d{1,2})? (?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\b"
)
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]+")


def kind_of(question: str) -> str:
    """when, count, who, where, why, yes_no or other; in any of the five languages."""
    text = normalise(question)
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(text)), OTHER)


def asks_definition(rest: str) -> bool:
    """Whether a question, its one name taken out, asks only what or who that is."""
    return _DEFINITION.match(" ".join(re.findall(r"[\w']+", normalise(rest)))) is not None


def fits(kind: str, sentence: str) -> bool:
    """Whether a sentence holds a date, a number that is no date, or a name, as the kind of question wants."""
    if kind == WHEN:
        return _DATE.search(normalise(sentence)) is not None
    if kind == COUNT:
        return _NUMBER.search(without_dates(normalise(sentence))) is not None
    if kind in {WHO, WHERE}:
        return _NAME.search(sentence) is not None or not sentence.isascii()
    return True


def without_dates(text: str) -> str:
    """A normalised text without its days and years, so that the numbers left count something."""
    return _DAY.sub(" ", _YEAR.sub(" ", text))
