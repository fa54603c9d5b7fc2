"""How near a sentence is to the question that a summary leans to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.coverage import covered
from rag.answering.question_type import INTERROGATIVES
from rag.answering.words import nearest_words, vectors_by, weighed
from rag.embedding.base import Embedder
from rag.summary.grounds import Grounds
from rag.summary.material import Sentence
from rag.text.analyzer import Analyzer
from rag.text.terms import content_terms

NO_WEIGHT = 4.0
"""What a word weighs that the document does not have: it matters, and nothing covers it exactly."""


def nearness(
    question: str, facts: Grounds, sentences: Sequence[Sentence], embedder: Embedder, analyzer: Analyzer
) -> NDArray[np.float32]:
    """Between 0 and 1: half for the question's own words, half for words near to them.

    The words of a sentence's heading count half. Shape (sentences,).
    """
    analysis = analyzer.analyze(question)
    asked = [term for term in content_terms(question, analysis).base if term not in INTERROGATIVES]
    weights = {term: facts.weights.get(term, NO_WEIGHT) for term in asked}
    features = [feature for feature in analysis.features if feature.base in weights]
    texts = [one.analysis.features for one in sentences]
    near = nearest_words(features, texts, vectors_by(embedder))
    soft = weighed(near, [weights[feature.base] for feature in features])
    exact = [
        (covered(weights, one.terms) + covered(weights, {*one.terms, *facts.heading_terms[one.part]})) / 2
        for one in sentences
    ]
    found: NDArray[np.float32] = ((np.asarray(exact, np.float32) + soft) / 2).astype(np.float32)
    return found
