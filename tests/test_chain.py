"""The chain as LangChain users meet it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.runnables import RunnableLambda

from rag.answering.base import AnswerDone, HitsFound, StatementVerified
from rag.answering.conversation_rules import RuleRewriter
from rag.answering.flow import AnswerFlow, last_answer
from rag.assembly import load_generator
from rag.chain import AnswerChain, ChatModelGenerator, GeneratorLLM, StoreRetriever, TracedGenerator
from rag.errors import ModelUnavailable, SettingsError
from rag.generation.base import Prompt, Sampling
from rag.settings import GenerationSettings
from rag.text.analyzer import load_analyzer
from rag.types import Question, Scope, Turn
from tests.fakes import FirstHitAnswerer, ListRetriever, ScriptedGenerator, make_hit

HITS = [make_hit("有給休暇は年20日とする。"), make_hit("申請は前日までに行う。", chunk_id=2, score=0.5)]


class Recorder(BaseCallbackHandler):
    """Remembers which callbacks came, in order."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_chain_start(self, *_: Any, **__: Any) -> None:
        self.seen.append("chain start")

    def on_chain_end(self, *_: Any, **__: Any) -> None:
        self.seen.append("chain end")

    def on_chain_error(self, error: BaseException, **_: Any) -> None:
        self.seen.append(f"chain error {type(error).__name__}")

    def on_retriever_start(self, *_: Any, parent_run_id: UUID | None = None, **__: Any) -> None:
        self.seen.append("retriever start" if parent_run_id else "orphan retriever")

    def on_retriever_end(self, *_: Any, **__: Any) -> None:
        self.seen.append("retriever end")

    def on_llm_start(self, *_: Any, **__: Any) -> None:
        self.seen.append("llm start")

    def on_llm_new_token(self, token: str, **_: Any) -> None:
        self.seen.append(f"token {token}")


@pytest.fixture
def chain() -> AnswerChain:
    return AnswerChain(AnswerFlow(ListRetriever(HITS), FirstHitAnswerer()))


def test_invoke_takes_text_or_a_question(chain: AnswerChain) -> None:
    answer = chain.invoke("有休は何日？")
    assert answer.text == "有給休暇は年20日とする。[1]"
    assert answer == chain.invoke(Question("有休は何日？")) or answer.statements
    assert answer.elapsed_seconds > 0


def test_the_scope_reaches_the_retriever(chain: AnswerChain) -> None:
    answer = chain.invoke(Question("有休は？", Scope(sources=frozenset({"別.txt"}))))
    assert answer.abstained
    assert answer.hits == ()


def test_conditions_in_the_question_reach_the_retriever(chain: AnswerChain) -> None:
    chain.invoke('有休 "申請" -病気')
    [asked] = chain.flow.retriever.asked  # type: ignore[attr-defined]
    assert (asked.text, asked.conditions.phrases, asked.conditions.excluded) == (
        "有休 申請",
        ("申請",),
        ("病気",),
    )


def test_a_follow_up_grows_with_what_was_searched() -> None:
    flow = AnswerFlow(ListRetriever(HITS), FirstHitAnswerer(), rewriter=RuleRewriter(load_analyzer()))
    asked = Question("それはいつから？", history=(Turn("有給休暇は何日ですか"),))
    answers = list(AnswerChain(flow).stream(asked))
    assert {answer.query for answer in answers[1:]} == {"有給休暇はいつから？"}


def test_events_end_with_the_answer(chain: AnswerChain) -> None:
    events = list(chain.events("有休は？"))
    assert [type(event) for event in events] == [HitsFound, StatementVerified, AnswerDone]


def test_stream_grows_to_the_whole_answer(chain: AnswerChain) -> None:
    answers = list(chain.stream("有休は？"))
    assert [len(answer.statements) for answer in answers] == [0, 1, 1]
    assert answers[-1].statements == chain.invoke("有休は？").statements


def test_batch_keeps_the_order_of_its_questions(chain: AnswerChain) -> None:
    answers = chain.batch(["一", "二", "三"])
    assert [answer.question for answer in answers] == ["一", "二", "三"]


