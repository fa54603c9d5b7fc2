"""Exact match, character F1, AUROC and refusals: tables, and what must hold for any numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.answers.measures import (
    area_under_curve,
    bare,
    char_f1,
    exact_match,
    holds_answer,
    refusal_rate_at,
    workings,
)

EXACT = [
    ("12,000円", ["１２,０００円"], 1, "widths do not matter"),
    ("「役員」。", ["役員"], 1, "brackets and full stops are punctuation"),
    ("七 日 以内", ["七日以内"], 1, "nor does white space"),
    ("7日以内", ["七日以内"], 0, "numerals are characters like others, as in SQuAD"),
    ("役員", ["部長", "役員"], 1, "any of the gold answers"),
    ("", ["役員"], 0, "no answer"),
    ("%", ["％"], 1, "marks alone are kept"),
]


@pytest.mark.parametrize(("answer", "gold", "expected", "reason"), EXACT)
def test_exact_match(answer: str, gold: list[str], expected: float, reason: str):
    assert exact_match(answer, gold) == expected, reason


F1 = [
    ("経理部", ["経理部"], 1.0, "equal"),
    ("経理部です", ["経理部"], 6 / 8, "precision 3/5, recall 1"),
    ("部長", ["経理部", "社長"], 0.5, "the best of several"),
    ("ああい", ["あいい"], 4 / 6, "bags: the second あ is not there"),
    ("総務", ["経理"], 0.0, "nothing shared"),
    ("", ["経理"], 0.0, "nothing said"),
    ("経理", [], 0.0, "nothing to compare with"),
]


@pytest.mark.parametrize(("answer", "gold", "expected", "reason"), F1)
def test_char_f1(answer: str, gold: list[str], expected: float, reason: str):
    assert char_f1(answer, gold) == pytest.approx(expected), reason


def test_a_sentence_holds_an_answer_however_it_is_written():
    assert holds_answer("限度は１２，０００円とする。", ["12,000円"])
    assert holds_answer("割合は5％です。", ["％"])
    assert not holds_answer("限度は千円とする。", ["12,000円", ""])


scores = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]), min_size=1, max_size=12)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(scores, scores)
def test_auroc_is_the_share_of_pairs_in_order(answerable: list[float], unanswerable: list[float]):
    pairs = [(high > low) + 0.5 * (high == low) for high in answerable for low in unanswerable]
    assert area_under_curve(answerable, unanswerable) == pytest.approx(sum(pairs) / len(pairs))


@settings(derandomize=True, deadline=None, max_examples=80)
@given(scores, scores)
def test_the_curve_runs_from_answering_all_to_refusing_all(
    answerable: list[float], unanswerable: list[float]
):
    curve = workings(answerable, unanswerable)
    assert (curve[0].false_refusals, curve[0].false_answers) == (0, 1)
    assert (curve[-1].false_refusals, curve[-1].false_answers) == (1, 0)
    assert [one.false_refusals for one in curve] == sorted(one.false_refusals for one in curve)
    for one in curve:
        refused = sum(score < one.threshold for score in answerable) / len(answerable)
        assert one.false_refusals == pytest.approx(refused)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(scores, scores)
def test_no_more_is_refused_than_allowed(answerable: list[float], unanswerable: list[float]):
    rate = refusal_rate_at(answerable, unanswerable, 0.2)
    reached = [
        sum(score < threshold for score in unanswerable) / len(unanswerable)
        for threshold in [*answerable, *unanswerable, 2.0]
        if sum(score < threshold for score in answerable) <= 0.2 * len(answerable)
    ]
    assert rate == pytest.approx(max(reached))


def test_without_both_kinds_there_is_no_figure():
    assert area_under_curve([0.5], []) is None
    assert refusal_rate_at([], [0.5]) is None
    assert workings([], []) == []


def test_what_is_compared():
    assert bare(" Ａ４・ﾃﾞｰﾀ ") == "a4データ"
