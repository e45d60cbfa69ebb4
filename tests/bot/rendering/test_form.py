"""The form of an answer: heads, sides, bold words, tables, paragraphs, refusals, and the sources below."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.made.answers import PARTIES, answer, citation

from bot.answering.answer import Claim
from bot.console import knows_links
from bot.rendering import (
    answer_form,
    answer_lines,
    answer_text,
    first_claims,
    refusal_form,
    source_lines,
    source_spans,
    sources_heading,
)  # fmt: skip
from bot.rendering.heads import head, names_date, names_speaker
from bot.rendering.phrases import texts
from sources.document import Reference

EN = texts("en")


def claim(text, party=None, speaker=None, date=None, number=1, **rest):
    return Claim(text, party, speaker, date, (number,), **rest)


@pytest.mark.parametrize(
    ("made", "before"),
    [
        (claim("On 3 May 2024 Pakistan's envoy Asif Durrani said so.", "pakistan", "Asif Durrani", "2024-05-03"), ""),
        (claim("Asif Durrani said so.", "pakistan", "Asif Durrani", "2024-05-03"), "3 May 2024 · Pakistan"),
        (claim("On 3 May 2024 Islamabad denied it.", "pakistan", "Foreign Office", "2024-05-03"), "Foreign Office"),
        (claim("Pakistani officials denied it in 2024.", "pakistan", "Pakistani officials", "2024-05"), ""),
        (claim("In 2024 the fence was called finished.", "pakistan", None, "2024"), "Pakistan"),
        (claim("UNHCR counted them in 2024.", "united-nations", "UNHCR", "2024"), ""),
        (claim("They were counted in 2024.", "united-nations", "UNHCR", "2024"), "UNHCR"),
        (claim("The line is 2,640 km long.", "agreed", None, "1893-11-12"), ""),
        (claim("A truce held for five days.", "agreed", None, "2022-05"), "May 2022"),
        (claim("The truce ended in November 2022.", None, None, None), ""),
        (claim("From 1976 to 1978 they met.", "agreed", None, "1976/1978"), ""),
        (claim("В 2024 году Пакистан опроверг это.", "pakistan", None, "2024"), ""),
        (claim("در سال ۲۰۲۴ پاکستان آن را رد کرد.", "pakistan", None, "2024"), ""),
    ],
)
def test_a_head_holds_only_what_the_sentence_lacks(made, before):
    assert head(made, PARTIES, EN) == before


def test_a_party_that_stands_above_is_not_named_again():
    made = claim("Asif Durrani said so in 2024.", "pakistan", "Asif Durrani", "2024")
    assert head(made, PARTIES, EN) == "Pakistan"
    assert head(made, PARTIES, EN, grouped=True) == ""


@pytest.mark.parametrize(
    ("text", "speaker", "there"),
    [
        ("CRSS counted 12.", "Center for Research and Security Studies (CRSS)", True),
        ("The TAPI line is long.", "News Central Asia and Amu TV", False),
        ("Imran Khan said so.", "opposition leader Imran Khan", True),
        ("Prime minister Kakar said so.", "Anwaar-ul-Haq Kakar", True),
        ("The Foreign Office said so.", "Foreign Office", True),
        ("The foreign minister said so.", "Foreign Office", False),
        ("Lee's history says so.", "Jonathan L. Lee", True),
        ("Pakistan's bank says so.", "State Bank of Pakistan", False),
        ("Muttaqi and Dar met.", "Amir Khan Muttaqi, Ishaq Dar", True),
        ("Muttaqi spoke.", "Amir Khan Muttaqi, Ishaq Dar", False),
    ],
)
def test_a_speaker_is_named_or_not(text, speaker, there):
    assert names_speaker(text, speaker) is there


def test_a_year_inside_another_number_is_no_date():
    assert not names_date("They seized 120240 rounds.", "2024")


SIDES = (
    claim("Fighting began on 11 October 2025.", "agreed", None, "2025-10-11", 1),
    claim("Pakistan put the dead at 23 in October 2025.", "pakistan", None, "2025-10-12", 2),
    claim("Reuters could verify neither figure in 2025.", "media", "Reuters", "2025-10-13", 3),
    claim("The Taliban put the dead at 58 in October 2025.", "taliban", None, "2025-10-12", 4),
)
DISPUTE = answer(disputed=True, claims=SIDES, citations=tuple(citation(number=number) for number in (1, 2, 3, 4)))


def test_a_dispute_is_grouped_by_party_and_who_reports_comes_last():
    assert answer_lines(DISPUTE, PARTIES) == [
        "• Fighting began on 11 October 2025. [1]",
        "The parties disagree:",
        "Pakistan",
        "• Pakistan put the dead at 23 in October 2025. [2]",
        "Taliban",
        "• The Taliban put the dead at 58 in October 2025. [4]",
        "Media",
        "• Reuters could verify neither figure in 2025. [3]",
    ]


def test_what_nobody_disputes_comes_last_where_the_answer_begins_with_a_side():
    later = replace(DISPUTE, claims=(SIDES[1], SIDES[0], SIDES[3]))
    assert answer_lines(later, PARTIES) == [
        "The parties disagree:",
        "Pakistan",
        "• Pakistan put the dead at 23 in October 2025. [2]",
        "Taliban",
        "• The Taliban put the dead at 58 in October 2025. [4]",
        "Agreed",
        "• Fighting began on 11 October 2025. [1]",
    ]


def test_the_first_message_of_a_dispute_has_every_side_that_acts():
    first, rest = first_claims(DISPUTE, PARTIES, 160)
    assert [each.party for each in first] == ["pakistan", "taliban"]
    assert [each.party for each in rest] == ["agreed", "media"]
    assert first_claims(DISPUTE, PARTIES, 900) == (SIDES, ())


def test_the_first_message_holds_one_claim_however_long():
    long = answer(claims=(claim("word " * 300), claim("More.", number=2)))
    assert [len(part) for part in first_claims(long, PARTIES, 900)] == [1, 1]


def test_the_words_that_answer_are_bold():
    said = answer(
        claims=(claim("It began on 6 September 1961 at Chaman.", "agreed", None, "1961-09-06", span=(12, 28)),)
    )
    [line] = answer_form(said, PARTIES)
    assert [span.text for span in line.spans if span.bold] == ["6 September 1961"]
    assert (line.kind, line.plain) == ("text", "It began on 6 September 1961 at Chaman. [1]")


def test_a_span_outside_its_text_is_ignored():
    said = answer(claims=(claim("Short.", span=(3, 99)),))
    assert not any(span.bold for span in answer_form(said, PARTIES)[0].spans)


def test_a_quotation_keeps_its_marks_around_the_bold_words():
    said = answer(claims=(claim("It cost 5 rupees.", span=(8, 16)),), citations=(citation(kind="news"),))
    assert answer_text(said, PARTIES) == "“It cost 5 rupees.” [1]"


def test_a_stretch_of_time_has_its_dates_bold():
    course = answer(
        form="timeline",
        claims=(
            claim("On 26–27 September 1996 Kabul fell.", "agreed", None, "1996-09-26/1996-09-27"),
            claim("In May 1997 Pakistan recognised them.", "agreed", None, "1997-05-25"),
            claim("Riyadh followed.", "agreed", None, "1997-05-26"),
        ),
    )
    lines = answer_form(course, PARTIES)
    assert ["".join(span.text for span in line.spans if span.bold) for line in lines] == [
        "26–27 September 1996", "May 1997", "26 May 1997: ",
    ]  # fmt: skip


def test_a_disputed_stretch_of_time_stays_in_its_order():
    course = replace(DISPUTE, form="timeline", claims=(SIDES[1], SIDES[3], SIDES[0]))
    assert answer_lines(course, PARTIES) == [
        "The parties disagree:",
        "• Pakistan put the dead at 23 in October 2025. [2]",
        "• The Taliban put the dead at 58 in October 2025. [4]",
        "• Fighting began on 11 October 2025. [1]",
    ]


def test_figures_are_a_table():
    counts = answer(
        form="figures",
        claims=(
            claim("PICSS counted 645 attacks in 2023.", "analysts", "PICSS", "2023", 1, span=(14, 25)),
            claim("CRSS counted 784 attacks in 2023.", "analysts", "CRSS", "2023", 2, span=(13, 24)),
        ),
    )
    rows = answer_form(counts, PARTIES)
    assert [["".join(span.text for span in cell) for cell in row.cells] for row in rows] == [
        ["2023", "645 attacks", "PICSS [1]"], ["2023", "784 attacks", "CRSS [2]"],
    ]  # fmt: skip
    assert rows[0].plain == "2023: 645 attacks, PICSS [1]"
    unclear = replace(counts, claims=(counts.claims[0], claim("Many died.", number=2)))
    assert {line.kind for line in answer_form(unclear, PARTIES)} == {"item"}


def test_an_explainer_reads_as_one_text():
    told = answer(
        form="explainer", as_of="2026-10-08", claims=tuple(claim(f"Sentence {n}.", number=n) for n in (1, 2, 3))
    )
    assert answer_lines(told, PARTIES) == [
        "As of 8 October 2026:", "Sentence 1. [1] Sentence 2. [2] Sentence 3. [3]",
    ]  # fmt: skip


def test_a_long_text_is_cut_into_paragraphs_of_about_the_same_length():
    claims = tuple(claim(f"Sentence {n} {'word ' * 20}".strip() + ".", number=n) for n in range(1, 8))
    told = answer(form="explainer", claims=claims, citations=tuple(citation(number=n) for n in range(1, 8)))
    lengths = [len(line.plain) for line in answer_form(told, PARTIES)]
    assert len(lengths) == 2
    assert max(lengths) < 1.5 * min(lengths)
    assert first_claims(told, PARTIES, 300) == (claims, ())


def test_what_a_sentence_of_a_running_text_lacks_stands_behind_it():
    told = answer(
        form="section",
        claims=(
            claim("They fell out over the TTP.", "agreed", None, "2023-11/2025-12", 1),
            claim("The strikes followed attacks.", "media", None, "2024/2026", 2),
            claim("UN monitors saw camps in 2024.", "united-nations", "Monitoring Team", "2024", 4),
            claim("Such strikes violate the airspace.", "taliban", "Defence Ministry", "2025-10-10", 3),
        ),
    )
    assert answer_lines(told, PARTIES) == [
        "They fell out over the TTP. [1] The strikes followed attacks. (Media) [2] UN monitors saw camps in 2024. [4]"
        " Such strikes violate the airspace. (10 October 2025 · Taliban, Defence Ministry) [3]"
    ]


REFUSED = answer(claims=(), citations=(), reason="not_in_library", missing="an ambassador's salary")


def test_a_refusal_names_what_is_missing_and_what_can_be_asked():
    refused = replace(REFUSED, suggestions=("Who is the ambassador?", "What is an envoy?"))
    assert answer_lines(refused, PARTIES) == [
        "The library holds nothing on “an ambassador's salary”.",
        "You could ask: Who is the ambassador? · What is an envoy?",
    ]


def test_of_several_things_asked_the_one_that_is_not_held_is_named():
    half = answer(missing="what an ambassador earns")
    assert answer_lines(half, PARTIES)[-1] == "The library holds nothing on “what an ambassador earns”."


def test_a_refusal_shows_one_nearest_statement_with_its_source():
    near = replace(REFUSED, nearest=(citation(quote="He was accredited in 2024."), citation(number=2)))
    assert [line.plain for line in refusal_form(near)][1:] == [
        "Nearest statement: He was accredited in 2024. (Dawn, 19 October 2025)"
    ]
    assert len(refusal_form(replace(near, reason="out_of_scope"))) == 1


DAWN = Reference("dawn", "Talks", "Dawn", "A. Writer", "2025-10-19", "https://example.org/a")
BLOG = Reference("blog", "A blog", "blog.example", None, "2025", "https://blog.example/a", weak=True)


def shown(*citations):
    return ["".join(span.text for span in source_spans(source, EN)) for source in source_lines(citations, EN)]


def test_what_several_claims_share_is_printed_once_and_weak_ones_come_second():
    cited = (
        citation(number=1, references=(BLOG, DAWN)), citation(number=2, references=(BLOG,)), citation(number=3, references=(DAWN,)),
    )  # fmt: skip
    assert shown(*cited) == [
        "[1][3] Dawn, 19 October 2025: Talks (+1)",
        "[2] blog.example, 2025: A blog (weak source)",
    ]
    assert sources_heading(cited, EN) == "Summarised from"


def test_the_title_carries_the_link_and_is_cut_at_a_word():
    long = replace(DAWN, title="One two three four five six seven eight nine ten eleven twelve thirteen")
    [source] = source_lines((citation(references=(long,)),), EN)
    assert source.title == "One two three four five six seven eight nine ten eleven…"
    assert [span.url for span in source_spans(source, EN) if span.url] == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("url", "link"), [("javascript:x", None), ("https://x/\x1b]8;;\x07", "https://x/]8;;"), (None, None)]
)
def test_an_address_cannot_steer_a_terminal(url, link):
    assert source_lines((citation(references=(replace(DAWN, url=url),)),), EN)[0].url == link


def test_a_document_of_its_own_is_a_source_with_page_and_language():
    own = citation(kind="news", references=(), publisher="Tolo", published="2024", page=7, language="fa")
    assert shown(own) == ["[1] Tolo, 2024: Brief (p. 7, quoted in Persian)"]
    assert sources_heading((own,), EN) == "Sources"
    assert shown(citation(references=())) == ["[1] 22 November 2026: Brief (no reference given)"]


def test_lines_from_the_right_keep_latin_text_apart():
    spans = source_spans(source_lines((citation(references=(DAWN,)),), texts("ur"))[0], texts("ur"))
    assert spans[0].text == "\u2068[1]\u2069 "
    assert any(span.text == "\u2068Talks\u2069" and span.url for span in spans)


@pytest.mark.parametrize(
    ("environ", "links"),
    [
        ({}, False),
        ({"TERM": "xterm"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"VTE_VERSION": "5000"}, False),
        ({"VTE_VERSION": "7200"}, True),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"}, False),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, True),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.1"}, True),
        ({"WT_SESSION": "x"}, True),
        ({"FORCE_HYPERLINK": "1"}, True),
        ({"FORCE_HYPERLINK": "0", "TERM": "xterm-kitty"}, False),
    ],
)
def test_links_are_drawn_where_the_terminal_knows_them(environ, links):
    assert knows_links(environ) is links
