"""Segments of the dense index: ties, masks, merging at a cost that stays low."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.store.local.scope import ChunkRanges
from rag.store.local.segments import MERGE_COUNT, SMALLEST_TIER, Segment, merge, plan_merges

DIMENSION = 4


def make_segment(first_id: int, rows: np.ndarray) -> Segment:
    return Segment.build(DIMENSION, iter([(np.arange(first_id, first_id + len(rows)), rows)]))


def random_rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float16)
    return rows.astype(np.float32)


def test_everything_that_scores_like_the_last_is_found() -> None:
    rows = np.repeat(np.eye(DIMENSION, dtype=np.float32)[:2], 50, axis=0)
    found = make_segment(1, rows).search(rows[0], None, 3)
    assert set(range(1, 51)) <= set(found.chunk_ids.tolist())


def test_masks_work_inside_the_search() -> None:
    rows = random_rows(100)
    segment = make_segment(10, rows)
    shown = np.arange(100) % 7 == 0
    found = segment.search(rows[3], shown, 5)
    scores = np.where(shown, rows @ rows[3], -np.inf)
    assert found.chunk_ids[:5].tolist() == (10 + np.argsort(-scores)[:5]).tolist()


@pytest.mark.parametrize("num_shown", [0, 1, 3])
def test_fewer_than_asked_for_are_no_minus_ones(num_shown: int) -> None:
    shown = np.arange(20) < num_shown
    found = make_segment(1, random_rows(20)).search(random_rows(1)[0], shown, 10)
    assert sorted(found.chunk_ids.tolist()) == list(range(1, num_shown + 1))


def test_vectors_of_zeros_are_left_out() -> None:
    rows = random_rows(6)
    rows[[1, 4]] = 0
    assert make_segment(1, rows).chunk_ids.tolist() == [1, 3, 4, 6]


def test_saved_segments_come_back_equal(tmp_path: Path) -> None:
    rows = random_rows(40_000)
    saved = make_segment(7, rows).save(tmp_path)
    loaded = Segment.load(tmp_path / saved.file_name)
    assert np.array_equal(loaded.chunk_ids, saved.chunk_ids)
    batches = list(loaded.rows(np.ones(len(rows), np.bool_)))
    assert np.array_equal(np.concatenate([batch for _, batch in batches]), rows)
    assert (
        loaded.search(rows[5], None, 3).chunk_ids.tolist()
        == saved.search(rows[5], None, 3).chunk_ids.tolist()
    )


def test_a_file_that_is_another_index_is_refused(tmp_path: Path) -> None:
    import faiss

    faiss.write_index(faiss.IndexFlatL2(DIMENSION), str(tmp_path / "segment-1.faiss"))
    with pytest.raises(RuntimeError, match="is no segment but IndexFlat"):
        Segment.load(tmp_path / "segment-1.faiss")


def test_merging_keeps_the_living_in_order() -> None:
    rows = random_rows(30)
    parts = [make_segment(1 + 10 * place, rows[10 * place : 10 * place + 10]) for place in range(3)]
    alive = [np.arange(10) % 2 == place % 2 for place in range(3)]
    merged = merge(DIMENSION, parts, alive)
    kept = np.concatenate(alive)
    assert merged.chunk_ids.tolist() == (1 + np.flatnonzero(kept)).tolist()
    ((_, stored),) = merged.rows(np.ones(len(merged), np.bool_))
    assert np.array_equal(stored, rows[kept])


def clustered_rows(count: int, seed: int = 0) -> np.ndarray:
    """Unit vectors around some middles, as those of texts are."""
    rng = np.random.default_rng(seed)
    middles = rng.standard_normal((40, 16))
    rows = middles[rng.integers(40, size=count)] + 0.5 * rng.standard_normal((count, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


def sketched_segment(rows: np.ndarray) -> Segment:
    return Segment.build(16, iter([(np.arange(len(rows)), rows)]), sketched_from=1_000)


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_large_segments_are_sketched_and_miss_little(share: float) -> None:
    rows = clustered_rows(20_000)
    shown = np.random.default_rng(4).random(len(rows)) < share
    segment = sketched_segment(rows)
    assert segment.sketch is not None
    missed = 0
    for query in clustered_rows(50, seed=1):
        best = np.argsort(-np.where(shown, rows @ query, -np.inf))[:20]
        found = segment.search(query, None if shown.all() else shown, 20)
        assert found.scores == pytest.approx(rows[found.chunk_ids] @ query, abs=1e-5)
        assert shown[found.chunk_ids].all()
        missed += len(set(best.tolist()) - set(found.chunk_ids.tolist()))
    assert missed <= 50 * 20 * 0.05


@pytest.mark.parametrize("num_shown", [0, 3, 300, 5_000])
def test_a_scope_that_shows_little_misses_nothing(num_shown: int) -> None:
    rows = clustered_rows(20_000)
    segment = sketched_segment(rows)
    shown = np.zeros(len(rows), np.bool_)
    shown[np.random.default_rng(2).choice(len(rows), num_shown, replace=False)] = True
    for query in clustered_rows(5, seed=3):
        found = segment.search(query, shown, 10).chunk_ids[:10].tolist()
        expected = np.argsort(-np.where(shown, rows @ query, -np.inf))[: min(10, num_shown)].tolist()
        assert found == expected


def test_sketched_segments_are_saved_loaded_and_merged_exactly(tmp_path: Path) -> None:
    rows = clustered_rows(3_000)
    saved = sketched_segment(rows).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == saved.file_names
    loaded = Segment.load(tmp_path / saved.file_name)
    assert loaded.sketch is not None
    expected = saved.search(rows[7], None, 5)
    assert loaded.search(rows[7], None, 5).chunk_ids.tolist() == expected.chunk_ids.tolist()
    alive = np.arange(len(rows)) % 3 > 0
    merged = merge(16, [loaded], [alive], sketched_from=1_000)
    assert merged.chunk_ids.tolist() == np.flatnonzero(alive).tolist()
    stored = np.concatenate([batch for _, batch in merged.rows(np.ones(len(merged), np.bool_))])
    assert np.array_equal(stored, rows[alive])


PLANS = [
    ([], []),
    ([5_000], []),
    ([10] * 7, []),
    ([10] * 8, [slice(0, 8)]),
    ([5_000, *[10] * 8], [slice(1, 9)]),
    ([*[5_000] * 7, *[10] * 8], [slice(7, 15)]),
    ([*[5_000] * 8, 10], [slice(0, 9)]),  # the small one goes along
    ([*[5_000] * 3, *[10] * 5], []),  # eight, but not of one tier: the large are not rewritten for a few
    ([*[7_000] * 7, *[1_000] * 8], [slice(0, 15)]),  # one merge brings about the next
]


@pytest.mark.parametrize(("sizes", "plan"), PLANS)
def test_plans(sizes: list[int], plan: list[slice]) -> None:
    assert plan_merges(sizes) == plan


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=300))
def test_few_segments_and_few_rewrites(publications: list[int]) -> None:
    sizes: list[int] = []
    written = 0
    for size in publications:
        sizes.append(size)
        written += size
        for group in plan_merges(sizes):
            written += sum(sizes[group])
            sizes[group] = [sum(sizes[group])]
    tiers = 1 + int(np.ceil(np.log(max(sum(publications) / SMALLEST_TIER, 1)) / np.log(MERGE_COUNT)))
    assert len(sizes) <= MERGE_COUNT * (tiers + 1) ** 2
    assert written <= sum(publications) * (tiers + 2)


ids = st.lists(st.integers(0, 60), unique=True, max_size=30).map(sorted)
ranges = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 10)).map(lambda pair: (pair[0], sum(pair))), max_size=8
)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(ids, ranges)
def test_ranges_contain_what_stands_in_one_of_them(
    chunk_ids: list[int], pairs: list[tuple[int, int]]
) -> None:
    columns = np.array(chunk_ids, dtype=np.int64)
    found = ChunkRanges.of(pairs)
    expected = [any(first <= chunk_id < end for first, end in pairs) for chunk_id in chunk_ids]
    assert found.contains(columns).tolist() == expected
    kept = [[*pair] for pair in pairs if any(pair[0] <= chunk_id < pair[1] for chunk_id in chunk_ids)]
    assert found.touching([columns]).bounds.tolist() == kept
