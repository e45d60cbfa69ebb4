from __future__ import annotations

import pytest

from sources.edtf import DateSpan, parse_date, parse_months, publication_date
from sources.errors import DateError


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1893", DateSpan("1893-01-01", "1893-12-31")),
        ("2024-02", DateSpan("2024-02-01", "2024-02-29")),
        ("2022-04-16", DateSpan("2022-04-16", "2022-04-16")),
        ("2023-09-06/2023-09-15", DateSpan("2023-09-06", "2023-09-15")),
        ("2020-03/2020-05~", DateSpan("2020-03-01", "2020-05-31", True)),
        (" 1994~ ", DateSpan("1994-01-01", "1994-12-31", True)),
        ("1980/1983~", DateSpan("1980-01-01", "1983-12-31", True)),
    ],
)
def test_dates(text: str, span: DateSpan) -> None:
    assert parse_date(text) == span


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2022-13-45", "there is no month 13"),
        ("2022-00", "there is no month 00"),
        ("2023-02-29", "2023-02 has no day 29"),
        ("0000", "there is no year 0"),
        ("2023-09-15/2023-09-06", "runs backwards"),
        ("2022/2023-04", "with the same precision"),
        ("", "is not a date"),
        ("2022/", "is not a date"),
        ("2022-4", "is not a date"),
        ("~2022", "is not a date"),
        ("2022~~", "is not a date"),
        ("٢٠٢٢", "is not a date"),
        ("2022-04-16T10:00", "is not a date"),
    ],
)
def test_bad_dates(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=reason):
        parse_date(text)


def test_months() -> None:
    assert parse_months("2022-04/2025-11") == DateSpan("2022-04-01", "2025-11-30")
    with pytest.raises(DateError, match="is not a span of months"):
        parse_months("2022")


@pytest.mark.parametrize(("text", "kept"), [("2019~", "2019"), ("2019/2020", "2020"), ("2022-04-17", "2022-04-17")])
def test_publication_date(text: str, kept: str) -> None:
    assert publication_date(text) == kept
