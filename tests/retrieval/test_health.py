"""What a search says of itself: nothing when it is sound, and one line for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.prepare import Preparer
from rag.assembly import Assembly, index_identity
from rag.retrieval.base import Query
from rag.retrieval.health import SearchHealth
from rag.settings import load_settings
from rag.store.base import ScoredChunk
from rag.store.local import create_store, open_store
from rag.text.synonyms import SynonymFile
from rag.types import ABSTENTION, Answer, Hit, LegScore, Question
from tests.fakes import make_hit
from tests.retrieval.small_store import add_file


class SilentLeg:
    """Finds nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def search(self, query: Query, top_k: int) -> Sequence[ScoredChunk]:
        return []


def notes(parts: Assembly, text: str) -> tuple[str, ...]:
    hits = parts.build_retriever().retrieve(Question(text), 5)
    return parts.build_health().notes(Question(text), hits)


SOUND = [
    ("休暇は何日もらえますか", "an ordinary question"),
    ("退職の申込", "a noun that only stands there as a verb"),
    ("けんこうしんだん", "a reading that MeCab cuts at random"),
    ("hikkoshi", "romaji"),
    ("サーバ", "another spelling"),
    ("12,000円", "a number in digits"),
    ("葛飾支店", "a name of which every pair is known"),
]


@pytest.mark.parametrize(("text", "reason"), SOUND)
def test_a_sound_search_says_nothing(parts: Assembly, text: str, reason: str) -> None:
    assert notes(parts, text) == (), reason


UNSOUND = [
    ("フレックスタイムの申請", ("どの資料にもない語: 「フレックスタイム」",), "a word that nobody wrote"),
    ("ブロックチェーンの規程", ("どの資料にもない語: 「ブロックチェーン」",), "two words in a row are one"),
    ("quantum annual leave", ("どの資料にもない語: 「quantum」",), "a Latin one"),
    ("休暇は何日ですか。" * 300, ("質問が長いので、はじめの 2,000 文字だけで探しました",), "a pasted page"),
    ("🎉", ("質問に探せる語がありません",), "a sign"),
    ("????", ("質問に探せる語がありません",), "punctuation"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), UNSOUND)
def test_what_is_wrong_with_a_question(
    parts: Assembly, text: str, expected: tuple[str, ...], reason: str
) -> None:
    assert notes(parts, text) == expected, reason


def test_many_unknown_words_are_not_all_named(parts: Assembly) -> None:
    (note,) = notes(parts, "休暇とドローンとブロックチェーンと量子とゲノムとミトコンドリアとプラズマ")
    assert note.count("「") == 5


def test_a_leg_that_finds_nothing_of_its_own(parts: Assembly) -> None:
    question = Question("休暇")
    hits = [replace(make_hit("休暇"), legs=(LegScore("keyword", 1, 1.0),))]
    health = SearchHealth(parts.store, parts.analyzer, [SilentLeg("keyword"), SilentLeg("dense")])
    assert health.notes(question, hits) == ("意味による索引 (dense) からは何も見つかりませんでした",)
    sound = parts.build_health().notes(question, hits)
    assert sound == (), "the leg is asked before it is blamed"


def test_conditions_that_no_hit_has_a_word_for(parts: Assembly) -> None:
    assert notes(parts, "犬小屋 title:給与")[-1] == (
        "条件に合う資料の語による索引 (keyword) からは何も見つかりませんでした"
    )


def hits_with(scores: Sequence[float]) -> list[Hit]:
    return [
        replace(make_hit(f"休暇の話{rank}", chunk_id=rank), legs=(LegScore("dense", rank, score),))
        for rank, score in enumerate(scores, start=1)
    ]


def test_an_embedder_that_answers_with_equal_vectors(parts: Assembly) -> None:
    health = SearchHealth(parts.store, parts.analyzer, [])
    (note,) = health.notes(Question("休暇"), hits_with([0.5, 0.5, 0.5]))
    assert "みな同じ近さ" in note
    assert health.notes(Question("休暇"), hits_with([0.5, 0.5, 0.4])) == ()
    assert health.notes(Question("休暇"), hits_with([0.5, 0.5])) == (), "two may be equal by chance"


def test_garbled_hits(parts: Assembly) -> None:
    health = SearchHealth(parts.store, parts.analyzer, [])
    hits = [
        make_hit("これはよみものです".encode().decode("cp932", "replace"), source="/社内/壊れ.txt"),
        make_hit("休暇"),
    ]
    assert health.notes(Question("休暇"), hits) == ("文字化けしている資料があります: 壊れ.txt",)


def test_a_store_without_documents(parts: Assembly, tmp_path: Path) -> None:
    with create_store(tmp_path / "store", index_identity(parts.analyzer, parts.embedder)) as store:
        (note,) = SearchHealth(store, parts.analyzer, []).notes(Question("休暇"), [])
    assert "swallow-rag ingest" in note


def test_an_index_that_was_broken(parts: Assembly, preparer: Preparer, tmp_path: Path) -> None:
    identity = index_identity(parts.analyzer, parts.embedder)
    with create_store(tmp_path / "store", identity) as store:
        add_file(store, preparer, "休暇.md", "# 休暇\n\n休暇を与える。\n")
        store.publish()
    files = [path for path in (tmp_path / "store" / "keyword").rglob("*") if path.is_file()]
    max(files, key=lambda path: path.stat().st_size).write_bytes(b"")
    with open_store(tmp_path / "store", identity, read_only=True) as store:
        broken = replace(parts, store=store)
        hits = broken.build_retriever().retrieve(Question("休暇"), 5)
        assert [hit.document.name for hit in hits] == ["休暇.md"], "found all the same"
        (note,) = broken.build_health().notes(Question("休暇"), hits)
    assert note.startswith("索引が壊れているか遅れていて、遅い方法で探しました (keyword: ")


def test_synonyms_that_broke(parts: Assembly, tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text("休暇,休み\n", encoding="utf-8")
    health = SearchHealth(parts.store, parts.analyzer, [], SynonymFile(path))
    assert health.notes(Question("休暇"), []) == ()
    path.write_text("休暇\n", encoding="utf-8")
    (note,) = health.notes(Question("休暇"), [])
    assert note.startswith("同義語は前のままです")


def test_answers_carry_the_lines(parts: Assembly) -> None:
    health = parts.build_health()
    question = Question("フレックスタイムの休暇")
    found = Answer(
        question.text, (), tuple(hits_with([0.5, 0.5, 0.5])), False, 1.0, "extractive", ("前の行",)
    )
    first, *rest = health(question, found).notes
    assert (first, len(rest)) == ("前の行", 2)
    abstained = health(question, replace(found, abstained=True))
    assert not any(note.startswith("どの資料にもない語") for note in abstained.notes), "it says so itself"
    assert abstained.text == ABSTENTION
    sound = replace(found, hits=())
    assert health(Question("休暇"), sound) is sound


def test_synonyms_of_the_settings_find_what_the_question_does_not_say(
    parts: Assembly, tmp_path: Path
) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text("リロケーション, 引っ越し\n", encoding="utf-8")
    settings = load_settings(
        environment={}, arguments={"retrieval.synonyms": path, "retrieval.mode": "keyword"}
    )
    retriever = replace(parts, settings=settings).build_retriever()
    assert [hit.document.name for hit in retriever.retrieve(Question("リロケーション"), 1)] == ["移転.md"]
    path.write_text("リロケーション, 合併\n", encoding="utf-8")
    assert [hit.document.name for hit in retriever.retrieve(Question("リロケーション"), 1)] == ["社名.md"]
