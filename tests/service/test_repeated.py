"""Questions asked again, or by several at once, are answered once, and never out of an older index."""

from __future__ import annotations

import asyncio

import pytest
from conftest import WordEncoder
from support.fakes import word_reader
from support.running.telegram_bot import library, workspace

from bot.answering.answer import Answer
from bot.service.answer_cache import Shared, key_of
from bot.service.answering import Ask
from bot.service.live_index import LiveIndex
from index.build.update import update
from index.types import Scope
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
    answers, make = Shared(), Counted()
    key = key_of("1", Ask(QUESTION, (), "en"))
    waiting = [asyncio.create_task(answers.get(key, make)) for _ in range(5)]
    await asyncio.sleep(0.005)
    waiting[0].cancel()
    found = await asyncio.gather(*waiting[1:])
    assert make.made == 1
    assert {answer.question for answer in found} == {"1"}
    assert (await answers.get(key, make)).question == "1"


async def test_everything_an_answer_depends_on_tells_two_apart():
    answers, make = Shared(), Counted()
    keys = [
        key_of("1", Ask(QUESTION, (), "en")), key_of("2", Ask(QUESTION, (), "en")), key_of("1", Ask(QUESTION + "?", (), "en")),
        key_of("1", Ask(QUESTION, ("Before",), "en")), key_of("1", Ask(QUESTION, (), "ur")),
        key_of("1", Ask(QUESTION, (), "en", 2)), key_of("1", Ask(QUESTION, (), "en", scope=Scope(parties=("pakistan",)))),
        key_of("1", Ask(QUESTION, (), "en", k=1)),
    ]  # fmt: skip
    assert len({(await answers.get(key, make)).question for key in keys}) == len(keys)


async def test_a_failure_reaches_who_waits_and_is_not_kept():
    answers, make = Shared(), Counted(fail=True)
    key = key_of("1", Ask(QUESTION, (), "en"))
    results = await asyncio.gather(*(answers.get(key, make) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [RuntimeError] * 3
    make.fail = False
    assert (await answers.get(key, make)).question == "2"


async def test_the_least_used_go_first():
    answers, make = Shared(most=2), Counted()
    first, second, third = (key_of("1", Ask(name)) for name in "abc")
    for key in (first, second, first, third, first):
        await answers.get(key, make)
    assert make.made == 3
    await answers.get(second, make)
    assert make.made == 4


async def test_a_rebuilt_index_answers_anew(tmp_path, monkeypatch):
    word_reader.use(monkeypatch)
    work = workspace(tmp_path)
    live = LiveIndex(tmp_path, work.encoder())
    begun = []
    before = await live.answer(QUESTION, (), "en", lambda: begun.append(1))
    assert await live.answer(QUESTION, (), "en", lambda: begun.append(2)) is before
    assert begun == [1, 2]
    shelf = library()
    shelf.documents["fence"] = Document("fence", "The fence", "The fence has forty towers.", kind="news")
    update(shelf, work.generations, WordEncoder())
    await live.settled()
    after = await live.answer(QUESTION, (), "en")
    assert (before.generation, after.generation) == ("000001", "000002")
    assert "forty towers" in " ".join(citation.quote for citation in after.citations)
    assert await live.end()
