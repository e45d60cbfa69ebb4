"""The types that statements can have; what is listed, counted and put on a timeline."""

from sources.events import EVENT_TYPES, EventType

__all__ = ["CLASSIFIED", "EVENT_TYPES", "EventType"]
# Those that the classifier tells of statements which nobody marked.
CLASSIFIED = (
    "agreement", "strike", "attack", "closure", "talks", "statement", "appointment", "returns", "trade", "tally"
)  # fmt: skip
