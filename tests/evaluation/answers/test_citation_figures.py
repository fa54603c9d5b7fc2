"""ALCE's recall and precision, with a judge whose verdicts are written down."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from evaluation.answers.citations import judge_citations
from evaluation.answers.judges import load_judge
from rag.types import Answer, Citation, DocumentInfo, Statement, Verdict

INFO = DocumentInfo("d", "規程.txt", "default", "規程")


def cited(number: int, quote: str = "") -> Citation:
    return Citation(number, INFO, 1, number, number + 1, quote or str(number))


class Scripted:
    """Supports a statement when all numbers of one of the sets are cited."""

    name = "scripted"

    def __init__(self, enough: Sequence[set[int]]) -> None:
        self.enough = enough

    def supports(self, statement: str, sources: Sequence[Citation]) -> bool:
        return any(needed <= {one.number for one in sources} for needed in self.enough)


def answer(*statements: Statement) -> Answer:
    return Answer("問い", statements, (), False, 1.0, "generative")


def statement(*numbers: int, text: str = "文。") -> Statement:
    return Statement(text, tuple(map(cited, numbers)), Verdict.SUPPORTED)


CASES = [
    ([{1}], [(1,)], 1, 1, "one citation that supports"),
    ([], [(1,)], 0, 0, "one that does not: a citation of an unsupported statement is wrong"),
    ([{1}], [()], 0, 0, "without citations nothing is supported"),
    ([{1}], [(1, 2)], 1, 0.5, "the second is not needed and supports nothing alone"),
    ([{1, 2}], [(1, 2)], 1, 1, "only together: both are needed"),
    ([{1}, {2}], [(1, 2)], 1, 1, "each alone: neither is irrelevant"),
    ([{1}], [(1,), (2,)], 0.5, 0.5, "means over statements and over citations"),
    ([{1, 2}], [(1, 2, 3)], 1, 2 / 3, "the third may go"),
]


@pytest.mark.parametrize(("enough", "statements", "recall", "precision", "reason"), CASES)
def test_definitions(
    enough: list[set[int]],
    statements: list[tuple[int, ...]],
    recall: float,
    precision: float,
    reason: str,
):
    found = judge_citations(answer(*(statement(*numbers) for numbers in statements)), Scripted(enough))
    assert found == pytest.approx((recall, precision)), reason


def test_no_statements_no_figures():
    assert judge_citations(answer(), Scripted([])) is None


def test_the_default_judge_is_our_own_check():
    judge = load_judge()
    assert judge.name == "evidence check"
    source = cited(1, "年次有給休暇は、勤続六か月で十日を与える。")
    assert judge.supports("年次有給休暇は勤続6か月で10日与えられます。", [source])
    assert not judge.supports("年次有給休暇は勤続6か月で20日与えられます。", [source])
    assert not judge.supports("何でもない。", [])
