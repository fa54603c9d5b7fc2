"""Sentences tile their text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.sentences import split_sentences


@given(st.text(alphabet="あ漢。．.!？「」（）\n 1a", max_size=80))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_sentences_tile(text: str):
    spans = split_sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
