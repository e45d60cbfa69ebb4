"""`torkham chat`: an interactive session, with slash commands."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.commands.ask import TURNS, answer_of, chosen, keep, log_of
from bot.cli.parser import command, did_you_mean
from bot.errors import QuestionError
from bot.question.small_talk import asks_for_more
from bot.rendering.form import by_party
from bot.rendering.phrases import texts
from bot.rendering.plain import answer_json

if TYPE_CHECKING:
    from bot.answering.answer import Answer
    from bot.cli.parser import Commands
    from bot.workspace import Workspace

_ABOUT = "Ask questions interactively; follow-ups are understood. /help lists the commands, Ctrl-D quits."
HISTORY = "chat_history"  # the input history, in the home
HISTORY_LINES = 1000


def add_to(commands: Commands) -> None:
    """The command `chat`."""
    made = command(commands, "chat", _chat, _ABOUT, examples="torkham chat\ntorkham chat -c")
    made.add_argument("-c", "--continue", dest="go_on", action="store_true", help="continue the last conversation")


@dataclass(slots=True)
class Chat:
    """A conversation: the questions, the last answer, and the claims of it shown so far."""

    work: Workspace
    answer_to: Callable[..., Answer]
    history: list[str] = field(default_factory=list)
    conversation: int | None = None
    answer: Answer | None = None
    shown: set[str] = field(default_factory=set)

    def ask(self, question: str) -> None:
        """Answer a question in the context of the previous ones."""
        answer = self.answer_to(question, history=self.history)
        self.answer, self.shown = answer, {claim.text for claim in answer.claims}
        self.history = [*self.history, question][-TURNS:]
        self._show(answer, numbered=True)
        self.conversation = keep(self.work, answer, self.conversation) or self.conversation

    def chosen(self, line: str) -> str:
        """The question for a number, if the last answer offered numbered readings; else the line itself."""
        return chosen(self.answer, line)

    def new(self) -> None:
        """Forget the conversation."""
        self.history, self.conversation, self.answer = [], None, None
        self.work.console.note("A new conversation.")

    def more(self) -> None:
        """Show further claims on the last question."""
        before = self._last()
        if before is None:
            return
        again = self.answer_to(before.question, history=self.history[:-1], skip=len(self.shown))
        further = [claim for claim in again.claims if claim.text not in self.shown]
        if not further:
            self.work.console.note(texts(before.language).get("no_more"))
            return
        numbers = {number for claim in further for number in claim.citations}
        cited = tuple(citation for citation in again.citations if citation.number in numbers)
        self.answer = replace(again, claims=tuple(further), citations=cited)
        self.shown |= {claim.text for claim in further}
        self._show(self.answer)

    def sides(self) -> None:
        """Show the claims of the last answer by party."""
        from bot.cli.display import show_lines

        if answer := self._last():
            show_lines(by_party(answer, self.work.parties), self.work.console)

    def sources(self) -> None:
        """Show every source of the last answer in full."""
        from bot.cli.display import show_every_source

        if answer := self._last():
            show_every_source(answer, self.work.console)

    def json(self) -> None:
        """Show the last answer as JSON."""
        if answer := self._last():
            self.work.console.json(answer_json(answer, self.work.parties))

    def help(self) -> None:
        """Show the commands."""
        for name, (_, about) in _COMMANDS.items():
            self.work.console.text(f"{name:10} {about}")
        self.work.console.text("Anything else is a question. Ctrl-C cancels a line or an answer, Ctrl-D quits.")

    def _show(self, answer: Answer, *, numbered: bool = False) -> None:
        from bot.cli.display import show_answer

        show_answer(answer, self.work.parties, self.work.console, numbered=numbered)

    def _last(self) -> Answer | None:
        if self.answer is None:
            self.work.console.note("There is no answer yet: ask a question first.")
        return self.answer


def _quit(chat: Chat) -> None:
    """End the conversation."""
    raise EOFError


_COMMANDS: dict[str, tuple[Callable[[Chat], None], str]] = {
    "/more": (Chat.more, "further claims on the last question"),
    "/sides": (Chat.sides, "the last answer by party: who says what"),
    "/sources": (Chat.sources, "every source of the last answer in full"),
    "/json": (Chat.json, "the last answer as JSON"),
    "/new": (Chat.new, "start a new conversation"),
    "/help": (Chat.help, "this list"),
    "/quit": (_quit, "end"),
}


def _chat(work: Workspace, given: argparse.Namespace) -> None:
    work.warm()
    chat = Chat(work, answer_of(work))
    if given.go_on and (last := log_of(work).last()):
        chat.conversation, chat.answer = last.conversation, last.answer
        chat.history = log_of(work).questions(last.conversation, TURNS)
        chat.shown = {claim.text for claim in last.answer.claims}
        work.console.note(f"Continuing after: {last.question}")
    work.console.note("Ask a question; /help lists the commands, Ctrl-D quits.")
    read = _reader(work)
    while True:
        try:
            line = read()
            if line.startswith("/"):
                _do(chat, line)
            elif line and chat.answer and asks_for_more(line):
                chat.more()
            elif line:
                chat.ask(chat.chosen(line))
        except EOFError:
            work.console.note("")
            return
        except KeyboardInterrupt:
            work.console.note("")
        except QuestionError as error:
            work.console.error(str(error))


def _do(chat: Chat, line: str) -> None:
    name = {"/exit": "/quit", "/q": "/quit", "/?": "/help"}.get(line, line)
    if name in _COMMANDS:
        run, _ = _COMMANDS[name]
        run(chat)
    else:
        near = did_you_mean(name.split()[0], _COMMANDS)
        chat.work.console.note(f"There is no {name.split()[0]}{near or ': /help lists the commands.'}")


def _reader(work: Workspace) -> Callable[[], str]:
    """A function that reads the next line, EOFError at the end; on a terminal with editing, history and completion."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _next_line
    with suppress(ImportError):  # a Python without readline: no editing
        _prepare(work)
    return lambda: input("\n> ").strip()


def _prepare(work: Workspace) -> None:
    """Line editing, history, and completion of commands."""
    import readline

    path = work.settings.home / HISTORY
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        readline.read_history_file(path)
        readline.set_history_length(HISTORY_LINES)
        atexit.register(_quietly, readline.write_history_file, path)
    except OSError as error:
        work.console.detail(f"The input history was not saved: {error}")
    readline.set_completer_delims("")
    readline.set_completer(complete)
    # libedit, which some builds of Python use instead of readline, has its own syntax
    edit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if edit else "tab: complete")


def _quietly(write: Callable[[Path], None], path: Path) -> None:
    with suppress(OSError):
        write(path)


def complete(text: str, state: int) -> str | None:
    """A completer that returns the commands with that prefix, one per call."""
    fitting = [name for name in _COMMANDS if text.startswith("/") and name.startswith(text)]
    return fitting[state] if state < len(fitting) else None


def _next_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()
