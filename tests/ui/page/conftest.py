"""A real browser for the page, or the reason why there is none."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.assembly import Assembly, open_assembly
from rag.bundled import bundled_path
from rag.settings import Settings
from ui.cli.demo import COLLECTION
from ui.page.uploads import add_paths

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=ja",
)


def missing_for_browser() -> str:
    """What this machine lacks to open the page in a browser; empty when it lacks nothing."""
    for package in ("streamlit", "playwright"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed"
    if shutil.which("chromium") is None:
        return "chromium is not installed"
    if shutil.which("fc-list") is None:
        return "fontconfig is not installed"
    fonts = subprocess.run(["fc-list", ":lang=ja"], capture_output=True, check=False).stdout
    return "" if fonts.strip() else "no Japanese font is installed (fonts-noto-cjk)"


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's chromium through Playwright; skipped by name where something is missing."""
    if missing := missing_for_browser():
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS), headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the bundled sample; copy it before changing it."""
    path = tmp_path_factory.mktemp("page") / "store"
    settings = Settings().with_values({"store.path": path})
    with open_assembly(settings, create=True) as assembly:
        report = add_paths(assembly, [bundled_path("sample")], COLLECTION)
    assert report.num_documents
    return path


@pytest.fixture(scope="module")
def assembly(sample_store: Path) -> Iterator[Assembly]:
    """The sample store, open, and not to be changed."""
    with open_assembly(Settings().with_values({"store.path": sample_store})) as opened:
        yield opened
