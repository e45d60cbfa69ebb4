"""Finds the publication date of a web page, from the page itself: metadata, dateline, address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from sources.formats.xml import tag
from sources.text.written_dates import dates_in, iso_day


class Found(NamedTuple):
    """A date and where on the page it was found."""

    iso: str
    origin: str


_META = (  # best first; dates of modification are excluded
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "rnews:datepublished",
    "article.published", "publication_date", "publicationdate", "citation_publication_date", "citation_online_date",
    "citation_date", "prism.publicationdate", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date.created",
    "dcterms.created", "dc.date", "dc:date", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date",
    "publish_date", "published-date", "pub_date", "published_time_telegram", "cxenseparse:recs:publishtime", "ptime",
    "article_date_original", "originalpublicationdate", "dateissued", "displaydate", "shareaholic:article_published_time",
    "bt:pubdate", "date", "article:created", "datecreated", "og:pubdate", "created", "release_date", "og:release_date",
)  # fmt: skip
_NO_ARTICLE = re.compile(
    r"(?i)^(?:comment|event|image|video|audio|web ?site|organi|person|breadcrumb|product|offer|review|rating|place|job)"
)
_STAMP = re.compile(r"\s{0,20}([12][0-9]{3})-?([01][0-9])(?:-?([0-3][0-9]))?(?![0-9])")
_NAMED = re.compile(
    r"(?i)(?:^|[\s_-])(?:\w*dat(?:e|um|a)\w*|fecha\w*|\w*time(?:stamp)?|publi\w*|posted\w*|byline\w*|\w*meta|submitted|info|when|subtitle\w*|details)(?:$|[\s_-])"
)
_ELSEWHERE = re.compile(
    r"(?i)comment|related|recommend|sidebar|popular|latest|trending|more-|footer|widget|teaser|newsletter|promo|most-|carousel"
    r"|copyright|also-|archive|calendar|event|next-|prev"
)
_MODIFIED = re.compile(
    r"(?i)updat|modif|edited|revis|aktualisiert|geändert|mis à jour|обновл|изменен|оновлен|actualiz|تازہ|اپ ڈیٹ|به ?روز|accessed"
    r"|retrieved|viewed"
)
_PUBLISHED = re.compile(r"(?i)publi|posted|veröffentlicht|опубликов|опубліков|شائع|منتشر|نشر|خپور")
_ADDRESS = re.compile(
    r"/((?:19|20)[0-9]{2})(?:[/_-](0?[1-9]|1[0-2])[/_-](0?[1-9]|[12][0-9]|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]))(?![0-9])"
)
_PLACE = re.compile(r"^[^.!?:;]{0,60}$")
_DATELINE_LETTERS = 160  # maximum letters of a dateline element
_DATELINE_ELEMENTS = 40  # elements with text between the main heading and its dateline


def page_date(root: Any, address: str | None, language: str) -> Found | None:
    """The publication date, with its precision; None rather than the day of an event, of a copyright or an update.

    A UTC timestamp may fall on the day before or after the local day of publication: the day that the page displays, or
    has in its address, decides then.
    """
    stamped = _json_ld(root) or _meta(root) or _microdata(root)
    if stamped is None:
        return _dateline(root, language) or _from_address(address) or _first_words(root, language)
    for shown in (_from_address(address), _dateline(root, language)):
        if shown is not None and _days_apart(shown.iso, stamped.iso) == 1:
            return shown
    return stamped


def _days_apart(one: str, other: str) -> int | None:
    if len(one) != 10 or len(other) != 10:
        return None
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def stamp(written: str | None) -> str | None:
    """The day of a timestamp, or the month, or the year."""
    match = _STAMP.match(written or "")
    if match:
        return iso_day(int(match[1]), int(match[2]), int(match[3] or 0))
    year = re.fullmatch(r"\s*([12][0-9]{3})\s*", written or "")
    return iso_day(int(year[1])) if year else None


def other_dates(root: Any, language: str) -> frozenset[str]:
    """The days that the page gives for something other than publication: modifications, events, comments."""
    said = [element.get("content") or "" for element in root.iter("meta") if _MODIFIED.search(_meta_name(element))]
    said += [words(element) for element in root.iter("p", "span", "div", "time", "li") if _says_modified(element)]
    for found in json_ld(root):
        keys = (
            ("dateModified",)
            if is_article(found)
            else ("datePublished", "dateCreated", "dateModified", "startDate", "endDate")
        )
        said += [found[key] for key in keys if isinstance(found.get(key), str)]
    return frozenset(iso for one in said if (iso := _read(one, language)))


def _meta_name(element: Any) -> str:
    return f"{element.get('property') or ''} {element.get('name') or ''} {element.get('itemprop') or ''}"


def _says_modified(element: Any) -> bool:
    said = words(element) if len(element) < 6 else ""
    return 0 < len(said) < 100 and _MODIFIED.search(said) is not None and not _PUBLISHED.search(said)


def _read(written: str | None, language: str = "") -> str | None:
    if written is None or len(written) > _DATELINE_LETTERS:
        return None
    found = stamp(written) or next((found.iso for found in dates_in(written, language)), None)
    return found if found and not found.startswith(("1970-01-01", "0001")) else None


# machine-readable metadata


def json_ld(root: Any) -> Iterator[dict[str, Any]]:
    """The objects of a page's JSON-LD, flattened from graphs; broken ones are skipped."""
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) < 2_000_000:
            try:
                yield from _objects(json.loads(re.sub(r"[\x00-\x1f]", " ", script.text)), 0)
            except (ValueError, RecursionError):
                continue


