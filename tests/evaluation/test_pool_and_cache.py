"""Stores of passages: the same in every run, however they were prepared, and built once with a cache."""

from dataclasses import replace
from pathlib import Path

import pytest

import evaluation.pool
from evaluation.cache import cache_key, code_version, provide_folder
from evaluation.datasets.base import Dataset, Passage
from evaluation.pool import build_pool
from rag.assembly import load_embedder
from rag.embedding.base import Embedder
from rag.errors import StoreError
from rag.settings import Settings
from rag.types import EVERYTHING, Question


@pytest.fixture(scope="module")
def embedder(settings: Settings) -> Embedder:
    return load_embedder(settings.embedding)


def many(passages: tuple[Passage, ...]) -> list[Passage]:
    """More than are prepared in one process, of very different length."""
    repeated = [
        replace(passage, id=f"{passage.id}/{copy}", text=f"{copy}番。" + passage.text * (1 + copy % 7))
        for copy in range(evaluation.pool.FEW_PASSAGES // len(passages) + 1)
        for passage in passages
    ]
    assert len(repeated) > evaluation.pool.FEW_PASSAGES
    return repeated


def test_every_passage_is_a_document(office: Dataset, settings: Settings, embedder: Embedder, tmp_path: Path):
    heard = []
    pool = build_pool(
        tmp_path / "pool",
        office.passages,
        settings,
        embedder,
        tell=lambda phase, done, total: heard.append((str(phase), done, total)),
    )
    with pool:
        infos = pool.store.document_infos(EVERYTHING)
        assert {info.source for info in infos} == {passage.id for passage in office.passages}
        assert {info.title for info in infos} == {"休暇", "出張", "空気清浄機", "図書室"}
    assert heard[-1] == ("indexing", 16, 16)


def test_other_processes_prepare_the_same_store(
    office: Dataset, settings: Settings, embedder: Embedder, tmp_path: Path
):
    """Chunk ids decide ties, so they must not depend on which process was quicker."""
    passages = many(office.passages)
    with build_pool(tmp_path / "beside", passages, settings, embedder) as pool:
        infos = sorted(pool.store.document_infos(EVERYTHING), key=lambda info: info.change_number)
        assert [info.source for info in infos] == [passage.id for passage in passages]
        hits = pool.build_retriever().retrieve(Question("宿泊料の限度"), 5)
        assert "宿泊料" in hits[0].chunk.text


def test_what_is_built_is_kept_under_its_parts(tmp_path: Path):
    built = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "file").write_text("索引", encoding="utf-8")

    for parts in ({"texts": "a"}, {"texts": "a"}, {"texts": "b"}):
        with provide_folder(tmp_path / "cache", parts, build) as folder:
            assert (folder / "file").read_text(encoding="utf-8") == "索引"
            assert folder.name == cache_key(parts)
    assert len(built) == 2
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == sorted(
        {cache_key({"texts": "a"}), cache_key({"texts": "b"})}
    )


def test_without_a_cache_nothing_stays():
    with provide_folder(None, {}, lambda folder: (folder / "file").touch()) as folder:
        assert (folder / "file").is_file()
    assert not folder.exists()


def test_a_build_that_fails_leaves_nothing(tmp_path: Path):
    def build(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyError("stopped")

    with pytest.raises(KeyError), provide_folder(tmp_path / "cache", {}, build):
        pass
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(StoreError, match=r"cache .* cannot be written"),
        provide_folder(tmp_path / "file" / "cache", {}, lambda folder: None),
    ):
        pass


def test_two_runs_may_build_at_once(tmp_path: Path):
    """The slower one takes what the quicker one has put there meanwhile."""
    quicker = tmp_path / "cache" / cache_key({})

    def build(folder: Path) -> None:
        (folder / "slower").touch()
        quicker.mkdir()
        (quicker / "quicker").touch()

    with provide_folder(tmp_path / "cache", {}, build) as folder:
        assert [path.name for path in folder.iterdir()] == ["quicker"]
    assert list((tmp_path / "cache").iterdir()) == [quicker]


def test_the_key_holds_the_code():
    assert len(code_version()) == 16
    assert cache_key({"a": 1}) != cache_key({"a": 2})
