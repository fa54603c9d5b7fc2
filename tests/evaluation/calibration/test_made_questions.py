"""Sentences and the questions that are made from them by rule."""

from __future__ import annotations

import pytest

from evaluation.calibration.questions import make_question, make_questions
from rag.text.analyzer import Analyzer, load_analyzer


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return load_analyzer()


# Sentence, question, answer, kind. A length of time; money (いくら); an era date; a definition; numbering and
# labels before the sentence; a place.
MADE = [
    ("試用期間は、採用の日から三か月とする。", "試用期間は採用の日から何か月とするか", "三か月", "number"),
    ("再発行の手数料は1,500円です。", "再発行の手数料はいくらですか", "1,500円", "number"),
    ("移転の日は令和六年四月一日とする。", "移転の日はいつとするか", "令和六年四月一日", "date"),
    ("閲覧室とは、読むための部屋のことをいう。", "閲覧室とは何ですか", "読むための部屋", "meaning"),
    ("第５条　宿泊料は、一万二千円を限度とする。", "宿泊料はいくらを限度とするか", "一万二千円", "number"),
    ("２　（宿泊）　宿泊料は、一万円を限度とする。", "宿泊料はいくらを限度とするか", "一万円", "number"),
    ("講演の会場は札幌市の文化会館である。", "講演の会場はどこの文化会館であるか", "札幌市", "name"),
]
NOT_MADE = [
    ("第４条　日当は、一日につき二千五百円とする。", "two numbers: nobody knows which is asked for"),
    ("これは三か月とすることになっている。", "what is spoken of is nowhere said"),
    ("申込書は総務部の窓口に提出する。", "nothing to ask for"),
    ("会議室には三台の機械を置いてある。", "は follows a particle: no topic"),
    ("受付までに三分ほどかかるでしょうか。", "a question already"),
    ("この道具は、三回まで押してください。", "an order states nothing"),
    ("三か月とする。", "no topic at all"),
]


@pytest.mark.parametrize(("sentence", "question", "answer", "kind"), MADE)
def test_questions(analyzer: Analyzer, sentence: str, question: str, answer: str, kind: str):
    assert make_question(sentence, analyzer) == (question, answer, kind)


@pytest.mark.parametrize(("sentence", "reason"), NOT_MADE)
def test_sentences_that_nothing_is_asked_of(analyzer: Analyzer, sentence: str, reason: str):
    assert make_question(sentence, analyzer) is None, reason


def test_every_second_question_leaves_the_clauses_before_out(analyzer: Analyzer):
    sentences = [
        f"{name}の貸出しは、休日の前を除き、{number}冊までとする。"
        for number, name in enumerate("甲乙丙丁戊己", 2)
    ]
    asked = [made[0] for sentence in sentences if (made := make_question(sentence, analyzer))]
    assert len(asked) == 6
    assert 0 < sum("休日の前を除き" in question for question in asked) < 6


def test_spans_are_those_of_the_document(analyzer: Analyzer):
    text = "# 規程\n\n再発行の手数料は1,500円です。\n会費は無料である。\n保管の期間は、五年間とする。\n"
    made = list(make_questions(text, analyzer))
    assert [one.kind for one in made] == ["number", "number"]
    assert all(one.answer in text[one.span.start : one.span.end] for one in made)
