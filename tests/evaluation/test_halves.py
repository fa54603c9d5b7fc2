"""Who is in which half never changes, and is what the training scripts hold out."""

import pytest

from evaluation.halves import Part, half_of, is_held_out, is_in
from training.pairs import is_held_out as is_held_out_of_training


@pytest.mark.parametrize(
    ("key", "half"), [("q001", "tuning"), ("n001", "reported"), ("日本国憲法", "tuning")]
)
def test_halves_are_frozen(key: str, half: Part):
    assert half_of(key) == half
    assert is_in(key, half)
    assert is_in(key, "all")


def test_training_holds_out_the_same_articles():
    titles = [f"記事{number}" for number in range(500)]
    held_out = [title for title in titles if is_held_out(title)]
    assert held_out == [title for title in titles if is_held_out_of_training(title)]
    assert 40 < len(held_out) < 110
    assert all(is_in(title, "held-out") for title in held_out)
