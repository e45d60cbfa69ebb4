"""Dated statements in Telegram: no repetitions, the important ones, dates in any digits and order, ticks and text of a
picture.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.telegram.views.brief_text import readable_lines, readable_quote
from bot.telegram.views.charts import colour_of, draw_timeline, levels_of
from bot.telegram.views.events import DEFAULT_PERIOD, between, latest, milestones, period, statement_blocks, text_of
from bot.telegram.views.phrases import phrases
from bot.telegram.views.source import opened_passage
from bot.telegram.views.timeline import first_words, ticks, timeline_of
from index.types import Passage
from sources.document import Document, Heading, Statement
from sources.errors import MetadataError
from sources.parties import shipped_parties

PARTIES = shipped_parties()


def brief(name, *told, headings=()):
    """A brief of (day, party, words), with raw heads as the library has them; `headings` are (position in `told`, title)."""
    text, statements, heads = "", [], []
    for number, (day, party, words) in enumerate(told):
        for _, title in (one for one in headings if one[0] == number):
            heads.append(Heading(len(text), len(text) + len(title), 2))
            text += f"{title}\n"
        text += f"{day} · {PARTIES[party].name}: "
        first, _, last = day.rstrip("~").partition("/")
        days = (f"{first}-01"[:10], f"{last or first}-28"[:10]) if len(first) == 7 else (first, last or first)
        statements.append(Statement(len(text), len(text) + len(words), *days, day, party))
        text += f"{words}\n"
    return Document(name, name, text, kind="brief", statements=tuple(statements), headings=tuple(heads))


def test_the_newest_appear_once_and_without_what_a_brief_says_of_itself():
    first = brief(
        "a",
        ("2026-04-08", "china", "After a week of talks in Urumqi both sides agreed to do nothing to escalate."),
        ("2026-04-02", "pakistan", "Pakistan confirmed the talks in Urumqi and asked for visible action."),
        ("2026-04-09", "agreed", "The library of this brief was searched for the last time."),
        headings=((2, "How far this brief reaches"),),
    )
    second = brief(
        "b", ("2026-04-08", "china", "Both sides agreed in Urumqi after a week of talks to do nothing to escalate.")
    )
    told = latest([first, second], "2026-12-31")
    assert [event[1].date_text for event in told] == ["2026-04-08", "2026-04-02"]


def test_milestones_are_those_that_are_marked_else_what_nobody_disputes():
    events = between(
        [brief("a", *((f"2025-{month:02}-10", "agreed" if month % 2 else "taliban", f"Event number {month} of its own kind{month}.") for month in range(1, 13)))],
        *DEFAULT_PERIOD,
    )  # fmt: skip
    marked = milestones(events, lambda statement: int((statement.date_from or "")[5:7]) > 6)
    assert [event[1].date_from[5:7] for event in marked] == ["07", "08", "09", "10", "11", "12"]
    unmarked = milestones(events, lambda _: False, 6)
    assert {event[1].party for event in unmarked} <= {"agreed", "taliban"}
    assert len(unmarked) == 6
    assert text_of(unmarked[0]).startswith("Event number 1 ")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", DEFAULT_PERIOD),
        ("2025", ("2025-01-01", "2025-12-31")),
        ("2021 2025", ("2021-01-01", "2025-12-31")),
        ("2025 2021", ("2021-01-01", "2025-12-31")),
        ("2021-2025", ("2021-01-01", "2025-12-31")),
        ("2021–2025", ("2021-01-01", "2025-12-31")),
        ("2021 to 2025", ("2021-01-01", "2025-12-31")),
        ("۲۰۲۱ ۲۰۲۵", ("2021-01-01", "2025-12-31")),
        ("٢٠٢١", ("2021-01-01", "2021-12-31")),
        ("२०२१", ("2021-01-01", "2021-12-31")),
        ("2025-10", ("2025-10-01", "2025-10-31")),
        ("2025-10-11 2025-10-19", ("2025-10-11", "2025-10-19")),
    ],
)
def test_dates_in_any_digits_and_order(text, days):
    assert period(text) == days


@pytest.mark.parametrize("text", ["yesterday", "2021 2022 2023", "20255", "2025-13"])
def test_invalid_dates(text):
    with pytest.raises(MetadataError):
        period(text)


def test_a_line_of_a_brief_in_words():
    document = brief("a", ("2022-08-28/2022-08-29", "agreed", "It was so."), ("2024-04~", "taliban", "They said so."))
    assert readable_lines(document, PARTIES, phrases("en")) == [
        "28–29 August 2022: It was so.",
        "About April 2024 · Taliban: They said so.",
        "",
    ]
    assert readable_quote(document.text, PARTIES, phrases("en")).splitlines() == [
        "28–29 August 2022: It was so.",
        "About April 2024 · Taliban: They said so.",
    ]


@pytest.mark.parametrize("kind", ["brief", "explainer"])
def test_a_date_that_the_sentence_names_is_not_said_twice(kind):
    document = replace(brief("a", ("2025-10-19", "pakistan", "Pakistan said so on 19 October 2025.")), kind=kind)
    assert readable_lines(document, PARTIES, phrases("en"))[0] == "Pakistan said so on 19 October 2025."
    assert readable_quote(document.text, PARTIES, phrases("en")).strip() == "Pakistan said so on 19 October 2025."
    (told,) = statement_blocks([(document, document.statements[0])], PARTIES, phrases("en"))
    assert [span.text for span in told.spans if span.bold] == ["19 October 2025"]
    foreign = readable_lines(document, PARTIES, phrases("fa"))[0]
    assert foreign.startswith("۱۹ اکتوبر ۲۰۲۵ · پاکستان: ")
    passage = Passage("a#0", "a", "A", "", document.text, 0, len(document.text), "en")
    assert "2025-10-19" not in opened_passage(passage, document, PARTIES, phrases("en"))


def test_what_is_not_known_here_is_no_news():
    document = brief(
        "a",
        ("2026-10-01", "agreed", "What happened after that is not known here."),
        ("2026-09-30", "media", "Strikes went on."),
        ("2026-09-29", "agreed", "No second round of talks is known here as of October 2026."),
        ("2026-09-01", "agreed", "Russia is the only state known here to have recognised them."),
    )
    assert [event[1].date_from for event in latest([document], "2026-12-31")] == ["2026-09-30", "2026-09-01"]


def test_the_axis_has_months_of_a_short_time_and_years_of_a_long_one():
    say = phrases("ru")
    assert [name for _, name in ticks([date(2025, 10, 11), date(2026, 1, 5)], say)][:1] == ["январь 2026"]
    assert [name for _, name in ticks([date(2025, 5, 1), date(2025, 7, 9)], say)] == ["май 2025", "июнь", "июль"]
    days = [name for _, name in ticks([date(2025, 10, 1), date(2025, 10, 31)], say)]
    assert days == ["1 октября", "7 октября", "13 октября", "19 октября", "25 октября", "31 октября"]
    years = ticks([date(1893, 11, 12), date(2026, 4, 8)], phrases("fa"))
    assert (len(years), years[-1][1]) == (8, "۲۰۱۳")


def test_words_in_two_lines_without_the_day_that_stands_above():
    text = "On the night of Saturday 11 October 2025 the two sides fought for hours along the whole of the line, in the hills, and on both of its banks."
    assert first_words(text) == (
        "The two sides fought for hours along the whole of the line, in the",
        "hills, and on both of its banks.",
    )
    assert first_words(f"The foreign {'minister ' * 20}") == (
        "The foreign minister minister minister minister minister minister",
        "minister minister minister minister minister minister minister …",
    )
    assert first_words("A short one.") == ("A short one.",)


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Pakistan said its strikes of 17 October 2025 hit them.", "Pakistan said its strikes hit them."),
        ("On the night of 17 October 2025 they struck.", "They struck."),
        ("They said in October 2025 that it was so.", "They said that it was so."),
        ("They called the truce of 30 May 2022 over.", "They called the truce of 30 May 2022 over."),
    ],
)
def test_the_day_of_the_event_is_not_said_again_in_its_words(sentence, shown):
    document = brief("a", ("2025-10-17/2025-10-18", "pakistan", sentence))
    events = [(document, document.statements[0])]
    picture = timeline_of(events, events, PARTIES, phrases("en"), "Title")
    assert picture.marks[0].words == (shown,)


def test_no_number_of_a_picture_covers_another_and_what_is_left_out_is_said():
    heads = [(f"2025-10-{day:02}", "pakistan", f"They met on day {day}.") for day in range(1, 13)]
    document = brief("a", *heads)
    events = [(document, statement) for statement in document.statements]
    picture = timeline_of(events, events[:10], PARTIES, phrases("en"), "talks\n12 dated events")
    assert picture.note == "10 of 12 events described: the most important ones"
    assert timeline_of(events, events, PARTIES, phrases("en"), "Title").note == ""
    crowded = replace(picture, days=(*picture.days, (date(1990, 1, 1), "pakistan")))
    levels = levels_of(crowded)
    assert len(set(levels)) == len(levels) == 10
    assert draw_timeline(crowded).startswith(b"\x89PNG")


def test_one_colour_per_party():
    assert colour_of("pakistan") != colour_of("taliban")
    assert colour_of("nobody-known") == colour_of("nobody-known")
