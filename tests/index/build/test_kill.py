"""SIGKILL at random moments of an update: the last good generation always answers and the next update completes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Bookshelf, WordEncoder
from support.running.postgres import ready

from index.build.update import update
from index.errors import IndexBusyError
from index.files.generations import Generations
from index.postgres.generations import DatabaseGenerations
from index.search import Index
from sources.document import Document

TESTS = Path(__file__).parents[2]
SCRIPT = TESTS / "support" / "processes" / "kill_update.py"
KILLS = 30


@pytest.mark.slow
def test_thirty_kills_lose_nothing(home):
    encoder = WordEncoder()
    dice = random.Random(2026)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    subprocess.run([sys.executable, SCRIPT, home, "2"], env=environment, check=True)
    served = set()
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, SCRIPT, home, "0"], env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        generations = Generations(home)
        assert generations.verify() == []
        index = Index.open(home, encoder)
        assert index.search("the fence")[0].passage.document_id == "fixed"
        index.close()
        served.add(generations.current())
    assert len(served) > KILLS // 6  # the kills fell into running updates, not before them; a busy machine makes fewer
    shelf = Bookshelf({"fixed": Document("fixed", "The fence", "Pakistan built a fence.")})
    outcome = update(shelf, Generations(home), encoder)
    assert outcome.manifest.counts["documents"] == 1
    leftovers = [path for path in (home / "index" / "generations").iterdir() if not path.name.isdigit()]
    assert leftovers == []


@pytest.mark.slow
def test_kills_lose_nothing_in_a_database(postgres):
    database = ready(postgres)
    url = database.url.render_as_string(hide_password=False)
    generations = DatabaseGenerations(database)
    dice = random.Random(2026)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    subprocess.run([sys.executable, SCRIPT, url, "2"], env=environment, check=True)
    served = set()
    for _ in range(10):
        process = subprocess.Popen([sys.executable, SCRIPT, url, "0"], env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert generations.verify() == []
        index = Index.open(generations, WordEncoder())
        assert index.search("the fence")[0].passage.document_id == "fixed"
        index.close()
        served.add(generations.current())
        _until_unlocked(generations)
    assert len(served) > 2
    shelf = Bookshelf({"fixed": Document("fixed", "The fence", "Pakistan built a fence.")})
    assert update(shelf, generations, WordEncoder()).manifest.counts["documents"] == 1
    assert generations.verify() == []
    database.close()


def _until_unlocked(generations):
    """The server notices at once that the process holding the lock is gone."""
    for _ in range(100):
        try:
            with generations.writing():
                return
        except IndexBusyError:
            time.sleep(0.05)
    pytest.fail("the lock of a killed process stays")
