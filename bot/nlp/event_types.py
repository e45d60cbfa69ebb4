"""The types that statements can have; what is listed, counted and put on a timeline."""

from typing import Literal, get_args

EventType = Literal[
    "agreement", "strike", "attack", "closure", "talks", "statement", "appointment", "returns", "trade", "tally"
]
TYPES: tuple[str, ...] = get_args(EventType)
