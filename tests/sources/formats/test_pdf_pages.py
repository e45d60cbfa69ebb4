from __future__ import annotations

import pytest
from support.made.pdf import Piece, lines, pdf, width

from sources.errors import LoadError
from sources.formats.loaded import Loaded
from sources.formats.pdf.loader import load_pdf

BODY = [
    "The governor of the province said on Tuesday that the bridge over the river",
    "would be opened to lorries in the coming week, after engineers had tested it.",
]


def read(*pages, **options) -> Loaded:
    return load_pdf(pdf(pages, **options), "f.pdf")


def after(text: str, said: str, size: float = 11, raised: float = 4, small: float = 7) -> list[Piece]:
    """A line with superscript text after its words, and the words after that."""
    at = 60 + width(text, size)
    number, rest = said.split("|")
    return [
        Piece(60, 700, text, size),
        Piece(at, 700 + raised, number, small),
        Piece(at + width(number, small), 700, rest, size),
    ]


# wrong figures


@pytest.mark.parametrize(
    ("text", "said", "stored"),
    [
        ("The treaty was signed in 1879", "1| in a camp near the pass.", "signed in 1879 in a camp"),
        ("The force that left had 12", "3| guns and no tents at all.", "had 12 guns and"),
        ("The line was drawn in 1893", "12|, and both sides agreed.", "in 1893, and both"),
        ("The garrison held 40 km", "2| of land around the fort.", "40 km² of land"),
        ("They paid a toll of $5m", "2| for the use of the road.", "of $5m for the"),
    ],
)
def test_note_numbers_join_no_figure(text: str, said: str, stored: str) -> None:
    assert stored in read([*after(text, said), Piece(60, 680, "It rained.")]).text


def test_lines_that_differ_in_figures_are_no_running_heads() -> None:
    pages = [[Piece(60, 800, f"Bulletin of {day} May: {day * 7} lorries crossed"), *lines(BODY)] for day in range(1, 7)]
    text = read(*pages).text
    assert [f"Bulletin of {day} May: {day * 7} lorries" in text for day in range(1, 7)] == [True] * 6


def test_tables_with_counts_at_the_foot_of_every_page_stay() -> None:
    pages = [[*lines(BODY), Piece(60, 60, f"Total of the day: {count}")] for count in (12, 17, 9, 40, 22)]
    assert "Total of the day: 40" in read(*pages).text


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (lambda n: "Institute for Border Studies", lambda n: f"Page {n} of 9"),
        (lambda n: "Annual Report 2024", lambda n: f"- {n} -"),
        (lambda n: "The crossing in winter" if n % 2 else "A. Writer", lambda n: str(n)),
        (lambda n: f"{n} | Ministry of Supply", lambda n: "www.supply.example"),
    ],
)
def test_running_heads_and_page_numbers_go(head, foot) -> None:
    pages = [
        [
            Piece(60, 810, head(n)),
            *lines([f"Chapter {'abcdefghi'[n - 1]} tells of {n * 31} men."]),
            Piece(280, 30, foot(n)),
        ]
        for n in range(1, 10)
    ]
    text = read(*pages).text
    assert "93 men" in text
    for n in range(1, 10):
        assert head(n) not in text
    assert not any(line.strip(" -") in "123456789" or line.startswith("Page") for line in text.split("\n") if line)


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    left = ["The office at the pass said on", "Monday that the road is closed", "until the snow has melted."]
    right = ["A court in the capital found", "four clerks guilty of taking", "money from coal traders."]
    pieces = [
        piece
        for at, (one, other) in enumerate(zip(left, right, strict=True))
        for piece in (Piece(60, 700 - 14 * at, one), Piece(320, 700 - 14 * at, other))
    ]
    assert read(pieces).text == f"{' '.join(left)}\n\n{' '.join(right)}"


