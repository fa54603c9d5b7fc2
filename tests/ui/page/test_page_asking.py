"""Asking, as a simulated session sees it; what a browser makes of it is in test_browser.py."""

from collections.abc import Iterator, Sequence

import pytest
from streamlit.testing.v1 import AppTest

from rag.answering.base import AnswerDone, Answerer, AnswerEvent, TextDrafted
from rag.answering.flow import AnswerFlow
from rag.assembly import Assembly
from rag.errors import ModelUnavailable
from rag.types import ABSTENTION, EVERYTHING, Answer, Hit, Question
from tests.fakes import FirstHitAnswerer
from ui.page.state import Exchange, SharedParts

SECONDS = 60.0


class Abstainer:
    """Never answers; drafts something first, as a model does."""

    name = "generative"

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        yield TextDrafted("下書きの")
        yield TextDrafted("文")
        yield AnswerDone(Answer(question.text, (), tuple(hits), True, 0.1, self.name, ("注意*一*",)))


class Failing:
    """Its model is not there."""

    name = "generative"

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        yield TextDrafted("途中")
        raise ModelUnavailable("the server at http://127.0.0.1:9 does not answer: start it")


class Recorder(FirstHitAnswerer):
    """Answers, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        self.asked.append(question)
        return super().answer(question, hits)


def share(assembly: Assembly, answerer: Answerer) -> SharedParts:
    return SharedParts(assembly, lambda: AnswerFlow(assembly.build_retriever(), answerer, top_k=8))


def session(shared: SharedParts) -> AppTest:
    def script(shared: "SharedParts") -> None:  # run by its source alone
        from ui.page.asking import show_asking
        from ui.page.state import errors_as_one_line

        with errors_as_one_line():
            show_asking(shared)

    return AppTest.from_function(script, args=(shared,), default_timeout=SECONDS).run()


def ask(page: AppTest, question: str) -> AppTest:
    return page.chat_input[0].set_value(question).run()


def html(page: AppTest) -> str:
    return "".join(element.value for element in page.html)


def test_the_first_view_says_what_can_be_asked(assembly: Assembly) -> None:
    page = session(share(assembly, FirstHitAnswerer()))
    assert [title.value for title in page.title] == ["資料に質問する"]
    assert "件の資料" in page.markdown[0].value
    assert not page.chat_message
    assert not page.exception


def test_an_example_is_asked_by_a_click(assembly: Assembly) -> None:
    recorder = Recorder()
    page = session(share(assembly, recorder))
    examples = [button.label for button in page.main.button]
    page.main.button[0].click().run()
    assert [asked.text for asked in recorder.asked] == examples[:1]
    assert not page.title
    page.run()
    assert len(recorder.asked) == 1


def test_an_answer_carries_its_numbered_source_with_the_surroundings(assembly: Assembly) -> None:
    page = ask(session(share(assembly, FirstHitAnswerer())), "試用期間は何か月ですか")
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    assert "<sup>[1]</sup>" in html(page)
    assert "<mark>" in html(page)
    [source] = page.expander
    assert source.label.startswith(r"\[1\] ")
    assert page.caption[0].value == "出典"
    assert len(page.download_button) == 1
    assert not page.title
    assert not page.exception


def test_the_same_session_keeps_its_questions_in_order(assembly: Assembly) -> None:
    page = session(share(assembly, FirstHitAnswerer()))
    ask(ask(page, "試用期間は何か月ですか"), "宿泊費の上限はいくらですか")
    assert [message.name for message in page.chat_message] == ["user", "assistant"] * 2
    assert html(page).index("試用期間は") < html(page).index("宿泊費の上限は")


def test_another_session_sees_nothing_of_it(assembly: Assembly) -> None:
    shared = share(assembly, FirstHitAnswerer())
    ask(session(shared), "試用期間は何か月ですか")
    assert not session(shared).chat_message


def test_the_history_can_be_emptied(assembly: Assembly) -> None:
    page = ask(session(share(assembly, FirstHitAnswerer())), "試用期間は何か月ですか")
    page.run()
    page.sidebar.button[0].click().run()
    assert not page.chat_message
    assert page.title


def test_an_abstention_shows_the_nearest_sources_and_no_draft(assembly: Assembly) -> None:
    page = ask(session(share(assembly, Abstainer())), "社長の好きな食べ物は何ですか")
    assert ABSTENTION in html(page)
    assert "下書き" not in html(page)
    assert "<mark>" not in html(page)
    captions = [caption.value for caption in page.caption]
    assert captions[:2] == [r"注意\*一\*", "近い資料"], "why, before what is near"
    assert 1 <= len(page.expander) <= 5
    assert not any(source.label.startswith(r"\[") for source in page.expander)


def test_an_error_is_one_line_and_stays_with_its_question(assembly: Assembly) -> None:
    page = ask(session(share(assembly, Failing())), "試用期間は何か月ですか")
    for _ in range(2):
        [error] = page.error
        assert (
            error.value.replace("\u2060", "").replace("\\", "").startswith("the server at http://127.0.0.1:9")
        )
        assert "途中" not in html(page)
        assert not page.exception
        page.run()


def test_a_flow_that_cannot_be_built_is_told_in_one_line(assembly: Assembly) -> None:
    def refuse() -> AnswerFlow:
        raise ModelUnavailable("the model 燕 is not on this machine: download it first")

    page = session(SharedParts(assembly, refuse))
    assert [error.value.startswith("the model 燕 is not") for error in page.error] == [True]
    assert not page.exception


def test_what_nobody_foresaw_is_one_line_and_in_the_log(
    assembly: Assembly, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> AnswerFlow:
        raise ZeroDivisionError("秘密の文")

    page = session(SharedParts(assembly, fail))
    [error] = page.error
    assert error.value.startswith("予期しない誤り")
    assert "ZeroDivisionError" in caplog.text
    assert not page.exception


def test_an_interrupted_question_is_told(assembly: Assembly) -> None:
    page = session(share(assembly, FirstHitAnswerer()))
    page.session_state["history"] = (Exchange(Question("途中の質問")),)
    page.run()
    [caption] = page.caption
    assert caption.value == "回答の途中で止まりました。もう一度質問してください。"


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_an_empty_question_is_not_asked(assembly: Assembly, text: str) -> None:
    recorder = Recorder()
    page = ask(session(share(assembly, recorder)), text)
    assert not page.chat_message
    assert not recorder.asked


def test_the_scope_of_the_sidebar_goes_with_the_question(assembly: Assembly) -> None:
    recorder = Recorder()
    page = session(share(assembly, recorder))
    collections, sources = page.sidebar.multiselect
    assert collections.options == ["sample"]
    assert "就業規則.txt" in sources.options
    collections.set_value(["sample"])
    first = assembly.store.document_infos(EVERYTHING)[0]
    sources.set_value([first.source])
    ask(page, "試用期間は何か月ですか")
    [asked] = recorder.asked
    assert asked.scope.collections == {"sample"}
    assert asked.scope.sources == {first.source}
    assert page.caption[0].value.startswith(":material/filter_alt: sample、")


def test_a_model_is_built_once_for_all_sessions(assembly: Assembly) -> None:
    built = []

    def build() -> AnswerFlow:
        built.append(1)
        return AnswerFlow(assembly.build_retriever(), FirstHitAnswerer())

    shared = SharedParts(assembly, build)
    assert session(shared) and session(shared)
    assert built == [1]
