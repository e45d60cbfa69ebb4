"""Measuring speed: what is said of two runs, made libraries, the plot, and the quick start of a command."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from bot.cli import command_of
from evals.speed import slower
from evals.speed_made import batches, material, write
from evals.speed_matrix import flop
from evals.speed_plot import LINES, plot
from index.generations import Generations
from index.passages import Scope
from index.search import Index
from index.update import update


def test_what_got_slower_is_said_with_both_figures():
    assert slower({"a": 1.3, "b": 1.1}, {"a": 1.0, "b": 1.0, "gone": 1.0}) == ["a: 1 -> 1.3, 1.30 times"]


@pytest.fixture
def made(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    return material(Index.open(home, encoder), home)


def test_made_passages_are_slices_of_their_documents(made):
    documents, embedded = next(batches(made, 25))
    assert len(documents) == 3
    for passage in embedded.passages:
        assert documents[passage.document_id].text[passage.start : passage.end] == passage.text
    for position, (start, end) in zip(embedded.sentences.positions, embedded.sentences.spans, strict=True):
        text = documents[embedded.passages[position].document_id].text[start:end]
        assert text in made.texts
    assert np.linalg.norm(embedded.rows, axis=1) == pytest.approx(np.ones(25), abs=1e-5)


def test_a_made_library_is_written_added_to_and_taken_from(tmp_path, made, encoder):
    manifest, seconds = write(tmp_path, encoder, batches(made, 30))
    assert manifest.counts == {"documents": 3, "passages": 30, "sentences": 90}
    assert seconds > 0
    added, _ = write(tmp_path, encoder, batches(made, 10, seed=2), base=True, gone=("made-1-0",))
    assert added.counts == {"documents": 3, "passages": 30, "sentences": 90}
    assert Generations(tmp_path).open().records.allowed(Scope(documents=("made-1-0",))) == []
    assert Generations(tmp_path).verify() == []


def test_the_plot_has_a_line_and_its_points_for_every_figure():
    results = {str(size): dict.fromkeys(LINES, 10.0) for size in (1_000, 10_000, 100_000)}
    drawn = ElementTree.fromstring(plot(results))
    lines = drawn.findall("{*}polyline")
    assert len(lines) == len(LINES)
    assert all(len(line.attrib["points"].split()) == 3 for line in lines)
    assert "1,000" in {text.text for text in drawn.findall("{*}text")}


def test_the_arithmetic_of_a_passage():
    assert flop(1) == 12 * (2 * (4 * 384 * 384 + 2 * 384 * 1536) + 4 * 384)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["--home", "search", "-q", "ask", "x"], "ask"),
        (["--home=/x", "--quiet", "search", "ask"], "search"),
        (["--version"], None),
        ([], None),
    ],
)
def test_the_command_is_the_first_word_that_belongs_to_no_option(words, command):
    assert command_of(words) == command


def test_leaving_at_once_flushes_keeps_the_status_and_removes_temporary_folders(tmp_path):
    left = subprocess.run(
        [
            sys.executable, "-c",
            f"import tempfile; from bot.cli import _leave; t = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})\n"
            "print('answered'); _leave(SystemExit(3))",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (left.returncode, left.stdout) == (3, "answered\n")
    assert list(tmp_path.iterdir()) == []
