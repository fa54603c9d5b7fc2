"""Metrics against values worked out by hand, and against trec_eval."""

import math

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.metrics import METRICS, first_rank, ndcg_at, recall_at, reciprocal_rank_at

# gains, ideal, (R@1, R@5, RR@10, nDCG@10)
HAND = [
    pytest.param([1], [1], (1, 1, 1, 1), id="found at once"),
    pytest.param([0, 1], [1], (0, 1, 1 / 2, 1 / math.log2(3)), id="second"),
    pytest.param([0, 0, 0, 0, 0, 1], [1], (0, 0, 1 / 6, 1 / math.log2(7)), id="sixth: not within five"),
    pytest.param([0] * 10 + [1], [1], (0, 0, 0, 0), id="eleventh counts nowhere"),
    pytest.param([0, 0], [1], (0, 0, 0, 0), id="not found"),
    pytest.param([], [1], (0, 0, 0, 0), id="nothing found at all"),
    pytest.param([], [], (0, 0, 0, 0), id="gold is not in the index: counts as not found"),
    pytest.param([1, 0, 1], [1, 1], (1 / 2, 1, 1, 1.5 / (1 + 1 / math.log2(3))), id="two wanted"),
    pytest.param([1, 0], [1, 1], (1 / 2, 1 / 2, 1, 1 / (1 + 1 / math.log2(3))), id="one of two is missing"),
    pytest.param([1, 3], [3, 1], (1 / 2, 1, 1, (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))), id="grades"),
]


@pytest.mark.parametrize(("gains", "ideal", "expected"), HAND)
def test_values_worked_out_by_hand(gains: list[float], ideal: list[float], expected: tuple[float, ...]):
    names = ("recall@1", "recall@5", "mrr@10", "ndcg@10")
    assert [METRICS[name](gains, ideal) for name in names] == pytest.approx(expected)


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=25),
    st.lists(st.integers(1, 3), max_size=4),
)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_trec_eval_agrees(ranked: list[int], unfound: list[int]):
    """``ranked`` are the grades of what was found in order, ``unfound`` of what was not."""
    ideal = [grade for grade in ranked if grade] + unfound
    if not ideal:
        return
    judged = {f"d{place}": grade for place, grade in enumerate(ranked)}
    judged |= {f"missing{place}": grade for place, grade in enumerate(unfound)}
    run = {f"d{place}": float(len(ranked) - place) for place in range(len(ranked))}
    measures = {"recall.1,5,10", "ndcg_cut.10", "recip_rank"}
    expected = pytrec_eval.RelevanceEvaluator({"q": judged}, measures).evaluate({"q": run})["q"]
    for depth in (1, 5, 10):
        assert recall_at(ranked, ideal, depth) == pytest.approx(expected[f"recall_{depth}"])
    assert ndcg_at(ranked, ideal, 10) == pytest.approx(expected["ndcg_cut_10"])
    assert reciprocal_rank_at(ranked, len(ranked)) == pytest.approx(expected["recip_rank"])


@given(st.lists(st.integers(0, 3), max_size=15), st.lists(st.integers(1, 3), min_size=1, max_size=3))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_every_metric_is_a_share(ranked: list[int], unfound: list[int]):
    ideal = [grade for grade in ranked if grade] + unfound
    assert all(0 <= metric(ranked, ideal) <= 1 for metric in METRICS.values())


def test_first_rank():
    assert first_rank([0, 0, 2]) == 3
    assert first_rank([0, 0]) is None
