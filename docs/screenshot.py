"""Make ``docs/images/page.png`` again: the page, asked one question on the sample documents.

Run from the root of the repository: ``python docs/screenshot.py``. Needs chromium and a Japanese font.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from rag.assembly import open_assembly
from rag.bundled import bundled_path
from rag.settings import Settings
from ui.cli.demo import COLLECTION, QUESTIONS
from ui.page.uploads import add_paths
from ui.serving import served_page

PICTURE = Path(__file__).parent / "images" / "page.png"
SIZE = {"width": 1280, "height": 860}


def main() -> None:
    """Ingest the sample into a store of its own, ask, open the first source, and take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        with open_assembly(Settings().with_values({"store.path": store}), create=True) as assembly:
            add_paths(assembly, [bundled_path("sample")], COLLECTION)
        with served_page(Settings(), store=store) as address:
            take_picture(address)


def take_picture(address: str) -> None:
    """Open the page in a browser and save what it shows."""
    PICTURE.parent.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, device_scale_factor=1.5, locale="ja-JP")
        page.goto(address)
        page.get_by_role("button", name=QUESTIONS[0]).click()
        page.locator("summary").first.click()
        page.locator("mark").wait_for(state="visible")
        page.mouse.move(0, 0)
        page.wait_for_timeout(1_000)  # until the source has unfolded
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
