"""The page in a real browser: served by the real command, on the sample documents."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.bundled import bundled_path
from rag.settings import Settings
from rag.types import ABSTENTION
from tests.ui.page.hostile import CANARY
from ui.serving import served_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

PROBATION = "試用期間は何か月ですか"
UNANSWERABLE = "東京タワーの高さは何メートルですか"

VISITORS = "来客用の駐車場は地下二階にあり、利用できる時間は午前八時から午後九時までです。"
HOSTILE = (
    f"食堂の献立表は<img src='{CANARY}/a.png' onerror='window.harmed=1'>"
    f"<script>window.harmed=1</script>![]({CANARY}/b.png)毎週月曜日に掲示板へ貼り出します。"
)


@pytest.fixture(scope="module")
def address(
    browser: "Browser", sample_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    store = tmp_path_factory.mktemp("browser") / "store"
    shutil.copytree(sample_store, store)
    with served_page(Settings(), store=store) as address:
        yield address


@pytest.fixture
def page(browser: "Browser", address: str) -> "Iterator[Page]":
    """A fresh session; whatever it does, it asks no other host for anything and runs no document's script."""
    context = browser.new_context(locale="ja-JP", viewport=DESKTOP, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(address)
    yield page
    assert [url for url in requested if not url.startswith((address, "data:", "blob:"))] == []
    assert page.evaluate("window.harmed") is None
    context.close()


def ask(page: "Page", question: str) -> "Locator":
    """Ask and wait for the whole answer."""
    messages = page.get_by_test_id("stChatMessage")
    answer = messages.nth(messages.count() + 1)
    box = page.get_by_placeholder("資料について質問してください")
    box.fill(question)
    box.press("Enter")
    answer.get_by_text("原文の抜き出し").wait_for()
    return answer


def upload(page: "Page", name: str, data: bytes, collection: str) -> None:
    page.get_by_role("link", name="資料").click()
    page.get_by_text("資料を追加する").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})
    choice = page.get_by_role("combobox", name="コレクション")
    choice.fill(collection)
    choice.press("Enter")
    page.get_by_role("button", name="追加する", exact=True).click()
    page.get_by_text("1件を追加しました").wait_for()
    page.get_by_role("link", name="質問する").click()


def test_a_question_is_answered_and_its_source_opens_on_the_sentence(page: "Page") -> None:
    answer = ask(page, PROBATION)
    statement = answer.locator(".sr-statement").first.text_content()
    assert "３か月間" in statement
    assert answer.locator("sup").first.text_content() == "[1]"

    source = answer.get_by_test_id("stExpander").first
    assert not source.locator("mark").is_visible()
    source.locator("summary").click()
    source.locator("mark").wait_for(state="visible")
    assert source.locator("mark").text_content().strip() == statement.strip()
    assert "第３条" not in statement
    assert "試用期間は、勤続年数に通算する" in source.locator(".sr-excerpt").text_content()

    with page.expect_download() as download:
        source.get_by_role("button", name="元のファイル").press(
            "Enter"
        )  # it still moves as the source unfolds
    assert download.value.suggested_filename == "就業規則.txt"
    assert download.value.path().read_bytes() == bundled_path("sample", "就業規則.txt").read_bytes()


def test_an_unanswerable_question_is_not_answered(page: "Page") -> None:
    answer = ask(page, UNANSWERABLE)
    assert answer.locator(".sr-answer").text_content() == ABSTENTION
    assert answer.get_by_text("近い資料").is_visible()
    assert answer.get_by_test_id("stExpander").count() >= 1


def test_an_uploaded_file_answers_at_once_and_its_words_do_nothing(page: "Page") -> None:
    data = f"施設のご案内\r\n\r\n{VISITORS}\r\n\r\n{HOSTILE}\r\n".encode("cp932")
    upload(page, "施設案内.txt", data, "総務")
    answer = ask(page, "来客用の駐車場は何時から使えますか")
    assert VISITORS in answer.locator(".sr-answer").text_content()

    answer = ask(page, "食堂の献立表はいつ貼り出されますか")
    assert "<script>window.harmed=1</script>![](http://canary" in answer.locator(".sr-answer").text_content()
    answer.locator("summary").first.click()
    answer.locator("mark").first.wait_for(state="visible")
    assert answer.locator("mark img, mark script").count() == 0


def choose_first_row(page: "Page", shown_then: str) -> None:
    """Tick the box of the first row until the button is there: a table that is drawn anew loses a click."""
    from playwright.sync_api import TimeoutError as TooSlow

    for _ in range(3):
        # The table is drawn on a canvas; clicking waits for it and brings it into view.
        page.get_by_test_id("stDataFrame").last.click(position={"x": 16, "y": 52})
        try:
            page.get_by_role("button", name=shown_then).wait_for(timeout=10_000)
        except TooSlow:
            continue
        return
    pytest.fail(f"the first row was clicked three times and the button {shown_then} never came")


def test_a_document_is_removed_after_asking(page: "Page") -> None:
    upload(page, "消す資料.txt", "この資料は消えます。".encode(), "A")  # the first collection of the list
    page.get_by_role("link", name="資料").click()
    choose_first_row(page, "選んだ1件を削除する")
    page.get_by_role("button", name="選んだ1件を削除する").click()
    question = page.get_by_role("dialog")
    question.get_by_text("消す資料").first.wait_for()
    question.get_by_role("button", name="削除する").click()
    question.wait_for(state="detached")
    page.get_by_role("button", name="選んだ資料を削除する").wait_for()
    assert page.get_by_test_id("stAlertContentError").count() == 0


def test_another_session_knows_nothing_of_the_questions(
    page: "Page", browser: "Browser", address: str
) -> None:
    ask(page, PROBATION)
    context = browser.new_context()
    other = context.new_page()
    other.goto(address)
    other.get_by_text("資料に質問する").wait_for()
    assert other.get_by_test_id("stChatMessage").count() == 0
    context.close()


def test_nothing_overflows_on_a_phone(page: "Page") -> None:
    page.set_viewport_size(PHONE)
    ask(page, PROBATION).locator("summary").first.click()
    page.locator("mark").first.wait_for(state="visible")
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    too_wide = "elements => elements.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.locator(".sr-answer, .sr-excerpt, .sr-question").evaluate_all(too_wide) == 0


def test_japanese_is_drawn_with_a_japanese_font(page: "Page") -> None:
    """Chinese glyphs of the same characters look wrong to readers: 直, 骨, 誤."""
    page.get_by_text("資料に質問する").wait_for()
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert all("JP" in font["familyName"] for font in fonts), fonts