def _objects(found: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(found, list):
        for one in found[:200]:
            yield from _objects(one, depth + 1)
    elif isinstance(found, dict):
        yield found
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(found.get(key), depth + 1)


def is_article(found: dict[str, Any]) -> bool:
    """Whether an object describes the text of the page, not a picture, an event or a comment."""
    kinds = found.get("@type")
    return not any(_NO_ARTICLE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds or ""]))


def _json_ld(root: Any) -> Found | None:
    objects = [found for found in json_ld(root) if is_article(found)]
    objects.sort(key=lambda found: "webpage" in str(found.get("@type")).lower())
    for key in ("datePublished", "dateCreated", "uploadDate"):
        for found in objects:
            if isinstance(found.get(key), str) and (iso := _read(found[key])):
                return Found(iso, f"the page's JSON-LD ({key})")
    return None


def _meta(root: Any) -> Found | None:
    values: dict[str, str] = {}
    for element in root.iter("meta"):
        for key in ("property", "name", "itemprop", "http-equiv"):
            if name := (element.get(key) or "").lower():
                values.setdefault(name, element.get("content") or "")
    language = root.get("lang") or ""
    for name in _META:
        if name in values and (iso := _read(values[name], language)):
            return Found(iso, f"the page's metadata ({name})")
    return None


def _microdata(root: Any) -> Found | None:
    """An element marked up as the publication date, or a `time` that belongs to the article."""
    first = None
    for element in _outside(root):
        name = (element.get("itemprop") or "").lower()
        if "datepublished" in name.split() or element.get("pubdate") is not None:
            if iso := _read(element.get("datetime") or element.get("content") or words(element)):
                return Found(iso, "the page's markup (datePublished)")
        elif tag(element) == "time" and element.get("datetime") and first is None and "datemodified" not in name:
            said = f"{words(element)} {element.get('class') or ''} {words(element.getparent())[:80]}"
            if not _MODIFIED.search(said) or _PUBLISHED.search(said):
                first = element
    if first is not None and _is_near_heading(root, first) and (iso := _read(first.get("datetime"))):
        return Found(iso, "the page's markup (time)")
    return None


# visible text


def _dateline(root: Any, language: str) -> Found | None:
    """A short element near the main heading whose class suggests a dateline and that holds one date."""
    for element in _around_heading(root):
        about = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        if not _NAMED.search(about) and tag(element) != "time":
            continue
        if iso := _only_date(words(element), language):
            return Found(iso, "the dateline of the page")
    return None


