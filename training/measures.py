"""What an embedder is measured with: retrieval sets, BM25 beside it, and similarity of sentences.

Only data that no training pair comes from: JSQuAD, the held-out articles of JaQuAD, the evidence
quoted by NIILC, and the held-out pictures of JSTS.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.stats import spearmanr

from training.pairs import is_held_out, picture_of, read_lines, read_squad, synonym_groups

K1, B = 1.2, 0.75
DEPTH = 10

Matrix = NDArray[np.float32]


class RetrievalSet(NamedTuple):
    """Questions, passages, and for every question the place of its passage."""

    name: str
    questions: list[str]
    passages: list[str]
    gold: NDArray[np.int64]


class Ranks(NamedTuple):
    """Share of questions with their passage among the first k, and mean reciprocal rank."""

    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float


def squad_set(name: str, articles: Sequence[Any], distractors: Sequence[str] = ()) -> RetrievalSet:
    """The questions of SQuAD articles over their passages, each distinct passage once."""
    places: dict[str, int] = {}
    questions: list[str] = []
    gold: list[int] = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            place = places.setdefault(paragraph["context"], len(places))
            for qa in paragraph["qas"]:
                questions.append(qa["question"])
                gold.append(place)
    for passage in distractors:
        places.setdefault(passage, len(places))
    return RetrievalSet(name, questions, list(places), np.asarray(gold))


def quoted_evidence() -> RetrievalSet:
    """NIILC: a question as people ask, and the sentence of Wikipedia that answers it."""
    rows = [row for row in read_lines("niilc/NIILC-ECQA2015_dev.jsonl.gz") if row["meta"].get("E.5")]
    places: dict[str, int] = {}
    gold = [places.setdefault(row["meta"]["E.5"], len(places)) for row in rows]
    return RetrievalSet("NIILC", [row["question"] for row in rows], list(places), np.asarray(gold))


def retrieval_sets() -> list[RetrievalSet]:
    """Every retrieval set that we report."""
    valid = read_squad("jsquad/valid-v1.3.half-a.json.gz")
    test = read_squad("jsquad/test-v1.3.half-a.json.gz")
    jaquad = read_squad("jaquad/train.json.gz")
    pool = [p["context"] for article in [*test, *jaquad] for p in article["paragraphs"]]
    held_out = [article for article in jaquad if is_held_out(article["title"])]
    others = [p["context"] for a in jaquad if not is_held_out(a["title"]) for p in a["paragraphs"]]
    return [
        squad_set("JSQuAD valid half-a, its 525 passages", valid),
        squad_set("JSQuAD valid half-a, all passages", valid, pool),
        squad_set("JaQuAD held out, its passages", held_out),
        squad_set("JaQuAD held out, all of JaQuAD", held_out, others),
        quoted_evidence(),
    ]


def similarity_pairs() -> tuple[list[str], list[str], NDArray[np.float64]]:
    """JSTS, held-out pictures: left and right sentences, and how alike people found them."""
    rows = [r for r in read_lines("jsts/valid-v1.3.jsonl.gz") if is_held_out(picture_of(r), 0.5)]
    labels = np.asarray([row["label"] for row in rows])
    return [row["sentence1"] for row in rows], [row["sentence2"] for row in rows], labels


class SynonymSet(NamedTuple):
    """Entries of all synonym groups; ``asked`` are places of held-out entries, ``group`` tells mates."""

    entries: list[str]
    group: NDArray[np.int64]
    asked: NDArray[np.int64]


def synonym_set() -> SynonymSet:
    """Each entry once, with the first group that has it; asked are those of held-out groups alone."""
    groups: dict[str, int] = {}
    trained: set[str] = set()
    for number, entries in enumerate(synonym_groups()):
        for entry in entries:
            groups.setdefault(entry, number)
        if not is_held_out(entries[0]):
            trained.update(entries)
    asked = [place for place, entry in enumerate(groups) if entry not in trained]
    return SynonymSet(list(groups), np.asarray(list(groups.values())), np.asarray(asked))


def mates_found(vectors: Matrix, synonyms: SynonymSet, depth: int = DEPTH) -> float:
    """Share of asked entries with a mate of their group among the nearest ``depth`` other entries."""
    scores = vectors[synonyms.asked] @ vectors.T
    scores[np.arange(len(scores)), synonyms.asked] = -np.inf
    nearest = np.argsort(-scores, axis=1)[:, :depth]
    found = synonyms.group[nearest] == synonyms.group[synonyms.asked][:, None]
    return float(found.any(axis=1).mean())


def rank_measures(scores: Matrix, gold: NDArray[np.int64]) -> Ranks:
    """Measures of a (questions, passages) matrix; ties count against the gold passage."""
    own = scores[np.arange(len(gold)), gold]
    ranks = (scores >= own[:, None]).sum(axis=1)
    reciprocal = np.where(ranks <= DEPTH, 1 / ranks, 0)
    first, fifth, tenth = (float((ranks <= depth).mean()) for depth in (1, 5, DEPTH))
    return Ranks(first, fifth, tenth, float(reciprocal.mean()))


def spearman(left: Matrix, right: Matrix, labels: NDArray[np.float64]) -> float:
    """Rank correlation of cosine and label."""
    return float(spearmanr((left * right).sum(axis=1), labels).statistic)


def keyword_terms(text: str, words: Sequence[str]) -> Counter[str]:
    """Base forms and character bigrams together."""
    runs = re.findall(r"\w+", text)
    return Counter([*words, *(f"#{run[i : i + 2]}" for run in runs for i in range(max(1, len(run) - 1)))])


def bm25_scores(questions: Sequence[Counter[str]], passages: Sequence[Counter[str]]) -> Matrix:
    """BM25 of every question with every passage, shape (questions, passages)."""
    index: dict[str, int] = {}
    for counts in passages:
        for term in counts:
            index.setdefault(term, len(index))
    matrix = _count_matrix(passages, index)
    lengths = np.asarray(matrix.sum(axis=1)).ravel()
    frequency = np.bincount(matrix.indices, minlength=len(index))
    idf = np.log1p((len(passages) - frequency + 0.5) / (frequency + 0.5))
    norm = np.repeat(K1 * (1 - B + B * lengths / lengths.mean()), np.diff(matrix.indptr))
    matrix.data = idf[matrix.indices] * matrix.data * (K1 + 1) / (matrix.data + norm)
    asked = _count_matrix([Counter(dict.fromkeys(q, 1)) for q in questions], index)
    return np.asarray((asked @ matrix.T).todense(), dtype=np.float32)


def _count_matrix(texts: Sequence[Counter[str]], index: dict[str, int]) -> sp.csr_matrix:
    rows = [[(index[term], count) for term, count in counts.items() if term in index] for counts in texts]
    starts = np.cumsum([0, *(len(row) for row in rows)])
    columns = [column for row in rows for column, _ in row]
    values = np.asarray([count for row in rows for _, count in row], dtype=np.float64)
    return sp.csr_matrix((values, columns, starts), shape=(len(texts), len(index)))


def fuse(keyword: Matrix, dense: Matrix, dense_share: float) -> Matrix:
    """Weighted sum: BM25 divided by the best of its question, cosine as it is."""
    best = np.maximum(keyword.max(axis=1, keepdims=True), 1e-9)
    fused: Matrix = (1 - dense_share) * keyword / best + dense_share * dense
    return fused
