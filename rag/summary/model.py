"""The weights of the extractive summary: one linear model for sentences, two for clauses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelUnavailable
from rag.summary.clause_features import CLAUSE_FEATURES
from rag.summary.features import SENTENCE_FEATURES


@dataclass(frozen=True, slots=True)
class SummaryModel:
    """Weights in the order of the feature names.

    ``plain`` are those of clauses in a text without headings, of which one line is a headline; ``headed``
    those in a document with headings, of which it is a sentence that says what the document is for.
    """

    sentence: NDArray[np.float32]
    plain: NDArray[np.float32]
    headed: NDArray[np.float32]


def load_summary_model(file: Path) -> SummaryModel:
    """Read ``summary.json``; ModelUnavailable when it is absent or made for other features."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        return SummaryModel(
            np.asarray([values["sentence"][name] for name in SENTENCE_FEATURES], np.float32),
            np.asarray([values["plain"][name] for name in CLAUSE_FEATURES], np.float32),
            np.asarray([values["headed"][name] for name in CLAUSE_FEATURES], np.float32),
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            f"the weights of the extractive summary in {file} cannot be used ({error!r}): "
            "install swallow-rag again"
        ) from error
