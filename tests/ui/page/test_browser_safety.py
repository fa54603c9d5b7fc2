"""No word of a document acts in the browser: shown in a real one, it is text and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.settings import Settings
from tests.ui.page import hostile
from ui.serving import served_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WORD_JOINER = "\u2060"

HTML_PLACES = (
    ".sr-statement",
    ".sr-warning",
    ".sr-excerpt mark",
    ".sr-around >> nth=0",
    ".sr-around >> nth=1",
)
MARKDOWN_PLACES = (
    "[data-testid=stCaptionContainer] p",
    "[data-testid=stAlertContentError] p",
    "[data-testid=stExpander] summary [data-testid=stMarkdownContainer] p",
    "[data-testid=stButton] [data-testid=stMarkdownContainer] p",
)
ACTIVE = (
    "a, b, blockquote, code, del, em, h1, iframe, img, math, ol, script, strong, style, svg, table, .katex"
)


@dataclass(slots=True)
class Shown:
    """The open page, and every address that it asked for."""

    page: "Page"
    address: str
    requested: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def shown(browser: "Browser") -> Iterator[Shown]:
    with served_page(Settings(), app=Path(hostile.__file__)) as address:
        context = browser.new_context(locale="ja-JP")
        shown = Shown(context.new_page(), address)
        shown.page.on("request", lambda request: shown.requested.append(request.url))
        shown.page.goto(address)
        last = shown.page.locator(f".st-key-text-{len(hostile.HOSTILE) - 1}")
        last.get_by_text("1 / 2").wait_for()
        yield shown
        context.close()


def test_nothing_is_asked_for_elsewhere_and_no_script_runs(shown: Shown) -> None:
    assert shown.requested
    assert [url for url in shown.requested if not url.startswith((shown.address, "data:", "blob:"))] == []
    assert shown.page.evaluate("window.harmed") is None


@pytest.mark.parametrize("position", range(len(hostile.HOSTILE)))
def test_every_place_shows_the_text_itself(shown: Shown, position: int) -> None:
    text = hostile.HOSTILE[position]
    block = shown.page.locator(f".st-key-text-{position}")
    assert {place: block.locator(place).text_content() for place in HTML_PLACES} == dict.fromkeys(
        HTML_PLACES, text
    )
    line = " ".join(text.split())
    assert {place: _without_joiners(block.locator(place).text_content()) for place in MARKDOWN_PLACES} == (
        dict.fromkeys(MARKDOWN_PLACES, line)
    )
    assert _without_joiners(block.locator("li").text_content()) == f"{line}（{line}）"
    assert _without_joiners(block.get_by_text("1 / 2").text_content()) == f"1 / 2　{line}"


@pytest.mark.parametrize("place", [*HTML_PLACES, *MARKDOWN_PLACES, "li", "[data-testid=stProgress] p"])
def test_no_place_holds_a_live_element(shown: Shown, place: str) -> None:
    found = shown.page.locator(f"[class*=st-key-text-] {place}")
    assert found.count() >= 1
    assert found.locator(ACTIVE).count() == 0


def _without_joiners(text: str | None) -> str:
    return (text or "").replace(WORD_JOINER, "").strip()