def test_async_gives_the_same() -> None:
    chain = AnswerChain(AnswerFlow(ListRetriever(HITS), FirstHitAnswerer()))

    async def ask() -> tuple[str, list[int]]:
        answer = await chain.ainvoke("有休は？")
        return answer.text, [len(a.statements) async for a in chain.astream("有休は？")]

    assert asyncio.run(ask()) == ("有給休暇は年20日とする。[1]", [0, 1, 1])


def test_composes_with_other_runnables(chain: AnswerChain) -> None:
    composed = chain | RunnableLambda(lambda answer: answer.text)
    assert composed.invoke("有休は？") == "有給休暇は年20日とする。[1]"
    assert list(composed.stream("有休は？"))[-1] == "有給休暇は年20日とする。[1]"


def test_callbacks_see_chain_and_retriever(chain: AnswerChain) -> None:
    recorder = Recorder()
    chain.invoke("有休は？", {"callbacks": [recorder]})
    assert recorder.seen == ["chain start", "retriever start", "retriever end", "chain end"]
    streamed = Recorder()
    list(chain.stream("有休は？", {"callbacks": [streamed]}))
    assert streamed.seen == recorder.seen


def test_an_error_reaches_the_callbacks_and_the_caller() -> None:
    class Broken(ListRetriever):
        def retrieve(self, question: Question, top_k: int) -> Any:
            raise RuntimeError("gone")

    recorder = Recorder()
    with pytest.raises(RuntimeError, match="gone"):
        AnswerChain(AnswerFlow(Broken([]), FirstHitAnswerer())).invoke("有休は？", {"callbacks": [recorder]})
    assert recorder.seen[-1] == "chain error RuntimeError"


def test_retriever_gives_langchain_documents() -> None:
    retriever = StoreRetriever(retriever=ListRetriever(HITS), top_k=1)
    (document,) = retriever.invoke("有休は？")
    assert document.page_content == "有給休暇は年20日とする。"
    assert document.metadata["source"] == "/docs/規程.txt"
    assert document.metadata["heading"] == "第1章"


def test_generator_is_a_language_model() -> None:
    llm = GeneratorLLM(generator=ScriptedGenerator(["二十", "日。"]))
    assert llm.invoke("何日？") == "二十日。"
    assert list(llm.stream("何日？")) == ["二十", "日。"]


def test_traced_generator_reports_tokens() -> None:
    recorder = Recorder()
    inner = ScriptedGenerator(["二十", "日。"])
    traced = TracedGenerator(inner)
    ask = RunnableLambda(lambda text: "".join(traced.stream(Prompt(text, stop=("###",)), Sampling())))
    assert ask.invoke("何日？", {"callbacks": [recorder]}) == "二十日。"
    assert [step for step in recorder.seen if "chain" not in step] == [
        "llm start",
        "token 二十",
        "token 日。",
    ]
    assert inner.prompts == [Prompt("何日？", stop=("###",))]
    assert (traced.name, traced.context_tokens, traced.count_tokens(["あい"])) == ("scripted", 4_096, [2])


def test_any_chat_model_can_generate() -> None:
    generator = ChatModelGenerator(FakeListChatModel(responses=["年20日です。[1]"]), context_tokens=100)
    pieces = generator.stream(Prompt("", messages=(("system", "規則"), ("user", "何日？"))), Sampling())
    assert "".join(pieces) == "年20日です。[1]"
    assert generator.count_tokens(["あ" * 10]) == [13]
    assert generator.context_tokens == 100


def test_an_answerer_must_end_with_its_answer() -> None:
    with pytest.raises(TypeError, match="HitsFound, not AnswerDone"):
        last_answer(iter([HitsFound(())]))


def test_a_chat_model_that_fails_or_is_cut_says_so() -> None:
    class Failing(FakeListChatModel):
        def _stream(self, *_: Any, **__: Any) -> Any:
            raise ConnectionError("no route\nto host")

    with pytest.raises(ModelUnavailable, match="failed while writing: no route to host"):
        list(ChatModelGenerator(Failing(responses=["x"])).stream(Prompt("何日？"), Sampling()))


@pytest.mark.parametrize(
    ("model", "kind", "message"),
    [
        ("no-such-provider:x", SettingsError, "is no chat model of LangChain.*provider:model"),
        ("groq:llama3", ModelUnavailable, "langchain-groq"),
    ],
)
def test_langchain_models_are_named_in_the_settings(model: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        load_generator(GenerationSettings(backend="langchain", model=model, base_url="http://127.0.0.1:9"))
