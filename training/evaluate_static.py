"""Print what a static model is worth, alone and beside BM25.

    python -m training.evaluate_static

Every figure comes from data that nothing was trained on (see `training.measures`). The share of the
dense leg is chosen on every second question and the figures are those of the other half.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from rag.embedding.static import StaticEmbedder, load_static_embedder
from rag.embedding.word_codes import is_embedded
from rag.text.analyzer import Analysis, load_analyzer
from rag.text.fold import fold_text
from training.measures import (
    Matrix,
    Ranks,
    RetrievalSet,
    bm25_scores,
    fuse,
    keyword_terms,
    mates_found,
    quoted_evidence,
    rank_measures,
    retrieval_sets,
    similarity_pairs,
    spearman,
    synonym_set,
)

_MODEL = Path(__file__).resolve().parents[1] / "data" / "models" / "static-ja"
_SHARES = tuple(step / 20 for step in range(1, 16))
_NEIGHBOURS = (
    "休み",
    "辞める",
    "お金",
    "払い戻す",
    "なくす",
    "遅刻",
    "引っ越す",
    "値段",
    "病気",
    "消す",
    "パソコン",
)


class Evaluation:
    """An embedder with the analyses of the texts it has met."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self.embedder = embedder
        self._analyzer = load_analyzer()
        self._analyses: dict[str, Analysis] = {}

    def analyze(self, text: str) -> Analysis:
        """The analysis, made once."""
        if text not in self._analyses:
            self._analyses[text] = self._analyzer.analyze(text)
        return self._analyses[text]

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension)."""
        return self.embedder.embed_documents(texts, [self.analyze(text) for text in texts])

    def keyword_scores(self, data: RetrievalSet) -> Matrix:
        """BM25 of every question with every passage."""
        questions, passages = (
            [keyword_terms(fold_text(text), self._words(text)) for text in texts]
            for texts in (data.questions, data.passages)
        )
        return bm25_scores(questions, passages)

    def _words(self, text: str) -> list[str]:
        return [feature.base for feature in self.analyze(text).features if is_embedded(feature)]


def print_retrieval(evaluation: Evaluation, data: RetrievalSet) -> None:
    """Dense, BM25 and fused, on the half of the questions that the share was not chosen on."""
    dense = evaluation.embed(data.questions) @ evaluation.embed(data.passages).T
    keyword = evaluation.keyword_scores(data)
    tuned = np.arange(len(data.gold)) % 2 == 0
    share = max(_SHARES, key=lambda share: _mrr(fuse(keyword[tuned], dense[tuned], share), data.gold[tuned]))
    reported, gold = ~tuned, data.gold[~tuned]
    legs = {
        "dense": dense[reported],
        "BM25": keyword[reported],
        f"fused, dense share {share:.2f}": fuse(keyword[reported], dense[reported], share),
        "fused, dense share 0.30": fuse(keyword[reported], dense[reported], 0.3),
    }
    for name, scores in legs.items():
        print(f"| {data.name} | {name} | {_row(rank_measures(scores, gold))} |", flush=True)


def print_without_shared_words(evaluation: Evaluation, data: RetrievalSet) -> None:
    """The same questions when the gold passage loses every word of its question; BM25 finds nothing then."""
    asked = evaluation.embed(data.questions)
    scores = asked @ evaluation.embed(data.passages).T
    stripped = [
        _without(evaluation.analyze(data.passages[place]), evaluation.analyze(question))
        for question, place in zip(data.questions, data.gold, strict=True)
    ]
    golden = evaluation.embedder.embed_documents([""] * len(stripped), stripped)
    scores[np.arange(len(golden)), data.gold] = (asked * golden).sum(axis=1)
    print(f"| {data.name}, gold without shared words | dense | {_row(rank_measures(scores, data.gold))} |")


def _without(passage: Analysis, question: Analysis) -> Analysis:
    shared = {form for feature in question.features for form in (feature.base, feature.lemma)}
    places = [
        place
        for place, feature in enumerate(passage.features)
        if feature.base not in shared and feature.lemma not in shared
    ]
    return Analysis(
        passage.analyzer,
        tuple(passage.starts[place] for place in places),
        tuple(passage.ends[place] for place in places),
        tuple(passage.features[place] for place in places),
    )


def _mrr(scores: Matrix, gold: NDArray[np.int64]) -> float:
    return rank_measures(scores, gold).mrr_at_10


def _row(ranks: Ranks) -> str:
    return " | ".join(f"{value:.3f}" for value in ranks)


def print_words(evaluation: Evaluation) -> None:
    """Sentence similarity, held-out synonyms, and the neighbours of a few everyday words."""
    left, right, labels = similarity_pairs()
    correlation = spearman(evaluation.embed(left), evaluation.embed(right), labels)
    synonyms = synonym_set()
    vectors = evaluation.embed(synonyms.entries)
    print(f"\nJSTS, held-out pictures: Spearman {correlation:.3f} on {len(labels)} pairs")
    print(
        f"Held-out synonyms, a mate among 10 of {len(synonyms.entries)}: {mates_found(vectors, synonyms):.3f}"
    )
    print(f"(asked: {len(synonyms.asked)} entries of groups that nothing was trained on)\n")
    for word, vector in zip(_NEIGHBOURS, evaluation.embed(_NEIGHBOURS), strict=True):
        nearest = np.argsort(-(vectors @ vector))[:9]
        print(f"{word}: {'、'.join(synonyms.entries[place] for place in nearest)}")


@click.command()
@click.option("--model", type=click.Path(path_type=Path), default=_MODEL, help="Folder of the model.")
def main(model: Path) -> None:
    """Measure a static model."""
    started = time.perf_counter()
    embedder = load_static_embedder(model)
    print(f"{embedder.identity}, loaded in {(time.perf_counter() - started) * 1000:.0f} ms\n")
    evaluation = Evaluation(embedder)
    print("| set | leg | R@1 | R@5 | R@10 | MRR@10 |\n| --- | --- | --- | --- | --- | --- |")
    for data in retrieval_sets():
        print_retrieval(evaluation, data)
    print_without_shared_words(evaluation, quoted_evidence())
    print_words(evaluation)


if __name__ == "__main__":
    main()
