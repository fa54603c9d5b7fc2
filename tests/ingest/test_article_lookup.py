"""Who asks for 「第20条」 gets the article itself, and not what refers to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.pipeline import ingest
from rag.assembly import Assembly, open_assembly
from rag.settings import load_settings
from rag.types import Question

RULE = """\
株式会社こはる電器　旅費規程

第１章　総則

（目的）
第１条　この規程は、旅費について定める。第２０条及び第２１条は、この規程の要である。

（準用）
第２条　第２０条は、第２０条の二に準用する。第２０条による者は、第２０条の届けを出す。

（出張命令）
第２０条　出張は、所属長が命ずる。命令は、書面による。

（研修）
第２０条の２　研修は、出張とみなす。費用は、会社が負担する。

（精算）
第２１条　精算は、帰社の日から一週間以内に、総務部に対して行う。

附　則

第２条　この規程は、令和６年４月１日から施行する。
"""


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembly]:
    folder = tmp_path_factory.mktemp("lookup")
    (folder / "旅費規程.txt").write_text(RULE, encoding="utf-8")
    settings = load_settings(
        arguments={"store.path": folder / "store", "ingest.max_chunk_chars": 60}, environment={}
    )
    with open_assembly(settings, create=True) as opened:
        ingest([folder / "旅費規程.txt"], opened.store, opened.embedder, settings.ingest)
        yield opened


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("第20条", "第20条（出張命令）"),
        ("第二十条", "第20条（出張命令）"),
        ("第２０条には何と書いてありますか", "第20条（出張命令）"),
        ("第20条の2", "第20条の2（研修）"),
        ("旅費規程第21条", "第21条（精算）"),
        ("第2条", "第2条（準用）"),
        ("附則第2条", "第2条"),
    ],
)
def test_the_article_is_found_first(assembly: Assembly, question: str, title: str) -> None:
    hits = assembly.build_retriever().retrieve(Question(question), 3)
    assert hits[0].chunk.heading_path[-1] == title
