"""What must not get worse: frozen questions, and floors slightly below what was measured.

A floor is raised when finding gets better, and lowered by nobody who has not said why.
"""

from pathlib import Path

import pytest

from evaluation.corpus import Target, open_corpus
from evaluation.datasets.registry import load_dataset
from evaluation.runner import run_retrieval
from evaluation.runs import Run
from rag.bundled import bundled_path
from rag.settings import Settings

JSQUAD = Path(__file__).parents[3] / "shared" / "data" / "jsquad" / "valid-v1.3.half-a.json.gz"
LEGS = ("keyword", "dense", "fused", "final")


def assert_together_is_best(run: Run, metric: str, *, tolerance: float = 0.0) -> None:
    """Both legs, fused and re-ranked, find at least as much as the better one alone."""
    values = {leg: run.legs[leg].values[metric] for leg in LEGS}
    assert values["final"] >= max(values["keyword"], values["dense"]) - tolerance, values


def test_handwritten_questions(office_run: Run):
    """22 colloquial questions on 16 passages that speak of neighbouring things."""
    assert_together_is_best(office_run, "recall@5")
    assert office_run.legs["final"].values["recall@1"] >= 0.65
    assert office_run.legs["final"].values["recall@5"] >= 0.95


def test_sample_questions_of_the_tuning_half(settings: Settings):
    """Worded as people ask: the chunk with the gold sentence among those that an answer is made of."""
    asked = load_dataset(bundled_path("eval", "sample.jsonl")).part("tuning")
    with open_corpus(asked, Target(folder=bundled_path("sample")), settings) as corpus:
        run = run_retrieval(asked, corpus, part="tuning", legs=LEGS)
    assert run.num_missing == 0
    assert_together_is_best(run, "recall@5")
    assert run.legs["fused"].values["recall@5"] >= 0.75


@pytest.mark.skipif(
    not JSQUAD.is_file(), reason="needs the shared JSQuAD half, which is not in the repository"
)
def test_jsquad_subset(settings: Settings):
    """200 questions on 525 passages of Wikipedia; one question more or less is no loss."""
    asked = load_dataset(JSQUAD).part("all", 200)
    with open_corpus(asked, Target(), settings) as corpus:
        run = run_retrieval(asked, corpus, legs=LEGS)
    assert len(run.outcomes) == 200
    assert_together_is_best(run, "mrr@10", tolerance=1 / 200)
    assert run.legs["fused"].values["recall@1"] >= 0.90
    assert run.legs["fused"].values["recall@10"] >= 0.97