def _first_words(root: Any, language: str) -> Found | None:
    """A line before the first long paragraph that contains only a date, and perhaps a place."""
    for element in _around_heading(root):
        said = words(element)
        if (found := _agency_line(said, language)) or len(said) > _DATELINE_LETTERS:
            return found
        if (iso := _only_date(said, language)) and _is_bare(said, language):
            return Found(iso, "the dateline of the page")
    return None


def _agency_line(said: str, language: str) -> Found | None:
    """“KABUL, 7 May 2025 (Agency) — …”."""
    head, dash, _ = re.sub(r"\s[-–—]{1,2}\s", "\x00", said[:100]).partition("\x00")
    if dash and _PLACE.match(head) and (iso := _only_date(head, language)) and len(iso) == 10:
        return Found(iso, "the dateline of the text")
    return None


def _is_bare(said: str, language: str) -> bool:
    found = dates_in(said, language)
    rest = said[: found[0].start] + said[found[0].end :] if found else said
    rest = _PUBLISHED.sub("", re.sub(r"[0-9۰-۹]{1,2}:[0-9۰-۹]{2}", "", rest))
    return len(re.findall(r"\w+", rest)) <= 3 and _PLACE.match(rest.strip(" :")) is not None


def _only_date(said: str, language: str) -> str | None:
    """The only date in a short text; of several, the one that is not an update."""
    if not said or len(said) > _DATELINE_LETTERS:
        return None
    found = dates_in(said, language)
    kept, last = list[str](), 0
    for one in found:
        before = said[last : one.start]
        last = one.end
        if "©" in before or "copyright" in before.casefold():
            return None
        if not _MODIFIED.search(before) or _PUBLISHED.search(before):
            kept.append(one.iso)
    return kept[0] if kept and (len(set(kept)) == 1 or len(found) > len(kept)) else None


def _from_address(address: str | None) -> Found | None:
    match = _ADDRESS.search(re.sub(r"^https?://[^/]*", "", address or ""))
    iso = iso_day(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])) if match else None
    return Found(iso, "the page's address") if iso else None


# the tree


def words(element: Any) -> str:
    """The text of an element on one line, without scripts."""
    if element is None:
        return ""
    parts = (part for part in element.itertext(with_tail=False))
    if any(tag(child) in ("script", "style") for child in element.iter()):
        parts = (
            text for child in element.iter() if tag(child) not in ("script", "style") for text in _own(child, element)
        )
    return " ".join(" ".join(parts).split())


def _own(child: Any, inside: Any) -> Iterable[str]:
    if child.text and tag(child):
        yield child.text
    if child.tail and child is not inside:
        yield child.tail


def _outside(root: Any) -> Iterator[Any]:
    """The elements in document order, without comments, links to other pages and the page's frame."""
    stack = [root]
    while stack:
        element = stack.pop()
        kind = tag(element)
        if (
            kind in ("script", "style", "nav", "footer", "aside", "noscript", "template", "svg", "iframe", "form")
            or not kind
        ):
            continue
        if kind not in ("html", "body", "main", "article", "h1") and _ELSEWHERE.search(
            f"{element.get('class') or ''} {element.get('id') or ''}"
        ):
            continue
        yield element
        stack.extend(reversed(element))


def _around_heading(root: Any) -> list[Any]:
    """Short elements just before and after the main heading."""
    found = list(_outside(root))
    at = next((place for place, element in enumerate(found) if tag(element) == "h1"), 0)
    after = [element for element in found[at + 1 : at + 400] if _has_own_words(element)][:_DATELINE_ELEMENTS]
    before = [element for element in found[max(0, at - 12) : at] if _has_own_words(element)]
    return [*after, *reversed(before)]


def _has_own_words(element: Any) -> bool:
    if tag(element) in ("html", "body", "head", "title", "h1", "ul", "ol", "table", "a", "option"):
        return False
    own = (element.text or "").strip() or any((child.tail or "").strip() for child in element)
    return bool(own) or tag(element) == "time"


def _is_near_heading(root: Any, wanted: Any) -> bool:
    found = list(_outside(root))
    place = next((at for at, element in enumerate(found) if element is wanted), 0)
    heading = next((at for at, element in enumerate(found) if tag(element) == "h1"), None)
    return heading is None or heading - 15 <= place <= heading + 120
