"""The pages in a real browser, Chromium: by keyboard, at a width of 360, in both directions, without script, and by axe."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from support.running.served import process

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here (Debian: apt-get install chromium)"),
]
QUESTION = "Where is the border fence?"
ADDRESSES = ["/", f"/?q={quote(QUESTION)}", f"/?q={quote(QUESTION)}&lang=ur", f"/?q={quote('Who is the king of France?')}",
             "/sources?lang=ps", "/sources/doha?m=1.20.90&lang=fa", "/docs", "/sources/nothing?lang=ru"]  # fmt: skip


@asynccontextmanager
async def browser(home, **options):
    """(a page, its base address) in a context with those options."""
    from playwright.async_api import async_playwright

    async with process(home, "serve") as port, async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await opened.new_context(base_url=f"http://127.0.0.1:{port}", **options)
        yield await context.new_page()
        await opened.close()


async def test_a_question_is_asked_and_its_source_opened_by_keyboard_and_without_script(home):
    async with browser(home, java_script_enabled=False, viewport={"width": 360, "height": 640}) as page:
        await page.goto("/")
        await page.keyboard.type(QUESTION)  # the field has the focus
        await page.keyboard.press("Enter")
        await page.wait_for_selector("article .cite")
        link = page.locator("article .cite").first
        await link.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sources/**#cite-1")
        await page.wait_for_selector("mark#cite-1:target")
        box = await page.locator("mark#cite-1").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 640  # the words are in sight


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing_serious(home, scheme):
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    async with browser(home, bypass_csp=True, color_scheme=scheme, viewport={"width": 360, "height": 640}) as page:
        for address in ADDRESSES:
            await page.goto(address)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, address
            await page.evaluate(axe)
            found = (await page.evaluate("axe.run()"))["violations"]
            grave = [
                (each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}
            ]
            assert not grave, address


async def test_the_page_keeps_to_its_own_policy(home):
    async with browser(home) as page:
        said = []
        page.on("console", lambda message: said.append(message.text))
        for address in ADDRESSES:
            await page.goto(address)
        assert [each for each in said if "Content Security Policy" in each] == []
