"""The real analyzer, loaded once."""

from __future__ import annotations

import pytest

from rag.text.analyzer import Analyzer, load_analyzer


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return load_analyzer()
