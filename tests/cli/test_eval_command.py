"""`torkham eval answers` over a small fixed set: the model computed by hand, and the real one over the shipped library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import WordEncoder
from support.fakes import word_reader
from support.made.briefs import strikes
from support.running import shipped
from support.running.command import invoke as torkham

DATA = Path(__file__).parents[1] / "data"
BRIEF = strikes(
    "2022-04-16 · Taliban, Zabihullah Mujahid:** On 16 April 2022 the Taliban said a strike in Khost killed 47 people. [^dawn]",
    "2022-04-17 · Pakistan, Foreign Office:** On 17 April 2022 Pakistan denied that the strike in Khost killed 47 people and spoke of militants. [^dawn]",
    '2022-06-01 · Agreed:** The <b>strike</b> & its "echo" were talked about in June 2022. [^dawn]',
)


@pytest.fixture
def _small(monkeypatch, tmp_path):
    """One brief for a library, the fake model, and a decision that only looks for a word."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "strikes.md").write_text(BRIEF, encoding="utf-8")
    monkeypatch.setattr("index.model.prepare.open_encoder", lambda *_, **__: WordEncoder())
    monkeypatch.setattr(
        "sources.collection.library.Library.__init__.__kwdefaults__", {"shipped": shipped, "parties": None}
    )
    word_reader.use(monkeypatch, lambda question: "strike" in question)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv("TORKHAM_HOME", raising=False)

    def invoke(*arguments):
        result = torkham(tmp_path / "home", "eval", "answers", *arguments)
        if result.exception:
            raise result.exception
        return result

    return invoke


@pytest.mark.usefixtures("_small")
def test_a_small_set_is_measured_reported_and_compared(run, tmp_path):
    page, old = tmp_path / "report.html", tmp_path / "old.json"
    first = run(DATA / "eval_small.jsonl", "--json", "--report", page)
    figures = json.loads(first.stdout)
    cases = {case["id"]: case for case in figures["cases"]}
    assert figures["questions"] == len(cases) == 9
    assert [name for name, case in cases.items() if case["right"]] == ["s1", "s2", "s5", "s6", "s8"]
    assert (cases["s2"]["sides"], cases["s2"]["evidence"]) == (True, True)
    assert (cases["s3"]["held"], cases["s3"]["evidence"]) == (False, False)
    assert cases["s4"]["abstained"]
    assert cases["s7"]["read"]
    assert cases["s8"]["reason"] == "chat"
    assert all(case["exact"] and not case["bare"] for case in cases.values())
    assert figures["abstention"]["recall"]["right"] == 2
    assert figures["abstention"]["over-refusal"]["right"] == 1
    assert figures["groups"]["type"]["unans_general"]["refused"]["value"] == 0.5
    html = page.read_text(encoding="utf-8")
    assert "<b>strike</b>" not in html
    assert "What &lt;b&gt;strike&lt;/b&gt; &amp; whose?" in html
    assert "&amp;lt;" not in html
    assert "<script" not in html
    assert "http" not in html.replace("https://example.org", "")
    old.write_text(first.stdout, encoding="utf-8")
    again = json.loads(run(DATA / "eval_small.jsonl", "--json", "--compare", old).stdout)
    assert [(pair["outcome"], pair["gained"], pair["lost"], pair["p"]) for pair in again["comparison"]][:2] == [
        ("right", [], [], 1.0),
        ("evidence", [], [], 1.0),
    ]


@pytest.mark.usefixtures("_small")
def test_the_text_lists_every_failure_with_what_was_shown(run):
    shown = run(DATA / "eval_small.jsonl", "--lines", "even").stdout
    assert "4 questions;" in shown
    assert "Failures: 1" in shown
    assert "s4 [factoid, en] Who spoke for Islamabad?\n    refused (" in shown


@pytest.mark.usefixtures("_small")
def test_a_file_that_holds_no_questions_is_one_clear_error(run, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": 1}\n')
    with pytest.raises(Exception, match="cannot be read as questions"):
        run(broken)


@pytest.fixture(scope="module")
def shipped_run(tmp_path_factory):
    home = shipped.copied(tmp_path_factory.mktemp("home"))
    result = torkham(home, "eval", "answers", DATA / "eval_shipped.jsonl", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.model
def test_the_shipped_library_answers_and_refuses(shipped_run):
    cases = {case["id"]: case for case in shipped_run["cases"]}
    assert all(case["exact"] and not case["bare"] for case in cases.values())
    assert all(cases[name]["abstained"] for name in ("t10", "t11", "t12"))
    english = [case for case in cases.values() if case["answerable"] and case["lang"] == "en"]
    others = [case for case in cases.values() if case["answerable"] and case["lang"] != "en"]
    assert sum(case["evidence"] for case in english) >= len(english) - 1
    assert sum(case["evidence"] for case in others) >= len(others) // 2
    assert cases["t03"]["sides"]


@pytest.mark.model
def test_a_year_does_not_make_an_off_topic_question_answerable(shipped_run):
    assert next(case for case in shipped_run["cases"] if case["id"] == "t13")["abstained"]
