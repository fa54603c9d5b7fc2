"""A run from its questions to its folder, two of them compared, and the reports that tell of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.comparison import changed_settings, compare_runs
from evaluation.corpus import Corpus, Target, open_corpus
from evaluation.datasets.base import Dataset
from evaluation.gold import DocumentJudge
from evaluation.grid import Grid, run_grid
from evaluation.legs import LEGS
from evaluation.metrics import METRICS
from evaluation.progress import Phase
from evaluation.report.pages import (
    Page,
    rank_counts,
    recall_curve,
)
from evaluation.report.tables import grid_rows
from evaluation.report.write import write_page
from evaluation.runner import find_hits, run_retrieval
from evaluation.runs import Run, load_run, save_run
from rag.errors import SettingsError
from rag.settings import Settings
from rag.types import EVERYTHING
from tests.evaluation.changed_runs import before_and_after
from tests.fakes import ListRetriever, make_hit


def test_a_run_measures_every_leg(office_run: Run):
    assert tuple(office_run.legs) == LEGS
    for figures in office_run.legs.values():
        assert set(figures.values) == set(METRICS)
        for metric, value in figures.values.items():
            assert figures.intervals[metric].low <= value <= figures.intervals[metric].high
        assert 0 < figures.ms_p50 <= figures.ms_p95
    assert office_run.legs["final"].values == office_run.legs["reranked"].values, "nothing to fold here"
    assert office_run.num_missing == 0


def test_a_run_is_what_the_brief_asks_for_as_json(office_run: Run):
    found = json.loads(json.dumps(office_run.as_json()))
    assert (found["dataset"], found["num_questions"], found["num_documents"]) == ("office/set", 22, 16)
    keys = {"recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "ms_per_query"}
    assert all(keys <= set(found["legs"][leg]) for leg in LEGS)


def test_a_run_is_the_same_again(office: Dataset, office_corpus: Corpus, office_run: Run):
    again = run_retrieval(office, office_corpus, legs=["final"])
    assert [one.legs["final"].units for one in again.outcomes] == [
        one.legs["final"].units for one in office_run.outcomes
    ]
    assert again.legs["final"].intervals == office_run.legs["final"].intervals


def test_progress_is_told(office: Dataset, office_corpus: Corpus):
    heard: list[tuple[Phase, int, int]] = []
    run_retrieval(
        office.part("all", 3),
        office_corpus,
        legs=["keyword", "final", "final"],
        tell=lambda *said: heard.append(said),
    )
    assert heard[-1] == (Phase.SEARCHING, 6, 6), "a leg named twice is asked once"


def test_nothing_to_ask_is_an_error(office: Dataset, office_corpus: Corpus):
    with pytest.raises(SettingsError, match="no question"):
        run_retrieval(replace(office, questions=()), office_corpus)


def test_what_was_saved_is_loaded(office_run: Run, tmp_path: Path):
    save_run(office_run, tmp_path / "結果")
    assert load_run(tmp_path / "結果") == office_run


def test_runs_that_cannot_be_loaded_or_saved(office_run: Run, tmp_path: Path):
    with pytest.raises(SettingsError, match="holds no run"):
        load_run(tmp_path)
    save_run(office_run, tmp_path)
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"cannot be read: .*validation error"):
        load_run(tmp_path)
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_run(tmp_path)
    with pytest.raises(SettingsError, match="cannot be written"):
        save_run(office_run, tmp_path / "run.json" / "below")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_page(Page("x", ()), tmp_path / "run.json" / "below")


def test_more_hits_are_asked_for_where_documents_have_several_chunks():
    """Twenty chunks of one document hide the others from the first ten hits."""
    hits = [make_hit(f"断片{n}", chunk_id=n, source="/長い.txt") for n in range(20)]
    hits = [replace(hit, document=replace(hit.document, id="long")) for hit in hits]
    others = [
        replace(hit, document=replace(hit.document, id=f"d{n}"))
        for n, hit in enumerate(make_hit(f"他{n}", chunk_id=100 + n) for n in range(12))
    ]
    found = find_hits(ListRetriever([*hits, *others]), "問い", EVERYTHING, DocumentJudge({}).unit, 50)
    assert len({hit.document.id for hit in found}) >= 10
    assert len(find_hits(ListRetriever(hits), "問い", EVERYTHING, "document", 50)) == 20
    assert len(find_hits(ListRetriever([*hits, *others]), "問い", EVERYTHING, "chunk", 50)) == 10


def test_questions_won_and_lost(office_run: Run):
    found = compare_runs(*before_and_after(office_run), names=("前", "後"))
    assert [(one.before, one.after) for one in found.won] == [(5, 1), (None, 2)]
    assert [(one.before, one.after) for one in found.lost] == [(1, 3)]
    difference = found.differences["mrr@10"]
    assert difference.delta == pytest.approx((1 / 2 + 4 / 5 - 2 / 3) / 22)
    assert difference.interval.low <= difference.delta <= difference.interval.high
    assert found.sign_p_value == 1
    assert found.notes == ()
    assert json.loads(json.dumps(found.as_json()))["num_won"] == 2


def test_a_run_does_not_differ_from_itself(office_run: Run):
    found = compare_runs(office_run, office_run, names=("a", "b"))
    assert (found.won, found.lost, found.sign_p_value) == ((), (), 1)
    assert all((one.delta, one.p_value) == (0, 1) for one in found.differences.values())
    assert changed_settings(office_run, office_run) == {}


def test_only_common_questions_are_compared(office_run: Run):
    facts = replace(office_run.circumstances, corpus_sha256="other", corpus="別の資料")
    fewer = replace(office_run, outcomes=office_run.outcomes[:10], circumstances=facts)
    found = compare_runs(office_run, fewer, names=("a", "b"))
    assert found.num_questions == 10
    assert found.notes == (
        "compared on the 10 questions that both asked, of 22",
        "they searched in different texts: office/set and 別の資料",
    )


def test_runs_that_cannot_be_compared(office_run: Run):
    with pytest.raises(SettingsError, match="did not measure the leg 'colbert'"):
        compare_runs(office_run, office_run, names=("a", "b"), leg="colbert")
    with pytest.raises(SettingsError, match="no question in common"):
        compare_runs(office_run, replace(office_run, outcomes=()), names=("a", "b"))


def test_changed_settings_are_named(office_run: Run):
    facts = office_run.circumstances
    retrieval = {**facts.settings["retrieval"], "mode": "keyword"}
    other = replace(
        office_run, circumstances=replace(facts, settings={**facts.settings, "retrieval": retrieval})
    )
    assert changed_settings(office_run, other) == {"retrieval.mode": ("hybrid", "keyword")}


def test_curve_and_counts(office_run: Run):
    before, _ = before_and_after(office_run)
    curve = recall_curve(before.outcomes, "final")
    assert curve == pytest.approx([20 / 22] * 4 + [21 / 22] * 6)
    assert rank_counts(before.outcomes, "final") == {"1": 20, "2": 0, "3": 0, "4–5": 1, "6–10": 0, "なし": 1}


def test_a_grid_tries_every_combination(
    office: Dataset, office_folder: Path, settings: Settings, tmp_path: Path
):
    asked = replace(office, passages=(), questions=tuple(
        replace(one, gold=type(one.gold)({f"{one.group}.md": 1}))  # type: ignore[call-arg]
        for one in office.questions[:6]
    ))  # fmt: skip
    grid = Grid(modes=("keyword", "hybrid"), chunk_chars=(60, 400))
    cells = [cell for cell, _ in run_grid(asked, office_folder, grid, settings, cache=tmp_path)]
    assert [(cell.max_chunk_chars, cell.mode) for cell in cells] == [
        (60, "keyword"),
        (60, "hybrid"),
        (400, "keyword"),
        (400, "hybrid"),
    ]
    assert cells[0].num_chunks > cells[2].num_chunks
    assert cells[0].build_seconds == cells[1].build_seconds > 0
    assert all(cell.figures.values["recall@10"] == 1 for cell in cells)
    assert len(list(grid_rows(cells))) == 5
    assert cells[0].as_json()["max_chunk_chars"] == 60


def test_where_to_search_must_be_clear(
    office: Dataset, office_folder: Path, settings: Settings, tmp_path: Path
):
    for target, message in (
        (Target(folder=office_folder), "is asked of passages"),
        (Target(collections=("人事",)), "is asked of passages"),
    ):
        with pytest.raises(SettingsError, match=message), open_corpus(office, target, settings):
            pass
    bare = replace(office, passages=())
    with (
        pytest.raises(SettingsError, match="is no folder"),
        open_corpus(bare, Target(folder=tmp_path / "無い"), settings),
    ):
        pass
    questions = tmp_path / "q.csv"
    questions.write_text("question,file\n休み,規程.txt\n", encoding="utf-8")
    with (
        pytest.raises(SettingsError, match="holds questions alone"),
        open_corpus(bare, Target(pool=(questions,)), settings),
    ):
        pass
