"""The hand-written set, as a file, as a folder, and searched once for all tests that look at a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.corpus import Corpus, Target, open_corpus
from evaluation.datasets.base import Dataset
from evaluation.datasets.registry import load_dataset
from evaluation.runner import run_retrieval
from evaluation.runs import Run
from rag.settings import Settings, load_settings
from tests.evaluation import handwritten


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings(environment={})


@pytest.fixture(scope="session")
def squad_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handwritten.write_squad(tmp_path_factory.mktemp("squad"))


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handwritten.write_folder(tmp_path_factory.mktemp("folder"))


@pytest.fixture(scope="session")
def office(squad_file: Path) -> Dataset:
    return load_dataset(squad_file)


@pytest.fixture(scope="session")
def office_corpus(office: Dataset, settings: Settings) -> Iterator[Corpus]:
    with open_corpus(office, Target(), settings) as corpus:
        yield corpus


@pytest.fixture(scope="session")
def office_run(office: Dataset, office_corpus: Corpus) -> Run:
    return run_retrieval(office, office_corpus)
