"""Small briefs for tests: the front matter and the reference that their statements need."""

from __future__ import annotations

DAWN = "[^dawn]: “Strikes”, A. Writer, *Dawn*, 2022-04-17, <https://example.org/1>"


def strikes(
    *statements: str,
    covers: str = "2022-04/2022-05",
    summary: str = "Strikes in Khost.",
    heading: str = "Khost, April 2022",
    references: tuple[str, ...] = (DAWN,),
) -> str:
    """A brief on strikes with these statements, each `DATE · PARTY:** TEXT [^dawn]`, under one heading."""
    front = f"title: Strikes\nkind: brief\nlanguage: en\ncovers: {covers}\nupdated: 2026-11-22\nsummary: {summary}"
    told = "\n".join(f"- **{each}" for each in statements)
    return f"---\n{front}\n---\n\n## {heading}\n\n{told}\n\n{chr(10).join(references)}\n"
