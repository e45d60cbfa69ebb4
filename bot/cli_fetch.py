"""`torkham sources follow|unfollow|fetch|catalog|failed|retry`: documents from the web, and what did not come in."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_add import Adding
from bot.rendering import clean
from bot.workspace import Workspace
from sources.errors import SourceError
from sources.metadata import Metadata

if TYPE_CHECKING:
    from sources.expand import Item
    from sources.fetching import Wanted

AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]


def follow(context: typer.Context, url: Annotated[str, typer.Argument(metavar="FEED_URL")]) -> None:
    """Follow an RSS or Atom feed: `torkham sources fetch` takes what it announces."""
    from sources.feeds import look
    from sources.fetch import Network
    from sources.journal import Feed, Journal
    from sources.sandbox import Sandbox

    work: Workspace = context.obj
    found = look(Network(), Sandbox(), Feed(url, url))
    assert found is not None  # nothing was known of it that could be unchanged
    feed, announced = found
    Journal(work.settings.home).follow(Feed(url, feed.title))
    count = len(announced.entries)
    work.console.text(f"Following “{clean(feed.title)}”, {count} documents now: `torkham sources fetch` takes them.")


def unfollow(context: typer.Context, url: Annotated[str, typer.Argument(metavar="FEED_URL")]) -> None:
    """Follow a feed no longer; its documents stay."""
    from sources.journal import Journal

    work: Workspace = context.obj
    if not Journal(work.settings.home).unfollow(url):
        raise SourceError(f"{url} is not followed: `torkham sources catalog` shows the feeds.")
    work.console.text("Not followed any more.")


def catalog(context: typer.Context, as_json: AsJson = False) -> None:
    """The catalogue of documents worth fetching, by group, those in the library marked; and the feeds followed."""
    from sources.catalog import catalogue
    from sources.journal import Journal

    work: Workspace = context.obj
    work.library.rows()
    listed, feeds = catalogue(), Journal(work.settings.home).feeds()
    there = {one.name: work.library.ledger.by_address(one.url) for one in listed}
    if as_json:
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


def fetch(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="Of the catalogue; groups too.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole catalogue, and all fetched before.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what was asked for within the last hours.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be fetched.")] = False,
    no_index: Annotated[bool, typer.Option("--no-index", help="Leave the index to `torkham index update`.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch documents of the catalogue by name, or (without a name) what the followed feeds announce."""
    from sources.fetch import Network
    from sources.fetching import fetch_all
    from sources.journal import Journal

    work: Workspace = context.obj
    journal, network = Journal(work.settings.home), Network()
    with work.console.progress() as progress:
        work.library.rows(lambda done, total: progress("looking through the library", done, total))
        wanted = _wanted(work, journal, network, names or [], everything=everything)
        if dry_run:
            work.console.text(f"{len(wanted)} to fetch:")
            for one in wanted:
                late = " (asked lately: only with --again)" if journal.asked_lately(one.url) and not again else ""
                work.console.text(f"  {clean(one.url)}{late}")
            return
        results = []
        for result in fetch_all(wanted, work.library, network, journal, again=again, progress=progress):
            results.append(result)
            if result.change == "failed":
                work.console.error(str(result.reason))
    if not no_index and any(result.change in ("added", "changed") for result in results):
        work.update()
    if as_json:
        work.console.json([asdict(result) for result in results])
    else:
        counts = Counter(result.change for result in results)
        told = ", ".join(f"{count} {change}" for change, count in counts.most_common()) or "nothing to fetch"
        work.console.text(f"{len(results)} addresses: {told}.")
    if any(result.change == "failed" for result in results):
        work.console.note("`torkham sources failed` lists what failed, `torkham sources retry` tries it again.")
        raise typer.Exit(1)


def _wanted(work: Workspace, journal: object, network: object, names: list[str], *, everything: bool) -> list[Wanted]:
    from sources.catalog import catalogue, choose
    from sources.fetching import Wanted, from_catalogue, from_feeds
    from sources.pages import refetchable

    if names:
        return from_catalogue(choose(catalogue(), names))
    feeds = journal.feeds()  # type: ignore[attr-defined]
    if not feeds and not everything:
        raise SourceError("No feed is followed: `sources follow FEED_URL`, or fetch of the catalogue by name or --all.")
    wanted = from_feeds(feeds, work.library, network, journal, work.console.note)  # type: ignore[arg-type]
    if everything:
        wanted += from_catalogue(catalogue()) + [Wanted(url) for url in refetchable(work.library)]
    return list({one.url: one for one in reversed(wanted)}.values())[::-1]


def failed(context: typer.Context, as_json: AsJson = False) -> None:
    """Every file and address that could not be taken, and what of the library cannot be indexed, with the reason."""
    from sources.journal import Journal

    work: Workspace = context.obj
    failures = Journal(work.settings.home).failures()
    broken = [row for row in work.library.rows() if row.reason]
    if as_json:
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


def retry(
    context: typer.Context,
    what: Annotated[list[str] | None, typer.Argument(metavar="[WHAT…]", help="Some of them only.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Take them off the list instead.")] = False,
) -> None:
    """Try again what failed, with the options of then, and what of the library could not be indexed."""
    from sources.fetch import Network
    from sources.journal import Journal

    work: Workspace = context.obj
    journal, network = Journal(work.settings.home), Network()
    chosen = [failure for failure in journal.failures() if not what or failure.what in what]
    if forget:
        for failure in chosen:
            journal.mend(failure.what)
        work.console.text(f"{len(chosen)} forgotten.")
        return
    feeds = {feed.url for feed in journal.feeds()}
    adding = Adding(work, journal, Metadata())
    for failure in chosen:
        if failure.what in feeds:
            continue  # `sources fetch` asks it again
        adding.with_options(failure.options)
        if "://" in failure.what:
            adding.run([], [failure.what], network)
        else:
            adding.run(_items(failure.what), [], network)
    adding.finish(index=True)


def _items(what: str) -> list[Item]:
    """The document that failed: a file, or one inside an archive or among JSON lines."""
    from sources.expand import expand

    holder = next((path for path in (Path(what), *Path(what).parents) if path.exists()), Path(what))
    if not holder.is_file():
        return list(expand([Path(what)]))
    items = list(expand([holder]))
    return [item for item in items if item.file == what] or items
