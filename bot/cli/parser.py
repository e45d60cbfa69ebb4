"""The command-line parser: errors on one line, with suggestions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from bot.workspace import Workspace

    Commands = argparse._SubParsersAction["Parser"]

Run = Callable[["Workspace", argparse.Namespace], "int | None"]


class Parser(argparse.ArgumentParser):
    """An argparse parser with one-line errors; `intermixed` allows options between words (`ask who is --json he`)."""

    def __init__(self, *given: Any, intermixed: bool = False, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*given, **options)
        self._intermixed = intermixed

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As in argparse, but unknown arguments are an error of the command they were given to."""
        if self._intermixed:
            self._intermixed = False  # the code below calls this function again
            try:
                parsed, unknown = self.parse_known_intermixed_args(args, namespace)
            finally:
                self._intermixed = True
        else:
            parsed, unknown = super().parse_known_args(args, namespace)
            if unknown and self._reads_words():
                return parsed, unknown
        if unknown:
            self._refuse(unknown)
        return parsed, unknown

    def _reads_words(self) -> bool:
        """Whether this is the first of two passes over intermixed options and words."""
        return any(action.nargs == argparse.SUPPRESS for action in self._get_positional_actions())

    def _refuse(self, unknown: Sequence[str]) -> NoReturn:
        wrong = next((word for word in unknown if word.startswith("-")), unknown[0])
        name = wrong.partition("=")[0]
        if not wrong.startswith("-"):
            self.error(f"{wrong!r} is an unexpected argument.")
        near = did_you_mean(name, self._option_string_actions)
        self.error(f"There is no option {name}{near or '.'}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        near = did_you_mean(str(value), choices)
        if not isinstance(action, argparse._SubParsersAction):
            raise argparse.ArgumentError(action, f"{value!r} is not one of {', '.join(choices)}{near or '.'}")
        if " " in str(value) and self.prog == "torkham":
            self.error(f"To ask a question, write: torkham ask {value!r}")
        self.error(f"There is no command {value!r}{near or ': choose from ' + ', '.join(choices) + '.'}")

    def error(self, message: str) -> NoReturn:
        """One line on standard error that points to --help; exit status 2."""
        end = "" if message.endswith((".", "?", "'", '"')) else "."
        print(f"torkham: {message[:1].upper()}{message[1:]}{end} `{self.prog} --help` shows usage.", file=sys.stderr)
        raise SystemExit(2)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """“; did you mean X?” for the nearest known word, empty if none is near."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def command(
    commands: Commands, name: str, run: Run, about: str, *, examples: str = "", intermixed: bool = False
) -> Parser:
    """A command: its function, and its text for `--help`; examples as lines."""
    lines = "\n".join(f"  {line.strip()}" for line in examples.strip().splitlines())
    epilog = f"examples:\n{lines}" if lines else None
    summary = about.split("\n")[0].split(";")[0].rstrip(".")
    summary = summary[0].lower() + summary[1:]
    made = commands.add_parser(name, help=summary, description=about, epilog=epilog, intermixed=intermixed)
    made.set_defaults(run=run)
    add_globals(made)
    return made


def group(commands: Commands, name: str, about: str) -> Commands:
    """A command that is a group of commands."""
    made = commands.add_parser(name, help=about[0].lower() + about[1:].rstrip("."), description=about)
    add_globals(made)
    made.set_defaults(run=lambda _work, _given: made.print_help())
    return made.add_subparsers(metavar="COMMAND", title="commands")


def add_globals(parser: argparse.ArgumentParser, *, shown: bool = False) -> None:
    """The options that every command accepts, before or after its name."""
    options = (
        (("--home",), {"metavar": "DIR", "help": "folder of the model, the index and added sources"}),
        (("-q", "--quiet"), {"action": "store_true", "help": "only results and errors"}),
        (("-v", "--verbose"), {"action": "store_true", "help": "verbose output"}),
        (("--no-color",), {"action": "store_true", "help": "plain text"}),
        (("--urls",), {"action": "store_true", "help": "show addresses in full instead of links"}),
    )
    for names, how in options:
        text = how["help"] if shown else argparse.SUPPRESS
        default: Any = argparse.SUPPRESS if not shown else False if "action" in how else None
        parser.add_argument(*names, **{**how, "help": text, "default": default})


def number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A parser for an integer option."""

    def read(text: str) -> int:
        bounds = f"from {least} to {most}" if most is not None else f"of at least {least}"
        if not text.isascii() or not text.isdigit() or int(text) < least or (most is not None and int(text) > most):
            raise argparse.ArgumentTypeError(f"{text!r} is not an integer {bounds}.")
        return int(text)

    return read