def test_rows_of_a_table_stay_apart() -> None:
    rows = [("Post", "2023", "2024"), ("Wana", "1,200", "17"), ("Spera", "88", "4,310"), ("Zarkot", "0", "9")]
    pieces = [Piece(60 + 150 * c, 700 - 16 * r, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    loaded = read([*lines(BODY), *pieces])
    assert loaded.text.endswith("Post | 2023 | 2024\nWana | 1,200 | 17\nSpera | 88 | 4,310\nZarkot | 0 | 9")
    kinds = [block.kind for block in loaded.blocks]
    assert kinds == ["paragraph", "table", "table", "table", "table"]
    assert loaded.text[loaded.blocks[2].start : loaded.blocks[2].end] == "Wana | 1,200 | 17"


# scripts from the right


CODES = {
    1: "ا", 2: "\u0644\u0627", 3: "س", 4: " ", 5: "2", 6: "3", 7: "\ufefb", 8: "(", 9: ")", 10: "ب", 11: "م", 12: "ل", 13: "ک", 14: "د",
    15: ".", 16: "U", 17: "N",
}  # fmt: skip


@pytest.mark.parametrize("ligature", [2, 7])
def test_lam_and_alef_of_one_box(ligature: int) -> None:
    visual = bytes([10, ligature, 4, 11, ligature, 3])  # in visual order from the left: سلام لاب
    text = read([Piece(100, 700, visual, 20)], letters=CODES, widths={4: 300}).text
    assert text == "سلام لاب"


def test_figures_and_latin_words_in_a_line_from_the_right() -> None:
    visual = bytes([10, 1, 10, 4, 16, 17, 4, 5, 6, 4, 11, 2, 3])
    assert read([Piece(100, 700, visual, 20)], letters=CODES, widths={4: 300}).text == "سلام 23 UN باب"


@pytest.mark.parametrize("mirrored", [False, True])
def test_brackets_of_a_line_from_the_right(mirrored: bool) -> None:
    opening, closing = (8, 9) if mirrored else (9, 8)
    visual = bytes([opening, 10, 1, 10, closing, 4, 11, 2, 3])
    assert read([Piece(100, 700, visual, 20)], letters=CODES, widths={4: 300}).text == "سلام (باب)"


def test_letters_drawn_one_by_one_from_the_right() -> None:
    word = [3, 12, 1, 11, 4, 13, 1, 10, 12]  # سلام کابل
    pieces = [
        Piece(400 - 10 * at - 4 * (at > 4), 700, bytes([code + 64]), 20) for at, code in enumerate(word) if code != 4
    ]
    assert read(pieces, letters={code + 64: text for code, text in CODES.items()}).text == "سلام کابل"


# hyphens


@pytest.mark.parametrize(
    ("first", "second", "stored"),
    [
        ("It was the first cross-", "border meeting of the year.", "first cross-border meeting"),
        ("The report of the govern-", "ment was read in silence.", "the government was"),
        ("A trade body of the Afghan-", "Pakistan frontier was set up.", "the Afghan-Pakistan frontier"),
        ("He met the people of Zar-", "gul, where the road had ended.", "people of Zargul, where"),
        ("The years that followed 2022-", "23 were dry ones in the hills.", "followed 2022-23 were"),
    ],
)
def test_hyphens_at_line_ends(first: str, second: str, stored: str) -> None:
    assert stored in read(lines([first, second, "Zargul lies high."])).text


def test_the_document_itself_tells_how_a_word_is_written() -> None:
    text = read(
        lines(["The re-entry of the men was late. It was a re-", "entry that nobody had seen coming at all."])
    ).text
    assert "a re-entry that" in text


# pages


def test_a_footnote_waits_for_the_sentence_that_it_interrupts() -> None:
    filled = "The talks went on for a long time without any clear result at all, men said,"
    first = [*lines([filled, "and on the third day one of the two delegations left the hall because the"])]
    note = Piece(60, 60, "1 See the statement of the ministry, page 3.", 7)
    second = lines(["other side had refused to sign the annex. The talks ended there.", "Nobody came back."])
    loaded = read([*first, note], second)
    assert "left the hall because the other side had refused to sign the annex." in loaded.text
    note_at = loaded.text.index("See the statement")
    assert (loaded.pages[0].number, loaded.pages[1].number) == (1, 2)
    assert next(page.number for page in loaded.pages if page.start <= note_at < page.end) == 1
    assert next(block.kind for block in loaded.blocks if block.start <= note_at < block.end) == "footnote"


def test_printed_page_numbers_of_the_file() -> None:
    labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 1 >>] >>"
    loaded = read(
        *[lines([f"Page of the {word} kind."]) for word in ("first", "second", "third", "fourth")], catalogue=labels
    )
    assert [(page.number, page.label) for page in loaded.pages] == [(1, "i"), (2, "ii"), (3, "1"), (4, "2")]


def test_printed_page_numbers_of_the_page() -> None:
    pages = [[*lines([f"Words of the {'abcdef'[n]} part stand here."]), Piece(290, 30, str(117 + n))] for n in range(6)]
    assert [page.label for page in read(*pages).pages] == [str(117 + n) for n in range(6)]


def test_lines_drawn_from_bottom_to_top() -> None:
    texts = ["First, the road was cleared.", "Second, the posts were manned.", "Third, the gate was opened."]
    assert read(list(reversed(lines(texts)))).text.replace("\n\n", " ") == " ".join(texts)


def test_form_values_are_read() -> None:
    field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Haji Gul of Chaman) /Rect [60 600 300 620] >>"
    assert read(lines(["Application for a permit"]), annotations=[field]).text.endswith("name: Haji Gul of Chaman")


