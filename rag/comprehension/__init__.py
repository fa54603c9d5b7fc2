"""Reading comprehension without a language model: where in a passage the answer to a question stands.

A small convolutional network over word vectors, run with numpy, reads a question beside the hits of a
search. The re-ranker orders hits by it, the extractive answerer chooses sentences and short answers.
"""

from __future__ import annotations

from rag.comprehension.looking import LOOKS
from rag.comprehension.reader import Passage, Reading, SpanReader, load_span_reader
from rag.comprehension.spans import FoundSpan, find_span, word_range
from rag.comprehension.words import WordTable

__all__ = [
    "LOOKS",
    "FoundSpan",
    "Passage",
    "Reading",
    "SpanReader",
    "WordTable",
    "find_span",
    "load_span_reader",
    "word_range",
]
