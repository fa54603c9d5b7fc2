"""Intervals and tests: known values, the effect of groups, and that the same input gives the same output."""

import numpy as np
import pytest
from scipy.stats import binomtest

from evaluation.significance import Interval, bootstrap_interval, mean, permutation_test, sign_test


def alone(count: int) -> list[str]:
    """Every question its own group."""
    return [str(number) for number in range(count)]


def test_mean_of_nothing_is_zero():
    assert mean([]) == 0
    assert mean([1, 0, 0, 1]) == 0.5


def test_interval_is_near_the_normal_one():
    values = [1.0] * 80 + [0.0] * 120
    found = bootstrap_interval(values, alone(200))
    margin = 1.96 * np.sqrt(0.4 * 0.6 / 200)
    assert found.low == pytest.approx(0.4 - margin, abs=0.01)
    assert found.high == pytest.approx(0.4 + margin, abs=0.01)


def test_interval_is_the_same_every_time():
    values = [float(number % 3 == 0) for number in range(50)]
    assert bootstrap_interval(values, alone(50)) == bootstrap_interval(values, alone(50))
    assert bootstrap_interval(values, alone(50), seed=1) != bootstrap_interval(values, alone(50), seed=2)


def test_questions_of_one_article_are_drawn_together():
    """Twenty articles whose ten questions all end alike say no more than twenty questions."""
    by_article = [float(article % 2) for article in range(20) for _ in range(10)]
    groups = [str(article) for article in range(20) for _ in range(10)]
    wide = bootstrap_interval(by_article, groups)
    narrow = bootstrap_interval(by_article, alone(200))
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], Interval(0, 0), id="nothing"),
        pytest.param([1.0, 1.0], Interval(1, 1), id="all right"),
        pytest.param([0.5], Interval(0.5, 0.5), id="one question"),
    ],
)
def test_interval_at_the_edges(values: list[float], expected: Interval):
    assert bootstrap_interval(values, alone(len(values))) == expected


@pytest.mark.parametrize(("won", "lost"), [(9, 1), (0, 0), (5, 5), (1, 0), (30, 12), (400, 350), (0, 20)])
def test_sign_test_is_the_binomial_test(won: int, lost: int):
    expected = binomtest(won, won + lost).pvalue if won + lost else 1.0
    assert sign_test(won, lost) == pytest.approx(expected, rel=1e-9)
    assert sign_test(lost, won) == pytest.approx(expected, rel=1e-9)


def test_permutation_test_tries_every_pattern_of_few_groups():
    """Of the 16 patterns only two turn (1, 1, 1, 1) into ±4."""
    assert permutation_test([1, 1, 1, 1], alone(4)) == pytest.approx(2 / 16)


def test_permutation_test_of_many():
    random = np.random.default_rng(0)
    noise = list(random.normal(0, 1, 300))
    assert permutation_test(noise, alone(300)) > 0.05
    assert permutation_test([value + 0.5 for value in noise], alone(300)) < 0.01


def test_permutation_test_turns_groups_around():
    """Four articles that all rose: sixteen patterns, however many questions they have."""
    groups = [str(article) for article in range(4) for _ in range(50)]
    assert permutation_test([1.0] * 200, groups) == pytest.approx(2 / 16)


def test_nothing_changed_is_no_difference():
    assert permutation_test([0.0, 0.0], alone(2)) == 1
    assert permutation_test([1.0, -1.0], ["a", "a"]) == 1
