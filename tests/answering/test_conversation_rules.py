"""Follow-up questions by rule: what each comes to mean, and that the others stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.conversation_rules import RuleRewriter
from rag.text.analyzer import Analyzer, load_analyzer
from rag.types import Turn
from tests.answering.follow_ups import FOLLOW_UPS, Q_HOTEL, Q_LEAVE, Q_PART, STANDALONE


@pytest.fixture(scope="module")
def rewriter(analyzer: Analyzer) -> RuleRewriter:
    return RuleRewriter(analyzer)


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(FOLLOW_UPS) >= 60
    assert len(STANDALONE) >= 40
    assert len({row[:2] for row in FOLLOW_UPS}) == len(FOLLOW_UPS)


@pytest.mark.parametrize(
    ("before", "asked", "meant"), [row[:3] for row in FOLLOW_UPS], ids=[row[3] for row in FOLLOW_UPS]
)
def test_a_follow_up_is_made_standalone(rewriter: RuleRewriter, before: str, asked: str, meant: str) -> None:
    rewriting = rewriter.rewrite(asked, [Turn("最初の別の質問は何でしたか"), Turn(before, "答え。")])
    assert (rewriting.query, rewriting.by) == (meant, "rule")


@pytest.mark.parametrize("before", [Q_LEAVE, Q_HOTEL, Q_PART, "遅刻したときはどうしますか"])
@pytest.mark.parametrize("asked", [row[0] for row in STANDALONE], ids=[row[1] for row in STANDALONE])
def test_a_standalone_question_is_not_changed(rewriter: RuleRewriter, before: str, asked: str) -> None:
    assert rewriter.rewrite(asked, [Turn(before)]).query == asked


@pytest.mark.parametrize("asked", [row[1] for row in FOLLOW_UPS[:20]])
def test_without_anything_said_before_nothing_is_changed(rewriter: RuleRewriter, asked: str) -> None:
    assert rewriter.rewrite(asked, []).query == asked
    assert rewriter.rewrite(asked, [Turn("何ですか")]).query == asked  # which had no topic either


def test_a_conversation_goes_on_from_what_was_searched(rewriter: RuleRewriter) -> None:
    turns, queries = [Turn(Q_LEAVE)], []
    for asked in ("パートの場合は？", "それはいつから？", "正社員は？", "申請は必要ですか"):
        queries.append(rewriter.rewrite(asked, turns).query)
        turns.append(Turn(queries[-1]))
    assert queries == [
        "パートの場合、有給休暇は何日もらえますか",
        "パートの場合、有給休暇はいつから？",
        "正社員の場合、有給休暇はいつから？",
        "正社員の場合、有給休暇の申請は必要ですか",
    ]


WORDS = st.sampled_from(
    [
        *"はがをにでもの、？。「」",
        "それ",
        "その",
        "パート",
        "場合",
        "上限",
        "有給休暇",
        "何日",
        "たら",
        "とき",
        "ほか",
        "３",
    ]
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(WORDS, max_size=8).map("".join), st.lists(WORDS, max_size=8).map("".join))
def test_any_words_come_back_as_a_question(before: str, asked: str) -> None:
    query = RuleRewriter(load_analyzer()).rewrite(asked, [Turn(before)]).query
    assert isinstance(query, str)
    assert bool(query.strip()) == bool(asked.strip())
    assert len(query) <= len(before) * 2 + len(asked) + 20
