"""Any sequence of changes, publications and reopenings: the store finds what looking at everything finds."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.store.base import ScoredChunk
from rag.store.local import LocalStore, create_store, open_store
from rag.types import EVERYTHING, Scope
from tests.contracts.store_material import (
    IDENTITY,
    BruteForceStore,
    make_document,
    make_terms,
    make_vector,
)

WORDS = ["休暇", "申請", "経費", "精算", "規程", "年次", "有給", "届"]
NAMES = [f"{number}.txt" for number in range(6)]
COLLECTIONS = ["甲", "乙"]
SCOPES = [
    EVERYTHING,
    Scope(collections=frozenset({"甲"})),
    Scope(sources=frozenset(NAMES[:2])),
    Scope(date_from=dt.date(2024, 2, 1)),
]


@dataclass
class Twins:
    """A store and its model, which undergo the same."""

    place: Path
    store: LocalStore
    model: BruteForceStore
    rng: random.Random

    def add(self) -> None:
        texts = [
            " ".join(self.rng.choices(WORDS, k=self.rng.randint(0, 6))) for _ in range(self.rng.randint(0, 3))
        ]
        document, chunks = make_document(
            self.rng.choice(NAMES),
            *texts,
            collection=self.rng.choice(COLLECTIONS),
            title=self.rng.choice(["", "休暇 規程"]),
            date=self.rng.choice([None, dt.date(2024, 1, 1), dt.date(2024, 3, 1)]),
        )
        self.store.add(document, chunks)
        self.model.add(document, chunks)

    def remove(self) -> None:
        if self.model.documents:
            document_id = self.rng.choice(sorted(self.model.documents))
            self.store.remove(document_id)
            self.model.remove(document_id)

    def publish(self) -> None:
        self.store.publish()

    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.place, IDENTITY)

    def drop_followers(self) -> None:
        self.store.drop_followers()

    def compare(self) -> None:
        scope = self.rng.choice(SCOPES)
        words = " ".join(self.rng.choices(WORDS, k=3))
        for top_k in (3, 50):
            compare(
                self.store.search_keyword(make_terms(words, "規程"), scope, top_k),
                self.model.search_keyword(make_terms(words, "規程"), scope, 1_000),
                top_k,
            )
            compare(
                self.store.search_dense(make_vector(words), scope, top_k),
                self.model.search_dense(make_vector(words), scope, 1_000),
                top_k,
            )


def compare(found: list[ScoredChunk], ranked: list[ScoredChunk], top_k: int) -> None:
    """The best scores, and each at the chunk that has it; rounding may decide between equals."""
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in ranked[:top_k]], abs=1e-5)
    scores = dict(ranked)
    assert [hit.score for hit in found] == pytest.approx([scores[hit.chunk_id] for hit in found], abs=1e-5)
    assert len({hit.chunk_id for hit in found}) == len(found)


STEPS = ["add", "add", "add", "add", "remove", "publish", "reopen", "drop_followers"]


@pytest.mark.parametrize("seed", range(6))
def test_any_history_is_found_as_if_everything_were_looked_at(place: Path, seed: int) -> None:
    rng = random.Random(seed)
    twins = Twins(place, create_store(place, IDENTITY), BruteForceStore(), rng)
    for _ in range(25):
        getattr(twins, rng.choice(STEPS))()
        twins.compare()
    twins.publish()
    twins.compare()
    assert not any(follower.problem for follower in twins.store.statistics().followers)
    twins.store.close()
