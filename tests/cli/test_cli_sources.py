from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from support.fakes.web import Site, page, serving
from support.made.text import WORDS
from support.running.command import Result, invoke

from bot.cli import watch as cli_watch
from bot.cli.commands import add, fetch
from bot.console import Console
from bot.errors import QuestionError
from bot.settings import Settings
from bot.workspace import Workspace
from evals.fuzz import made_files as made
from sources.collection.library import Library
from sources.errors import NotFound


@pytest.fixture
def torkham(tmp_path: Path, encoder, monkeypatch: pytest.MonkeyPatch):
    """The command in a home of its own, without the shipped briefs and with the model that counts words."""
    monkeypatch.setattr(Workspace, "encoder", lambda self: encoder)
    monkeypatch.setattr(Library, "__init__", _without_briefs(Library.__init__, tmp_path / "none"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, status: int = 0, input: str | None = None) -> Result:
        result = invoke(tmp_path / "home", *arguments, input=input)
        if isinstance(result.exception, QuestionError):
            assert status == 2
        elif result.exception:
            raise result.exception
        else:
            assert result.exit_code == status, result.output
        return result

    return run


def _without_briefs(init, folder: Path):
    def made(self, home: Path, **options) -> None:
        init(self, home, **{"shipped": folder, **options})

    return made


def test_a_folder_comes_in_with_a_summary(torkham, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for suffix in (".html", ".pdf", ".docx"):
        (tmp_path / "in" / f"f{suffix}").write_bytes(made.SEEDS[suffix])
    (tmp_path / "in" / "bad.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "in" / "note.txt").write_text(WORDS)
    result = torkham("sources", "add", "in", "--publisher", "Press", "--anyway", status=1)
    for line in ("Added f: “The crossing”", "Added note: “note”", "documents", "2024-03-19 to 2024-03-19, 3 without"):
        assert line in result.output
    assert "Press 4" in result.output
    assert "1 could not be added: `torkham sources failed` lists them" in result.output
    listed = json.loads(torkham("sources", "list", "--json").output)
    assert [row["id"] for row in listed] == ["f", "f-2", "f-3", "note"]
    failed = json.loads(torkham("sources", "failed", "--json").output)["failed"]
    assert failed[0]["what"] == str(tmp_path / "in" / "bad.pdf")
    assert failed[0]["options"] == {"publisher": "Press"}


def test_what_failed_is_tried_again(torkham, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    torkham("sources", "add", "a.pdf", "--author", "A. Writer", status=1)
    torkham("sources", "retry", status=1)
    assert "tried 2×" in torkham("sources", "failed").output
    (tmp_path / "a.pdf").write_bytes(made.pdf())
    assert "Added a: “The crossing”" in torkham("sources", "retry").output
    assert "Nothing failed." in torkham("sources", "failed").output
    assert json.loads(torkham("sources", "show", "a", "--json").output)["author"] == "A. Writer"


def test_one_of_an_archive_is_tried_again(torkham, tmp_path: Path) -> None:
    (tmp_path / "z.zip").write_bytes(made.packed({"a.txt": WORDS, "b.pdf": b"%PDF-1.7"}))
    torkham("sources", "add", "z.zip", status=1)
    (tmp_path / "z.zip").write_bytes(made.packed({"a.txt": WORDS, "b.pdf": made.pdf()}))
    assert "Added b: “The crossing”" in torkham("sources", "retry").output
    assert "ftp://x/y is no web address" in torkham("sources", "add", "ftp://x/y", status=1).output


def test_names_inside_an_archive_are_told_in_plain_letters(torkham, tmp_path: Path) -> None:
    name = "a\x1b]0;owned\x07\x1b[31m\u202e.pdf"
    (tmp_path / "z.zip").write_bytes(made.packed({name: b"%PDF-1.7"}))
    output = torkham("sources", "add", "z.zip", status=1).output + torkham("sources", "failed").output
    assert "owned" in output
    assert not set(output) & set("\x1b\x07\u202e")


def test_the_same_again_is_told(torkham, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS)
    torkham("sources", "add", "a.txt")
    result = torkham("sources", "add", "a.txt", status=1)
    assert "is in the library already, as “a”" in result.output
    assert "Nothing failed." in torkham("sources", "failed").output


def test_edit_and_report(torkham, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS)
    torkham("sources", "add", "a.txt", "--date", "2021-05")
    torkham("sources", "edit", "a", "--title", "<b>T</b>", "--party", "Taliban", "--publisher", "ڈان & Co")
    shown = torkham("sources", "show", "a").output
    assert shown.startswith("<b>T</b>\n")
    assert f"copy: {tmp_path}/home/library/a.txt" in shown
    torkham("sources", "edit", "a", status=2)
    assert "1 documents" in torkham("sources", "report", "--html", "r.html").output
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "ڈان &amp; Co" in html
    assert "2021: 1" in html
    assert "<script" not in html
    assert "http" not in html


def test_what_is_cited_is_said_and_corrected(torkham, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS)
    added = torkham("sources", "add", "a.txt", "--publisher", "Press").output
    assert "Added a: “a”, no author, Press, no date (" in added
    assert "To correct how it is cited: torkham sources edit a\n" in added
    (tmp_path / "b.txt").write_text("Another text, on other things: " + WORDS[::-1])
    typed = "The title\n\n-\n2024-13\n2024-04-20\n"
    edited = torkham("sources", "add", "b.txt", "--publisher", "Press", "--edit", "--anyway", input=typed)
    assert "Added b: “The title”, no author, no publisher, 20 April 2024 (" in edited.stdout
    assert "publisher [Press]: " in edited.stderr
    assert "2024-13" in edited.stderr


def test_several_are_removed_or_none(torkham, tmp_path: Path, monkeypatch) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.txt").write_text(f"A text on {name}. " + WORDS[len(name) :])
        torkham("sources", "add", f"{name}.txt", "--anyway", "--no-index")
    with pytest.raises(NotFound, match="There is no document 'tree'; did you mean three\\?"):
        torkham("sources", "remove", "one", "tree", "--no-index")
    assert [row["id"] for row in json.loads(torkham("sources", "list", "--added", "--json").output)] == [
        "one",
        "three",
        "two",
    ]
    assert torkham("sources", "remove", "one", "two", "one").stdout == "Removed one.\nRemoved two.\n"
    assert [row["id"] for row in json.loads(torkham("sources", "list", "--json").output)] == ["three"]


def test_shipped_briefs_are_not_listed_as_added(tmp_path: Path) -> None:
    listed = invoke(tmp_path, "sources", "list", "--added")
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert "Nothing has been added yet" in listed.stderr
    with pytest.raises(NotFound, match="is shipped with the program"):
        raise invoke(tmp_path, "sources", "remove", "glossary").exception or AssertionError


def _serve(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands fetch from this site alone."""
    for module in (add, fetch):
        monkeypatch.setattr(module, "Network", site.network)


def test_fetch(torkham, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as site:
        site.pages["/a"] = page(made.html())
        site.pages["/feed"] = page(made.feed(2), "application/rss+xml")
        _serve(site, monkeypatch)
        assert "Added 127-0-0-1-a" in torkham("sources", "add", site.url("/a")).output
        assert "fetched: " in torkham("sources", "show", "127-0-0-1-a").output
        assert "Following “Border”, 2 documents now" in torkham("sources", "follow", site.url("/feed")).output
        dry = torkham("sources", "fetch", "--dry-run").output
        assert "2 to fetch:\n  https://news.example.org/0\n" in dry
        assert "3 to fetch" in torkham("sources", "fetch", "drones", "--dry-run").output
        assert f"following Border: {site.url('/feed')}" in torkham("sources", "catalog").output
        torkham("sources", "unfollow", site.url("/feed"))


@pytest.mark.slow
def test_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_watch, "PAUSE_MS", 100)
    work = Workspace(Settings(tmp_path), Console(quiet=True))
    work.library.folder.mkdir(parents=True)
    stop, calls = threading.Event(), list[float]()

    def update() -> bool:
        calls.append(time.monotonic())
        return len(calls) != 2  # the second fails, and is tried again without another change

    options = {"retry_after": 0.3}
    thread = threading.Thread(target=cli_watch.follow, args=(work, update, stop), kwargs=options)
    thread.start()
    try:
        _until(lambda: len(calls) == 1)
        time.sleep(0.5)
        for number in range(5):
            (work.library.folder / f"{number}.txt").write_text("x")
        _until(lambda: len(calls) == 3)
        time.sleep(0.8)
        assert len(calls) == 3
    finally:
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_failed_update_is_told_and_not_fatal(tmp_path: Path, monkeypatch, capsys) -> None:
    def broken(self, **options) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(Workspace, "update", broken)
    assert cli_watch._update(Workspace(Settings(tmp_path), Console())) is False
    assert "no room (It will be retried.)" in capsys.readouterr().err


def _until(reached) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_recheck_tells_what_changed_and_an_old_answer_opens_in_its_earlier_text(torkham, monkeypatch) -> None:
    old, new = "The border fence has forty towers.", "The border fence has ninety towers."
    about = ["Officials in Kabul and Islamabad spoke of the fence along the border, which follows the line of 1893."]
    with serving() as site:
        _serve(site, monkeypatch)
        site.pages["/fence"] = page(made.html([*about, old], title="The fence"))
        torkham("sources", "add", site.url("/fence"))
        assert "forty towers" in torkham("ask", "How many towers has the border fence?").stdout
        site.pages["/fence"] = page(made.html([*about, new], title="The fence"))
        (told,) = json.loads(torkham("sources", "recheck", "--again", "--take", "--json", status=1).stdout)
        assert (told["state"], f"-{old}" in told["diff"], f"+{new}" in told["diff"]) == ("changed", True, True)
        shown = torkham("show", "1").stdout
        assert ">>> " in shown
        assert "forty towers" in shown
        assert "has changed or is gone" not in shown
        report = torkham("sources", "recheck", "--report", status=1).stdout
        assert report.splitlines()[0].endswith(f": changed ({told['at'][:10]})")
        assert report.splitlines()[-1] == "1 addresses: 1 changed."
        assert "1 unchanged" in torkham("sources", "recheck", "--again").stdout
