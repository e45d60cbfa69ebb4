"""Stands in for asyncio in one module, so that its pauses hang on no clock."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest


class Pauses:
    """The pauses of a module: noted in `asked` (seconds), over once `go` is set. Its clock moves by them alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
        self.asked: list[float] = []
        self.go = asyncio.Event()
        self._now = 0.0
        loop = SimpleNamespace(time=lambda: self._now)
        changed = {"sleep": self._sleep, "get_running_loop": lambda: loop}
        monkeypatch.setattr(f"{module}.asyncio", SimpleNamespace(**{**vars(asyncio), **changed}))

    async def _sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.go.wait()
        await asyncio.sleep(0)
        self._now += seconds
