"""Edit distance between two words, for names that are misspelt."""

from __future__ import annotations

FIRST_SLIP, SECOND_SLIP = 5, 8  # letters from which a word may hold one slip, or two


def slips_allowed(word: str) -> int:
    """How many slips a word of that length may hold and still be recognised."""
    return 0 if len(word) < FIRST_SLIP else 1 if len(word) < SECOND_SLIP else 2


def slips(one: str, other: str, *, most: int) -> int | None:
    """Letters added, lost, changed or swapped with their neighbour between two words; None where more than `most`.

    Optimal string alignment: the restricted Damerau–Levenshtein distance.
    """
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return None
        before, last = last, line
    return last[-1] if last[-1] <= most else None
