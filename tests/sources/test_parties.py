from __future__ import annotations

from pathlib import Path

import pytest

from sources.errors import PartyError
from sources.parties import LANGUAGES, Parties, Party, read_parties, shipped_parties

EVERY = {
    "pakistan", "taliban", "afghan-republic", "afghan-governments", "mujahideen", "islamic-state-of-afghanistan",
    "british-india", "soviet-union", "ttp", "iskp", "al-qaeda", "haqqani-network", "baloch-groups",
    "united-states", "united-kingdom", "united-nations", "india", "china", "iran", "russia", "qatar",
    "saudi-arabia", "united-arab-emirates", "turkiye", "eu", "nato", "central-asian-states", "afghan-opposition",
    "clerics", "traders", "international-bodies", "media", "analysts", "rights-groups", "witnesses", "agreed",
}  # fmt: skip


def test_every_party_of_the_brief_format_is_there() -> None:
    assert {party.id for party in shipped_parties()} == EVERY
    assert all(set(party.names) == set(LANGUAGES) for party in shipped_parties())


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("Taliban", "taliban"),
        ("the TALIBAN", "taliban"),
        ("امارت اسلامی", "taliban"),
        ("امارت اسلامي", "taliban"),  # with the Arabic yeh
        ("талибы", "taliban"),
        ("Afghan governments to 1992", "afghan-governments"),
        ("Al Qaeda", "al-qaeda"),
        ("ټي ټي پي", "ttp"),
        ("пакистанские талибы", "ttp"),
        ("گروه های بلوچ", "baloch-groups"),  # without the ZWNJ
        ("ملګري ملتونه", "united-nations"),
        ("Türkiye", "turkiye"),
        ("Turkey", "turkiye"),
        ("united-states", "united-states"),
    ],
)
def test_found_by_any_name(name: str, party: str) -> None:
    assert shipped_parties().find(name).id == party


def test_years_names_and_speakers() -> None:
    republic = shipped_parties()["afghan-republic"]
    assert (republic.year_from, republic.year_to, republic.name) == (2001, 2021, "Afghan Republic")
    assert shipped_parties()["pakistan"].display("ru") == "Пакистан"
    assert shipped_parties()["pakistan"].display("de") == "Pakistan"
    assert [party.id for party in shipped_parties() if party.speaker_required] == ["analysts", "rights-groups"]


def test_unknown_names() -> None:
    with pytest.raises(PartyError, match=r"^“Pakistn” is no known party: did you mean Pakistan\?$"):
        shipped_parties().find("Pakistn")
    with pytest.raises(PartyError, match=r"^“zzz” is no known party: use one of A \("):
        Parties([Party("a", {"en": "A"})]).find("zzz")


def test_a_name_belongs_to_one_party() -> None:
    with pytest.raises(PartyError, match="“x” names both a and b"):
        Parties([Party("a", {"en": "X"}), Party("b", {"en": "B"}, ("x",))])


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('[{"id": "a"}]')
    with pytest.raises(PartyError, match=r"p\.json: not a list of parties"):
        read_parties(tmp_path / "p.json")
