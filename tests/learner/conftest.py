"""What the tests of reading help share: real MeCab, and a store with two small documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.chunking import Chunking
from ingest.messages import FileJob
from ingest.prepare import Preparer
from rag.assembly import index_identity, load_bundled_embedder
from rag.learner.furigana import FuriganaReader
from rag.store.base import Store
from rag.store.local import create_store
from rag.text.analyzer import MecabAnalyzer, load_analyzer

TEXTS = {
    "物語.md": "# 公園の話\n\n公園で犬が遊んでいる。雨が降ったので、帰らざるを得なかった。\n\n"
    "## 講演\n\n有名な学者の講演を聞いた。計画を変更せざるをえません。財布を忘れてしまった。\n",
    "規程.txt": "第1条　この規程は、申請の手続を定める。\n第2条　公園の利用は、申請しなければならない。\n",
}


@pytest.fixture(scope="session")
def analyzer() -> MecabAnalyzer:
    return load_analyzer()


@pytest.fixture(scope="session")
def reader(analyzer: MecabAnalyzer) -> FuriganaReader:
    return FuriganaReader(analyzer)


@pytest.fixture(scope="module")
def library(analyzer: MecabAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    embedder = load_bundled_embedder()
    preparer = Preparer(analyzer, embedder, Chunking(400))
    path: Path = tmp_path_factory.mktemp("倉庫") / "store"
    with create_store(path, index_identity(analyzer, embedder), keep_originals=False) as store:
        for name, text in TEXTS.items():
            prepared = preparer.read(FileJob(f"/{name}", "本", name, "", text.encode()))
            store.add_packed(prepared.packed)
        yield store
