"""What a question names has to stand in the evidence."""

from __future__ import annotations

from datetime import date

import pytest

from bot.asked import understand
from bot.evidence import rank_evidence
from bot.gazetteer import Gazetteer
from bot.specifics import missing
from index.generations import Generations
from index.search import Index
from index.update import update
from sources.document import Document


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


@pytest.fixture
def lacking(home, shelf, encoder, gazetteer):
    """What of a question is not in the evidence for it."""
    texts = {
        "dams": "Afghanistan builds dams on the Kunar. Iran objected to the dams.",
        "khatlon": "A drone killed three workers in Khatlon. The workers were young.",
        "television": "Grossman spoke on television of the Durand Line. He was an envoy.",
    }
    shelf.documents = {name: Document(name, name, text) for name, text in texts.items()}
    update(shelf, Generations(home), encoder)
    index = Index.open(home, encoder)

    def of(question: str) -> list[str]:
        asked = understand(
            question, gazetteer=gazetteer, known=index.knows, languages=("en",), today=date(2026, 11, 22)
        )
        return missing(index, gazetteer, asked, rank_evidence(index, asked, index.search(asked.lookup), gazetteer))

    yield of
    index.close()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did the envoy in Tehran say about the dams on the Kunar?", []),  # Tehran may stand for Iran
        ("What did Beijing say about the dams on the Kunar?", ["beijing"]),
        ("What did the envoy in Doha say about the dams on the Kunar?", ["doha"]),
        ("Who spoke on TV of the Durand Line?", []),
        ("who builds dams on the kunar, acc to afghanistan?", []),  # not the Afghan Citizen Card
        ("Which dams does Zarathustria build?", ["Zarathustria"]),
        ("Сколько рабочих погибло в Хатлонской области?", []),
        ("Сколько рабочих погибло в Самаркандской области?", ["Самаркандской"]),
    ],
)
def test_names_that_the_evidence_lacks(lacking, question, names):
    assert lacking(question) == names
