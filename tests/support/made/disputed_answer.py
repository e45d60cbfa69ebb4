"""An extractive answer in which two parties give different figures, and sentences composed from it."""

from __future__ import annotations

from bot.answering.answer import Answer, Citation, Claim
from index.types import Scope

PAKISTAN = "On 29 October 2025 Pakistan said that 23 soldiers were killed at the border in Khost."
TALIBAN = "On 30 October 2025 the Taliban said that 58 soldiers of Pakistan were killed at the border in Khost."
FIRST = "On 29 October 2025 Pakistan said that 23 soldiers were killed at the border [1]."
SECOND = "On 30 October 2025 the Taliban said that 58 soldiers were killed at the border [2]."


def citation(number, quote, kind="brief", language="en"):
    return Citation(
        number, kind, "border", "d", language, "The border", None, None, None, None, None, 0, len(quote), quote, ()
    )


ANSWER = Answer(
    question="How many died?",
    asked_as="How many died?",
    scope=Scope(),
    language="en",
    claims=(
        Claim(PAKISTAN, "pakistan", "Attaullah Tarar", "2025-10-29", (1,)),
        Claim(TALIBAN, "taliban", None, "2025-10-30", (2,)),
    ),
    citations=(citation(1, PAKISTAN), citation(2, TALIBAN)),
    disputed=True,
)
