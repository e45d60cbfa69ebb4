"""What long work says while it lasts: rates and times left by a clock that the test turns."""

from __future__ import annotations

import io
import re

import pytest
from conftest import AXES, Bookshelf, WordEncoder

from bot.console import Console
from bot.pace import Pace, duration, per_second
from bot.progress import Lines, Progress
from index.build.update import update
from index.files.generations import Generations
from index.progress import Effort, Tally
from sources.document import Document


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Shown:
    """A display that keeps every line."""

    def __init__(self, every=0.0):
        self.every = every
        self.lines = []

    def show(self, line, done, total):
        self.lines.append(line)


@pytest.fixture
def clock():
    return Clock()


def test_a_rate_looks_back_half_a_minute(clock):
    pace = Pace(clock)
    for _ in range(60):  # a minute of ten a second, then half a minute of two
        pace.note(10 * (clock.now - 1000), 0)
        clock.now += 1
    for second in range(31):
        pace.note(600 + 2 * second, 0)
        clock.now += 1
    assert pace.rate() == pytest.approx(2)
    assert pace.overall() == pytest.approx(660 / 90)


def test_nothing_is_said_of_the_first_moments_nor_of_standing_still(clock):
    pace = Pace(clock)
    assert (pace.rate(), pace.overall(), pace.left(5), pace.elapsed) == (None, None, None, 0)
    pace.note(0, 0)
    clock.now += 1.5
    pace.note(3, 30)
    assert (pace.rate(), pace.left(5)) == (None, None)
    clock.now += 1.5
    pace.note(6, 60)
    assert (pace.rate(), pace.left(100)) == (2, 5)
    clock.now += 60
    pace.note(6, 60)
    clock.now += 60
    pace.note(6, 60)
    assert (pace.rate(), pace.left(100)) == (None, None)


def test_the_time_left_follows_characters_not_texts(clock):
    """A thousand characters a second: 100 texts of 100 characters, then 100 of 1,000."""
    shown = Shown()
    tally = Tally(Progress(shown, clock=clock), texts=200, characters=110_000)
    tally.known(0)
    for _ in range(100):
        clock.now += 0.1
        tally.computed("x" * 100)
    # by texts it would be 10 s; 100,000 characters take 100 s
    assert shown.lines[-1] == "embedding 100 of 200 texts, 10 a second, 2 min left"
    for _ in range(60):
        clock.now += 1
        tally.computed("x" * 1000)
    assert shown.lines[-1] == "embedding 160 of 200 texts, 1.0 a second, 40 s left"
    for _ in range(40):
        clock.now += 1
        tally.computed("x" * 1000)
    assert shown.lines[-1] == "embedding 200 of 200 texts, 1.8 a second, 2 min in all"


def test_known_texts_are_done_but_are_no_effort(clock):
    shown = Shown()
    tally = Tally(Progress(shown, clock=clock), texts=5600, characters=60_000)
    tally.known(5000)
    for _ in range(4):
        clock.now += 1
        tally.computed("x" * 100)
    assert shown.lines[0] == "embedding 5,000 of 5,600 texts"
    assert shown.lines[-1] == "embedding 5,004 of 5,600 texts, 1.0 a second, 10 min left"
    tally.known(595, characters=59_500)  # those texts had come up in an earlier block
    assert shown.lines[-1] == "embedding 5,599 of 5,600 texts, 1.0 a second, 1 s left"
    tally.computed("x" * 100)
    assert shown.lines[-1].startswith("embedding 5,600 of 5,600 texts, ")


def test_a_repeated_text_is_done_everywhere_and_computed_once():
    told = []

    class Kept:
        def __call__(self, stage, done, total):
            raise AssertionError(stage)

        def embedding(self, effort):
            told.append(effort)

    Tally(Kept(), texts=3, characters=4).computed("four", times=3)
    assert told == [Effort(done=3, total=3, computed=1, characters=4, left=0)]


