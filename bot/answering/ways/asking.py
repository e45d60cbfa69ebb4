"""A question with what was found for it and what it wants: the input of every way of answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.answering.finding import Finder
from bot.answering.reading.features import Question
from bot.answering.reading.reader import Judgement, Reading
from bot.question.listing import Listing
from bot.question.query import Asked
from index.types import Hit


@dataclass(frozen=True)
class Asking:
    """A question, the passages found for it, what it wants listed, and the day on which it is asked."""

    finder: Finder
    question: Question
    hits: Sequence[Hit]
    wanted: Listing | None
    day: date

    @property
    def asked(self) -> Asked:
        """The question as it was understood."""
        return self.question.asked

    @cached_property
    def judged(self) -> Judgement:
        """The statements that were found, judged once."""
        return self.finder.judged(self.question, self.hits, self.day)

    @property
    def sure(self) -> tuple[float, float]:
        """P(answers) of the likeliest statement, and P(it is answerable)."""
        return (self.judged.readings[0].answers if self.judged.readings else 0.0, self.judged.answerable)

    @property
    def read(self) -> tuple[Reading, ...]:
        """What was read so far of the question and its parts; empty if nothing was judged."""
        own = self.__dict__["judged"].readings if "judged" in self.__dict__ else ()
        others = [
            each for each in (*self.__dict__.get("parts", ()), self.__dict__.get("apart")) if each not in (None, self)
        ]
        return (*own, *(reading for each in others for reading in each.read))

    @cached_property
    def parts(self) -> tuple[Asking, ...]:
        """The questions that it asks at once, each searched by itself; itself alone if it asks one."""
        return tuple(self._part(part) for part in self.asked.parts) or (self,)

    @cached_property
    def apart(self) -> Asking | None:
        """A follow-up by itself, with the names of the question before; None if it is no follow-up, or there are none."""
        return self._part(self.asked.apart) if self.asked.apart else None

    def _part(self, part: Asked) -> Asking:
        question = Question(part, self.question.index, self.question.gazetteer)
        return Asking(self.finder, question, self.finder.search(part), None, self.day)
