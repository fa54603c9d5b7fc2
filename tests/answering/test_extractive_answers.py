"""The extractive answerer on a small store: sentences, short answers, amounts that are not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.pipeline import ingest
from rag.answering.flow import AnswerFlow
from rag.assembly import open_assembly
from rag.settings import Settings
from rag.types import Question

RULES = """# 勤務規程

## 第3条 試用期間

新たに採用した者の試用期間は、採用の日から三か月とする。試用期間中に適格でないと認めた者は、採用を取り消すことがある。

## 第12条 通勤

通勤の方法は、届け出た経路によるものとする。自転車で通勤する者は、保険に加入しなければならない。

## 第20条 慶弔休暇

本人が結婚するときは、五日の休暇を与える。休暇の間の賃金は、所属長が別に定める。
"""


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnswerFlow]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "勤務規程.md").write_text(RULES, encoding="utf-8")
    settings = Settings().with_values(
        {"store.path": tmp_path_factory.mktemp("store") / "store", "ingest.workers": 1}
    )
    with open_assembly(settings, create=True) as parts:
        ingest([folder], parts.store, parts.embedder, settings.ingest)
        yield parts.build_flow()


ANSWERED = [
    ("試用期間は何か月ですか", "三か月とする", "三か月", "a duration"),
    ("結婚するときの休暇は何日ですか", "五日の休暇を与える", "五日", "a number of days"),
]


@pytest.mark.parametrize(("question", "sentence", "short", "reason"), ANSWERED)
def test_a_short_answer_stands_in_its_sentence(
    flow: AnswerFlow, question: str, sentence: str, short: str, reason: str
) -> None:
    answer = flow.answer(Question(question))
    assert not answer.abstained, reason
    assert sentence in answer.statements[0].text, reason
    assert answer.short_answer == short, reason
    assert answer.short_answer in answer.statements[0].text, reason


def test_an_explanation_has_no_short_answer(flow: AnswerFlow) -> None:
    answer = flow.answer(Question("通勤の方法はどのように決まりますか"))
    assert answer.short_answer == ""


def test_where_an_amount_is_asked_for_and_none_stands_there_it_abstains(flow: AnswerFlow) -> None:
    answer = flow.answer(Question("休暇の間の賃金はいくらですか"))
    assert answer.abstained
    assert answer.confidence < 0.2
    assert any("金額" in note for note in answer.notes), "what would be needed"
