"""A list model that can be computed by hand: a few words tell that a list is wanted, a noun of what."""

from __future__ import annotations

from bot.question import listing
from bot.question.list_model import NONE, Wish, fitted

ASKS = (
    "list",
    "which",
    "how many",
    "how often",
    "every",
    "who were",
    "who has",
    "کتن",
    "چند بار",
    "сколько раз",
    "перечисли",
)
ASKS_BEHIND = ("فہرست", "کون کون", "list everything", "give me a list")
LAST = ("last", "latest")
COUNTS = ("how many", "how often", "کتن", "چند بار", "сколько раз")
NOUNS = {
    "agre": "agreement", "соглаш": "agreement", "strike": "strike", "raid": "strike", "bomb kabul": "strike", "فضائی حمل": "strike",
    "удар": "strike", "bombing": "attack", "attack": "attack", "خودکش": "attack", "killed": "killing", "arrested": "arrest",
    "closed": "closure", "بسته": "closure", "закрыва": "closure", "envoy": "appointment", "representative": "appointment",
    "secretar": "appointment", "سربراہ": "appointment", "said": "statement", "say": "statement", "trade figures": "trade",
}  # fmt: skip


class WordLists:
    """Takes a question for a list where its words ask for one, or where it begins with the name of what is listed."""

    vocabulary = fitted().vocabulary
    respelt = staticmethod(fitted().respelt)

    def __call__(self, question, mentions, index=None, lookup=""):
        text = question.rstrip("?؟ ")
        of_type = next((of_type for noun, of_type in NOUNS.items() if noun in text), NONE)
        plural = any(text.startswith(noun) for noun in NOUNS) or "secretaries" in text or "strikes on" in text
        asks = text.startswith(ASKS) or any(word in text for word in (*ASKS_BEHIND, *COUNTS[2:]))
        asks = asks and not any(word in text for word in ("people", "soldiers", " war", "لوگ"))
        last = of_type != NONE and any(word in text.split() for word in LAST)
        listed = of_type != NONE and (asks or plural) and not last
        return Wish(listed, any(word in text for word in COUNTS), last, of_type, 1.0, 1.0)


def use(monkeypatch):
    """Let every question be told by WordLists."""
    monkeypatch.setattr(listing, "fitted", WordLists)
