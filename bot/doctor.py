"""What `torkham doctor` looks at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from bot.errors import BotError
from bot.installed import foreign
from bot.workspace import Workspace
from index.errors import IndexingError
from sources.errors import SourceError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is as it should be, and what was found."""

    subject: str
    good: bool
    finding: str


def examine(work: Workspace) -> Iterator[Check]:
    """Every check, one after the other; nothing is built or changed."""
    for field in fields(work.settings):
        value = getattr(work.settings, field.name)
        yield Check(f"setting {field.name}", True, "(hidden)" if value and field.metadata.get("secret") else str(value))
    yield _home(work)
    yield _program()
    yield _guard("model", lambda: _model(work))
    yield _guard("reader", lambda: _reader(work))
    yield _guard("library", lambda: _library(work))
    if work.settings.database_url:
        yield from _database(work)
    yield _guard("index", lambda: _index(work))
    if work.settings.composes:
        yield _guard("language model", lambda: _language_model(work))


def _home(work: Workspace) -> Check:
    home = work.settings.home
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    if os.access(there, os.W_OK):
        return Check("home", True, f"{home} can be written")
    return Check("home", False, f"{home} cannot be written: make it writable or choose another folder with --home")


def _program() -> Check:
    found = foreign()
    advice = ": install Torkham anew, in an environment of its own"
    return Check("program", not found, f"{found[0]}{advice}" if found else "its packages are as they were installed")


def _guard(subject: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (BotError, IndexingError, SourceError) as error:
        return Check(subject, False, str(error))


def _model(work: Workspace) -> Check:
    from index.model import agreement
    from index.model.prepare import prepared

    name = work.settings.model
    if (folder := prepared(name, work.settings.home / "model")) is None:
        return Check("model", True, f"{name} is not prepared yet: the first question will prepare it")
    encoder = work.encoder()
    length = float((encoder.encode_queries(["test"])[0] ** 2).sum())
    sound = abs(length - 1) < 1e-3
    found = f"{name}, {encoder.dimension} dimensions, fingerprint {encoder.fingerprint[:12]}"
    alike = agreement.stored_agreement(encoder, folder)
    if alike is not None and alike < agreement.SAME_COSINE:
        return Check(
            "model",
            False,
            f"{found}: this processor computes other vectors than the one that prepared it (cosine {alike:.4f}): delete"
            f" {folder} and run `torkham index update --full` here",
        )
    return Check("model", sound, found)


def _reader(work: Workspace) -> Check:
    from bot.answering import classifiers
    from bot.answering.reading import support
    from bot.answering.reading.reader import FOLDER, Reader
    from bot.answering.ways import judge
    from index.model.prepare import prepared

    if prepared(work.settings.model, work.settings.home / "model") is None:
        return Check("reader", True, "not looked at: the model is not prepared yet")
    reader = Reader.open(work.encoder(), off=work.settings.reader == "off")
    without = reader.about.get("without")
    if without:
        good = work.settings.reader == "off"
        return Check("reader", good, f"answers are judged by words and likeness alone: {without}")
    if damage := support.damage():
        return Check("reader", False, f"contradictions are seen by figures alone: {damage}")
    if reader.known is None:
        lost = "the vectors of the written questions are missing, damaged or of other questions: install Torkham again"
        return Check("reader", False, f"questions are compared with statements alone: {lost}")
    if judge.WholeJudge.open(work.settings.answering, work.encoder()) is None:
        lost = f"{FOLDER / judge.FILE} is missing or damaged: install Torkham again"
        return Check("reader", False, f"statements are judged one by one, not answers as a whole: {lost}")
    if damage := classifiers.damage():
        return Check("reader", False, damage)
    return Check("reader", True, f"trained on {reader.about['questions']} questions, answers {work.settings.answering}")


def _library(work: Workspace) -> Check:
    entries = work.library.scan()
    shipped = sum(entry.shipped for entry in entries)
    return Check("library", bool(entries), f"{shipped} briefs shipped, {len(entries) - shipped} documents added")


def _database(work: Workspace) -> Iterator[Check]:
    from index.postgres import setup

    try:
        for finding in setup.check(work.database):
            yield Check(f"database, {finding.subject}", finding.good, finding.found)
    except IndexingError as error:
        yield Check("database", False, str(error))


def _language_model(work: Workspace) -> Check:
    """What is configured, what today has cost and what the gate has deleted; nothing is asked of the server."""
    from bot.composing.budget import Budget
    from bot.composing.llm import FOLDER
    from bot.composing.rejected import DeletedSentences

    settings, folder = work.settings, work.settings.home / FOLDER
    spent = Budget(folder, settings).spent()
    counts = DeletedSentences(folder, settings.keep_deleted_days).counts()
    deleted = ", ".join(f"{reason} {count}" for reason, count in list(counts.items())[:8]) or "none"
    today = f"today {spent.tokens} tokens, {spent.micro / 1e6:.2f} cents"
    return Check(
        "language model", True, f"{settings.llm_model} at {settings.llm_base_url}; {today}; deleted: {deleted}"
    )


def _index(work: Workspace) -> Check:
    from index.build.changes import pending

    if work.generations.current() is None:
        does = "`torkham index update`" if work.settings.database_url else "the first question"
        return Check("index", True, f"not built yet: {does} does it")
    problems = work.generations.verify()
    if problems:
        return Check("index", False, f"{problems[0]} Run `torkham index update --full`")
    manifest = work.generations.manifest()
    if manifest.failures:
        return Check("index", False, manifest.failures[0].reason)
    waiting = pending(work.library, work.generations)
    return Check("index", True, f"generation {manifest.generation} is sound; not indexed yet: {waiting}")