# text layers


def test_substituted_letters_are_refused() -> None:
    shifted = ["".join(chr(ord(letter) + 3) for letter in line) for line in BODY * 3]
    with pytest.raises(LoadError, match=r"text layer of wrong letters .* `--ocr eng`"):
        read(lines(shifted))


def test_letters_without_codes_are_refused() -> None:
    letters = {code: chr(code) for code in range(32, 127)} | {5: "\x03"}
    text = "The governor of the province said on Tuesday".replace("e", "\x05").encode()
    with pytest.raises(LoadError, match="text layer of wrong letters"):
        read([Piece(60, 700, text)], letters=letters)


@pytest.mark.parametrize(
    "text",
    [
        "Le gouverneur de la province a déclaré mardi que le pont serait ouvert aux camions la semaine prochaine, selon lui.",
        "Der Gouverneur der Provinz sagte am Dienstag, die Brücke werde in der kommenden Woche für Lastwagen geöffnet.",
        "Table 7: 120 340 511 22 9 78 1,200 17 88 4,310 0 9 A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    ],
)
def test_text_in_other_languages_is_not(text: str) -> None:
    words = text.split()
    rows = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    assert words[2] in read(lines(rows * 2)).text


def test_the_day_on_which_a_file_was_made_is_not_its_date() -> None:
    loaded = read(
        lines(BODY), about="/CreationDate (D:20190304) /ModDate (D:20200101) /Author (user1) /Title (Document1)"
    )
    assert (loaded.published, loaded.author, loaded.title) == (None, None, None)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Microsoft Word - final_v2.doc", "The crossing in the winter months"),
        ("10811.exe", "The crossing in the winter months"),
        ("Page 1 of 21", "The crossing in the winter months"),
        ("The bridge and the river", "The bridge and the river"),
        ("", "The crossing in the winter months"),
    ],
)
def test_titles(written: str, title: str) -> None:
    pieces = [Piece(60, 800, "The crossing in the winter months", 20), *lines(BODY, top=740)]
    loaded = read(pieces, about=f"/Title ({written})")
    assert loaded.title == title
    assert loaded.text.startswith("The crossing in the winter months\n\nThe governor")
    assert [loaded.text[h.start : h.end] for h in loaded.headings] == ["The crossing in the winter months"]
