"""Articles as questions name them and as documents label them."""

import pytest

from rag.text.exact import article_labels


@pytest.mark.parametrize(
    ("text", "labels", "why"),
    [
        ("第20条", ["第20条"], "as it is labelled"),
        ("第２０条には何とありますか", ["第20条"], "full width"),
        ("就業規則第二十条", ["第20条"], "kanji, behind a name"),
        ("第百五条の二の三について", ["第105条の2の3"], "put in later, twice"),
        ("附則第2条", ["附則第2条"], "of a supplement"),
        ("第3条と第5条の違い", ["第3条", "第5条"], "two articles"),
        ("20条の手紙", [], "no article without 第"),
        ("第3章", [], "a chapter"),
    ],
)
def test_articles_of_a_question(text: str, labels: list[str], why: str) -> None:
    assert list(article_labels(text)) == labels, why
