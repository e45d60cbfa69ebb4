"""Questions asked again, or by several at once, are answered once, and never out of an older index."""

from __future__ import annotations

import asyncio

import pytest
from conftest import WordEncoder
from telegram_bot import library, workspace

from bot.answer_types import Answer
from bot.telegram.live import LiveIndex
from bot.telegram.repeated import RepeatedAnswers, key_of
from index.passages import Scope
from index.update import update
from sources.document import Document

pytestmark = pytest.mark.anyio
QUESTION = "How many towers has the fence?"


class Counted:
    """Makes an answer, slowly or not at all, and counts."""

    def __init__(self, fail=False):
        self.made = 0
        self.fail = fail

    async def __call__(self):
        self.made += 1
        await asyncio.sleep(0.02)
        if self.fail:
            raise RuntimeError("died")
        return Answer(question=str(self.made), asked_as="", scope=Scope(), language="en")


async def test_several_at_once_share_one_answer_and_one_who_leaves_takes_it_from_nobody():
    answers, make = RepeatedAnswers(), Counted()
    key = key_of("1", QUESTION, (), "en")
    waiting = [asyncio.create_task(answers.answer(key, make)) for _ in range(5)]
    await asyncio.sleep(0.005)
    waiting[0].cancel()
    found = await asyncio.gather(*waiting[1:])
    assert make.made == 1
    assert {answer.question for answer in found} == {"1"}
    assert (await answers.answer(key, make)).question == "1"


async def test_everything_an_answer_depends_on_tells_two_apart():
    answers, make = RepeatedAnswers(), Counted()
    keys = [
        key_of("1", QUESTION, (), "en"), key_of("2", QUESTION, (), "en"), key_of("1", QUESTION + "?", (), "en"),
        key_of("1", QUESTION, ["Before"], "en"), key_of("1", QUESTION, (), "ur"),
    ]  # fmt: skip
    assert len({(await answers.answer(key, make)).question for key in keys}) == len(keys)


async def test_a_failure_reaches_who_waits_and_is_not_kept():
    answers, make = RepeatedAnswers(), Counted(fail=True)
    key = key_of("1", QUESTION, (), "en")
    results = await asyncio.gather(*(answers.answer(key, make) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [RuntimeError] * 3
    make.fail = False
    assert (await answers.answer(key, make)).question == "2"


async def test_the_least_used_go_first():
    answers, make = RepeatedAnswers(most=2), Counted()
    first, second, third = (key_of("1", name, (), None) for name in "abc")
    for key in (first, second, first, third, first):
        await answers.answer(key, make)
    assert make.made == 3
    await answers.answer(second, make)
    assert make.made == 4


async def test_a_rebuilt_index_answers_anew(tmp_path):
    work = workspace(tmp_path)
    live = LiveIndex(tmp_path, work.encoder())
    begun = []
    before = await live.answer(QUESTION, (), "en", lambda: begun.append(1))
    assert await live.answer(QUESTION, (), "en", lambda: begun.append(2)) is before
    assert begun == [1, 2]
    shelf = library()
    shelf.documents["towers"] = Document(
        "towers", "Towers", "The fence has forty towers, says the builder.", kind="news"
    )
    update(shelf, work.generations, WordEncoder())
    await live.settled()
    after = await live.answer(QUESTION, (), "en")
    assert (before.generation, after.generation) == ("000001", "000002")
    assert "forty towers" in " ".join(citation.quote for citation in (*after.citations, *after.nearest))
    live.close()
