"""The comparison form and its map."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.fold import fold, fold_text

CASES = [
    ("㈱ﾃﾞｰﾀ", "(株)データ", "a circled name widens, half-width kana join"),
    ("か゛き", "がき", "a voicing mark that stands alone"),
    ("㍻元年", "平成元年", "one character, two"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), CASES)
def test_fold(text: str, expected: str, reason: str):
    assert fold_text(text) == expected, reason


@given(st.text())
@settings(derandomize=True, deadline=None, max_examples=200)
def test_fold_agrees_with_fold_text(text: str):
    folded = fold(text)
    assert folded.text == fold_text(text)
    assert fold_text(folded.text) == folded.text
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