def test_a_plain_function_is_told_of_texts():
    told = []
    tally = Tally(lambda *step: told.append(step), texts=3, characters=2)
    tally.known(1)
    tally.computed("ab", times=2)
    assert told == [("embedding", 1, 3), ("embedding", 3, 3)]


def test_lines_that_stay_come_every_ten_seconds_and_at_the_end(clock):
    written = []
    progress = Progress(Lines(written.append), clock=clock)
    for done in range(1, 251):
        clock.now += 0.1
        progress("reading", done, 250)
    assert written == [
        "reading 100 of 250, 10 a second, 15 s left",
        "reading 200 of 250, 10 a second, 5 s left",
        "reading 250 of 250, 10 a second, 25 s in all",
    ]


def test_short_work_leaves_no_lines(clock):
    written = []
    progress = Progress(Lines(written.append), clock=clock)
    for done in range(1, 51):
        clock.now += 0.1
        progress("reading", done, 50)
    assert written == []


def test_a_new_stage_begins_a_new_rate(clock):
    shown = Shown()
    progress = Progress(shown, clock=clock)
    for stage, seconds in (("reading", 1), ("writing", 4)):
        for done in range(4):
            progress(stage, done, 10)
            clock.now += seconds
    assert shown.lines[-1] == "writing 3 of 10, 0.2 a second, 30 s left"


DURATIONS = {0.2: "1 s", 9.6: "10 s", 47: "45 s", 89: "90 s", 91: "2 min", 5_000: "83 min", 7_810: "2 h 10 min"}


@pytest.mark.parametrize(
    ("seconds", "words"), {**DURATIONS, 7_200: "2 h", 86_000: "23 h 50 min", 200_000: "2 days"}.items()
)
def test_durations(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(("rate", "words"), [(0.84, "0.8"), (9.96, "10"), (22.6, "23"), (1234.5, "1,234")])
def test_rates(rate, words):
    assert per_second(rate) == f"{words} a second"


def test_quiet_says_nothing(clock, capsys):
    with Console(quiet=True).progress() as progress:
        for done in range(100):
            progress("reading", done, 100)
        progress.embedding(Effort(1, 1, 1, 1, 0))
    assert capsys.readouterr() == ("", "")


def test_a_terminal_has_one_line_that_renews_itself(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("bot.progress_line.Line.every", 0.0)
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with Console(colour=False).progress() as progress:
        for done in range(1, 4):
            progress("reading", done, 4)
            progress.embedding(Effort(1280 + done, 5600, done, done, 9))
    written = screen.getvalue()
    assert "embedding 1,283 of 5,600 texts" in written
    assert "\n\n" not in written.replace("\r", "")  # never more than one line
    assert written.removesuffix("\x1b[?25h").endswith("\x1b[2K"), repr(written[-60:])  # and nothing of it stays


def test_an_update_tells_all_of_its_texts(home, shelf, encoder):
    told = []
    update(shelf, Generations(home), encoder, progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "reading"] == [("reading", n, 3) for n in (1, 2, 3)]
    embedding = [done for stage, done, total in told if stage == "embedding" and total == 9]
    assert embedding == sorted(embedding)
    assert embedding[-1] == 9
    assert told[-1] == ("writing", 3, 3)


def test_what_repeats_across_blocks_is_counted_once(home, monkeypatch):
    monkeypatch.setattr("index.build.blocks.BLOCK_TEXTS", 1)  # every document a block of its own
    shelf = Bookshelf({n: Document(n, "The same", f"{' '.join(AXES)}.") for n in ("a", "b", "c")})
    encoder, efforts = WordEncoder(), []

    class Kept:
        def __call__(self, stage, done, total):
            pass

        def embedding(self, effort):
            efforts.append(effort)

    update(shelf, Generations(home), encoder, progress=Kept())
    assert len(encoder.embedded) == 1
    assert (efforts[-1].done, efforts[-1].total, efforts[-1].computed, efforts[-1].left) == (6, 6, 1, 0)
    assert re.fullmatch(r"The same\. .*\.", encoder.embedded[0])
