"""Writes the previews and photographs them."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.previews import previews
from tests.support.previews.serving import HOST, serve

FOLDER = Path(__file__).resolve().parents[3] / "var" / "preview"


def main(wanted: str = "") -> None:
    """Writes the pages whose name holds `wanted`, and their photographs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in (1280, 320):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("console", lambda message: print(message.type, message.text))  # noqa: T201
            serve(page)
            for name, preview in previews().items():
                if wanted in name:
                    (FOLDER / f"{name}.html").write_text(preview.html(), encoding="utf-8")
                    page.goto(f"{HOST}/pages/{name}")
                    page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
