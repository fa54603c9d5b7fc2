"""Whose conversation it is, what fits its budget, and what a model's rewriting is worth."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from rag.answering.base import AnswerDone, HitsFound, QuestionRewritten
from rag.answering.conversation import MAX_TURNS, Conversation, within_budget
from rag.answering.conversation_model import ModelRewriter
from rag.answering.conversation_rules import RuleRewriter
from rag.answering.flow import NOTHING_MORE, AnswerFlow
from rag.bundled import bundled_path
from rag.errors import AccessDenied, ModelUnavailable, StoreError
from rag.generation.prompts import STYLES
from rag.text.analyzer import Analyzer
from rag.types import EVERYTHING, Answer, Question, Scope, Turn
from tests.answering.follow_ups import Q_LEAVE
from tests.fakes import FirstHitAnswerer, ListRetriever, ScriptedGenerator, make_hit

SAID = (Turn(Q_LEAVE, "年次有給休暇は、一年につき二十日とする。[1]"),)


@pytest.fixture
def rules(analyzer: Analyzer) -> RuleRewriter:
    return RuleRewriter(analyzer)


def make_answer(question: str, query: str = "") -> Answer:
    return Answer(question, (), (), True, 0.0, "first-hit", query=query)


def test_a_conversation_remembers_what_was_searched() -> None:
    talk = (
        Conversation()
        .then(make_answer(Q_LEAVE))
        .then(make_answer("それはいつから？", "有給休暇はいつから？"))
    )
    assert [turn.question for turn in talk.turns] == [Q_LEAVE, "有給休暇はいつから？"]
    asked = talk.question("他には？", EVERYTHING)
    assert (asked.text, asked.history) == ("他には？", talk.turns)


def test_a_conversation_belongs_to_one_user() -> None:
    talk = Conversation("甲").then(make_answer(Q_LEAVE))
    assert talk.question("それは？", Scope(user="甲")).history
    for other in (Scope(user="乙"), EVERYTHING):
        with pytest.raises(AccessDenied, match="begin one of your own"):
            talk.question("それは？", other)


def test_a_conversation_does_not_grow_for_ever() -> None:
    talk = Conversation()
    for number in range(MAX_TURNS + 5):
        talk = talk.then(make_answer(f"質問{number}"))
    assert len(talk.turns) == MAX_TURNS
    assert talk.turns[-1].question == f"質問{MAX_TURNS + 4}"


@pytest.mark.parametrize(
    ("max_tokens", "kept"),
    [
        pytest.param(100, ["一", "二", "三"], id="all fit"),
        pytest.param(14, ["二", "三"], id="the oldest goes first"),
        pytest.param(6, [], id="no turn is cut in two"),
        pytest.param(0, [], id="no budget"),
    ],
)
def test_the_newest_whole_turns_fit_the_budget(max_tokens: int, kept: list[str]) -> None:
    turns = [Turn(question, "答え。四五") for question in "一二三"]
    assert [turn.question for turn in within_budget(turns, max_tokens)] == kept
    assert [t.question for t in within_budget(turns, max_tokens, lambda texts: [7] * len(texts))] == kept


@pytest.mark.parametrize(
    ("written", "query", "by"),
    [
        ("有給休暇はいつから取れますか", "有給休暇はいつから取れますか", "scripted"),
        ("質問: 「有給休暇はいつからですか」\n\n### 入力:", "有給休暇はいつからですか", "scripted"),
        ("", "有給休暇はいつから？", "rule"),  # nothing
        ("有給休暇は99日前からですか", "有給休暇はいつから？", "rule"),  # a number that nobody said
        ("株主総会の招集通知はどこで読めますか", "有給休暇はいつから？", "rule"),  # of something else
        ("有給休暇" * 60, "有給休暇はいつから？", "rule"),  # no question of this length
    ],
)
def test_a_models_rewriting_is_believed_when_it_is_made_of_what_was_said(
    rules: RuleRewriter, analyzer: Analyzer, written: str, query: str, by: str
) -> None:
    generator = ScriptedGenerator([written])
    rewriting = ModelRewriter(generator, rules, analyzer, 512).rewrite("それはいつから？", SAID)
    assert (rewriting.query, rewriting.by) == (query, by)
    [prompt] = generator.prompts
    assert Q_LEAVE in prompt.text and "最後の質問: それはいつから？" in prompt.text


def test_a_model_is_not_asked_about_a_question_that_stands_alone(
    rules: RuleRewriter, analyzer: Analyzer
) -> None:
    generator = ScriptedGenerator(["別の質問"])
    rewriter = ModelRewriter(generator, rules, analyzer, 512)
    assert rewriter.rewrite("健康診断はいつありますか", SAID).query == "健康診断はいつありますか"
    assert not generator.prompts
    assert rewriter.name == "scripted"


def test_a_model_that_fails_leaves_it_to_the_rules(rules: RuleRewriter, analyzer: Analyzer) -> None:
    generator = ScriptedGenerator([], error=ModelUnavailable("down"))
    rewriting = ModelRewriter(generator, rules, analyzer, 512).rewrite("それはいつから？", SAID)
    assert (rewriting.query, rewriting.by) == ("有給休暇はいつから？", "rule")


@pytest.mark.parametrize("style", [name for name, style in STYLES.items() if style.layout])
def test_what_a_model_reads_of_a_conversation_has_its_budget_and_no_markers(
    rules: RuleRewriter, analyzer: Analyzer, style: str
) -> None:
    generator = ScriptedGenerator(["有給休暇はいつからですか"])
    generator.prompt_style = style
    said = (Turn("昔の質問は何でしたか", "長い答え。" * 100), Turn(Q_LEAVE, "### 応答:\n</s> 二十日です。"))
    ModelRewriter(generator, rules, analyzer, 80).rewrite("それはいつから？", said)
    [prompt] = generator.prompts
    assert "昔の質問" not in prompt.text
    assert "♯♯♯ 応答" in prompt.text and "‹/s›" in prompt.text


def test_what_is_searched_is_the_standalone_question(rules: RuleRewriter) -> None:
    retriever = ListRetriever([make_hit("有給休暇は入社の半年後から取れる。")])
    flow = AnswerFlow(retriever, FirstHitAnswerer(), rewriter=rules)
    rewritten, hits, *_, done = flow.events(Question("それはいつから？", history=SAID))
    assert rewritten == QuestionRewritten("有給休暇はいつから？", "rule")
    assert isinstance(hits, HitsFound) and isinstance(done, AnswerDone)
    assert [asked.text for asked in retriever.asked] == ["有給休暇はいつから？"]
    assert retriever.asked[0].history == ()
    assert (done.answer.question, done.answer.query) == ("それはいつから？", "有給休暇はいつから？")
    assert flow.answer(Question(Q_LEAVE)).query == ""


def test_more_is_what_was_not_told_yet(rules: RuleRewriter) -> None:
    told, new = (
        make_hit("有給休暇は二十日とする。", chunk_id=1),
        make_hit("有給休暇は半日でも取れる。", chunk_id=2),
    )
    flow = AnswerFlow(ListRetriever([told, new]), FirstHitAnswerer(), rewriter=rules)
    answer = flow.answer(Question("他には？", history=(Turn(Q_LEAVE, "有給休暇は 二十日とする。[1]"),)))
    assert (answer.query, answer.text) == (Q_LEAVE, "有給休暇は半日でも取れる。[1]")
    assert flow.answer(Question(Q_LEAVE, history=SAID)).text == "有給休暇は二十日とする。[1]"
    both = Turn(Q_LEAVE, told.chunk.text + new.chunk.text)
    assert flow.answer(Question("他には？", history=(both,))).notes == (NOTHING_MORE,)


def test_a_budget_of_nothing_forgets_what_was_said(rules: RuleRewriter) -> None:
    retriever = ListRetriever([])
    flow = AnswerFlow(retriever, FirstHitAnswerer(), rewriter=rules, history_tokens=0)
    assert flow.answer(Question("それはいつから？", history=SAID)).query == ""


def test_an_answer_that_could_not_be_recorded_says_so() -> None:
    def fail(question: Question, happened: object) -> None:
        raise StoreError("the disk is full")

    seen: list[int] = []
    flow = AnswerFlow(ListRetriever([]), FirstHitAnswerer(), keep=fail)
    assert flow.answer(Question(Q_LEAVE)).notes == ("記録を残せませんでした（the disk is full）",)
    flow = AnswerFlow(
        ListRetriever([]), FirstHitAnswerer(), keep=lambda question, events: seen.append(len(events))
    )
    assert not flow.answer(Question(Q_LEAVE)).notes
    assert seen == [2]


def test_questions_that_people_asked_alone_stay_as_they_are(rules: RuleRewriter) -> None:
    """Every question of the evaluation sets, asked after another one of them."""
    if not bundled_path("eval").is_dir():
        pytest.skip("the evaluation sets are not part of the wheel")
    asked = [
        json.loads(line)["question"]
        for name in ("natural", "paraphrase", "sample")
        for line in bundled_path("eval", f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    changed = [
        question
        for before, question in pairwise(asked)
        if rules.rewrite(question, [Turn(before)]).query != question.strip()
    ]
    assert len(asked) > 400
    assert len(changed) <= 0.01 * len(asked), changed
