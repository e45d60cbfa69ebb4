"""English words that say nothing of a question's subject."""

from __future__ import annotations

STOP = frozenset(
    "a an the of in on at to for from by with and or but is are was were be been being do does did has have had it its"
    " this that these those he she they them his her their who whom whose what which when where why how many much there"
    " than then as about into over after before during between against under if not no can could would should will shall"
    " may might must any some all most more s t i you we me my your our us so such also just only very exactly"
    " really tell explain happened happen say said".split()
)
