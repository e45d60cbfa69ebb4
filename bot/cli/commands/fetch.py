"""`torkham sources follow|unfollow|fetch|recheck|catalog|failed|retry`: documents from the web, and failures."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.commands.add import Adding, journal_of
from bot.cli.metadata import metadata, no_index
from bot.cli.parser import command
from bot.rendering.safe import clean
from sources.errors import SourceError
from sources.web.client import Network

if TYPE_CHECKING:
    from bot.cli.parser import Commands
    from bot.workspace import Workspace
    from sources.collection.expand import Item
    from sources.web.catalogue import Listed
    from sources.web.fetch_all import Wanted
    from sources.web.fetch_log import Journal, Rechecked

_FETCH = "Fetch documents of the catalogue by name, or (without a name) what the followed feeds announce."
_FAILED = "List files and addresses that could not be added, and documents that cannot be indexed, with the reasons."
_RECHECK = (
    "Check the addresses of fetched documents again; report those that are dead, moved or changed, with a diff of the text."
    " Exit status 1 if there are any."
)
_RETRY = "Retry failed additions with their original options, and documents that could not be indexed."


def add_to(commands: Commands) -> None:
    """The web commands of `sources`, and those for failures."""
    made = command(commands, "follow", _follow, "Follow an RSS or Atom feed: `sources fetch` takes what it announces.")
    made.add_argument("url", metavar="FEED_URL")
    made = command(commands, "unfollow", _unfollow, "Stop following a feed; its documents stay.")
    made.add_argument("url", metavar="FEED_URL")
    made = command(commands, "fetch", _fetch, _FETCH)
    made.add_argument("names", metavar="NAME", nargs="*", help="documents or groups of the catalogue")
    made.add_argument("--all", action="store_true", help="the whole catalogue, and all fetched before")
    made.add_argument("--again", action="store_true", help="also addresses requested within the last hours")
    made.add_argument("--dry-run", action="store_true", help="only list what would be fetched")
    made.add_argument("--json", action="store_true", help="a JSON list")
    no_index(made)
    made = command(commands, "recheck", _recheck, _RECHECK)
    made.add_argument("ids", metavar="ID", nargs="*", help="only these documents")
    made.add_argument("--report", action="store_true", help="show the last results without requesting anything")
    made.add_argument("--take", action="store_true", help="update changed documents; earlier texts are kept")
    made.add_argument("--again", action="store_true", help="also addresses requested within the last hours")
    made.add_argument("--json", action="store_true", help="a JSON list")
    no_index(made)
    made = command(
        commands, "catalog", _catalog, "List the documents worth fetching, by group, and the feeds followed."
    )
    made.add_argument("--json", action="store_true", help="one JSON object")
    made = command(commands, "failed", _failed, _FAILED)
    made.add_argument("--json", action="store_true", help="one JSON object")
    made = command(commands, "retry", _retry, _RETRY)
    made.add_argument("what", metavar="WHAT", nargs="*", help="only these, as listed by `sources failed`")
    made.add_argument("--forget", action="store_true", help="remove them from the list instead")


def _follow(work: Workspace, given: argparse.Namespace) -> None:
    from sources.sandbox.parent import Sandbox
    from sources.web.fetch_all import look
    from sources.web.fetch_log import Feed

    url = given.url
    found = look(Network(), Sandbox(), Feed(url, url))
    assert found is not None  # nothing was known that could be unchanged
    feed, announced = found
    journal_of(work).follow(Feed(url, feed.title))
    count = len(announced.entries)
    work.console.text(f"Following “{clean(feed.title)}”, {count} documents now: `torkham sources fetch` takes them.")


def _unfollow(work: Workspace, given: argparse.Namespace) -> None:
    if not journal_of(work).unfollow(given.url):
        raise SourceError(f"{given.url} is not followed: `torkham sources catalog` shows the feeds.")
    work.console.text("No longer followed.")


def _catalog(work: Workspace, given: argparse.Namespace) -> None:
    work.library.rows()
    listed, feeds = _listed(), journal_of(work).feeds()
    there = {one.name: work.library.ledger.by_address(one.url) for one in listed}
    if given.json:
        documents = [{**asdict(one), "document": there[one.name]} for one in listed]
        work.console.json({"documents": documents, "feeds": [asdict(feed) for feed in feeds]})
        return
    group = None
    for one in listed:
        if one.group != group:
            group = one.group
            work.console.text(f"\n{group}", style="bold")
        mark = "✓" if there[one.name] else " "
        work.console.text(f"{mark} {one.name}: {one.title} ({one.publisher}, {one.published or 'n.d.'}). {one.why}")
    for feed in feeds:
        work.console.text(f"following {clean(feed.title)}: {clean(feed.url)}")


def _fetch(work: Workspace, given: argparse.Namespace) -> int:
    from sources.web.fetch_all import fetch_all

    journal, network = journal_of(work), Network()
    with work.console.progress() as progress:
        work.library.rows(lambda done, total: progress("scanning the library", done, total))
        wanted = _wanted(work, journal, network, given.names, everything=given.all)
        if given.dry_run:
            work.console.text(f"{len(wanted)} to fetch:")
            for one in wanted:
                late = " (requested recently: use --again)" if journal.asked_lately(one.url) and not given.again else ""
                work.console.text(f"  {clean(one.url)}{late}")
            return 0
        results = []
        for result in fetch_all(wanted, work.library, network, journal, again=given.again, progress=progress):
            results.append(result)
            if result.change == "failed":
                work.console.error(str(result.reason))
    if not given.no_index and any(result.change in ("added", "changed") for result in results):
        work.update()
    if given.json:
        work.console.json([asdict(result) for result in results])
    else:
        counts = Counter(result.change for result in results)
        told = ", ".join(f"{count} {change}" for change, count in counts.most_common()) or "nothing to fetch"
        work.console.text(f"{len(results)} addresses: {told}.")
    if any(result.change == "failed" for result in results):
        work.console.note("`torkham sources failed` lists failures, `torkham sources retry` retries them.")
        return 1
    return 0


def _recheck(work: Workspace, given: argparse.Namespace) -> int:
    from sources.web.recheck import recheck

    journal = journal_of(work)
    if given.report:
        results = [each for each in journal.rechecks() if not given.ids or each.document_id in given.ids]
    else:
        with work.console.progress() as progress:
            asked = recheck(
                work.library, Network(), journal, only=given.ids, again=given.again, take=given.take, progress=progress
            )
            results = list(asked)
        if given.take and not given.no_index and any(each.state in {"changed", "moved"} for each in results):
            work.update()
    if given.json:
        work.console.json([asdict(each) for each in results])
    else:
        _show_rechecks(work, results)
    return 1 if any(each.state != "unchanged" for each in results) else 0


def _show_rechecks(work: Workspace, results: list[Rechecked]) -> None:
    for each in results:
        if each.state != "unchanged":
            work.console.text(f"{each.document_id}: {each.state} ({each.at[:10]})", style="bold")
            work.console.text(f"  {clean(each.url)}")
            if each.detail:
                work.console.text(f"  {clean(each.detail)}")
            for line in each.diff.splitlines():
                work.console.text(f"  {clean(line)}")
    counts = Counter(each.state for each in results)
    told = ", ".join(f"{count} {state}" for state, count in counts.most_common()) or "nothing to recheck"
    work.console.text(f"{len(results)} addresses: {told}.")


def _listed(names: list[str] | None = None) -> list[Listed]:
    """The catalogue, or what of it these names and groups stand for."""
    from sources.web.catalogue import catalogue, choose

    return choose(catalogue(), names) if names else catalogue()


def _wanted(work: Workspace, journal: Journal, network: Network, names: list[str], *, everything: bool) -> list[Wanted]:
    from sources.web.fetch_all import Wanted, from_catalogue, from_feeds
    from sources.web.store_page import refetchable

    if names:
        return from_catalogue(_listed(names))
    feeds = journal.feeds()
    if not feeds and not everything:
        raise SourceError("No feed is followed: `sources follow FEED_URL`, or fetch of the catalogue by name or --all.")
    wanted = from_feeds(feeds, work.library, network, journal, work.console.note)
    if everything:
        wanted += from_catalogue(_listed()) + [Wanted(url) for url in refetchable(work.library)]
    return list({one.url: one for one in reversed(wanted)}.values())[::-1]


def _failed(work: Workspace, given: argparse.Namespace) -> None:
    failures = journal_of(work).failures()
    broken = [row for row in work.library.rows() if row.reason]
    if given.json:
        rows = [{"document": row.id, "reason": row.reason} for row in broken]
        work.console.json({"failed": [asdict(failure) for failure in failures], "library": rows})
        return
    for failure in failures:
        work.console.text(
            f"{clean(failure.what)}\n  {clean(failure.reason)} ({failure.at[:10]}, tried {failure.tries}×)"
        )
    for row in broken:
        work.console.text(f"{row.id}, in the library\n  {clean(row.reason or '')}")
    if not failures and not broken:
        work.console.text("Nothing failed.")


def _retry(work: Workspace, given: argparse.Namespace) -> int:
    journal, network = journal_of(work), Network()
    chosen = [failure for failure in journal.failures() if not given.what or failure.what in given.what]
    if given.forget:
        for failure in chosen:
            journal.mend(failure.what)
        work.console.text(f"{len(chosen)} forgotten.")
        return 0
    feeds = {feed.url for feed in journal.feeds()}
    adding = Adding(work, journal, metadata())
    for failure in chosen:
        if failure.what in feeds:
            continue  # `sources fetch` requests it again
        adding.with_options(failure.options)
        if "://" in failure.what:
            adding.run([], [failure.what], network)
        else:
            adding.run(_items(failure.what), [], network)
    return adding.finish(index=True)


def _items(what: str) -> list[Item]:
    """The failed document: a file, or one inside an archive or among JSON lines."""
    from sources.collection.expand import expand

    holder = next((path for path in (Path(what), *Path(what).parents) if path.exists()), Path(what))
    if not holder.is_file():
        return list(expand([Path(what)]))
    items = list(expand([holder]))
    return [item for item in items if item.file == what] or items
