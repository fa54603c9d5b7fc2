"""Search syntax all the way: from a question as it was typed to the hits and the answer."""

from __future__ import annotations

import pytest

from rag.assembly import Assembly
from rag.types import Question, Scope

FOUND = [
    # question, the only documents that may be found, a mode in which that matters
    ('休暇 "年次有給休暇"', {"年休"}, "hybrid"),
    ("規程 article:3..5", {"旅費", "日当", "航空"}, "hybrid"),
    ("出張 title:出張旅費 -宿泊", {"日当", "航空", "海外", "施行", "旧規"}, "hybrid"),
    ("出張 source:航空", {"航空"}, "dense"),
    ("型番 NOT パッキン title:部品表", {"部品", "部品三", "品番"}, "hybrid"),
    ("出張 page:3", set(), "hybrid"),
    ("出張 collection:ほか", set(), "hybrid"),
    ("出張 date:2024", {"施行"}, "dense"),
    ("出張 日付:令和5年", set(), "hybrid"),
]


@pytest.mark.parametrize(("text", "names", "mode"), FOUND)
def test_only_what_fulfils_the_conditions_is_found(
    parts: Assembly, text: str, names: set[str], mode: str
) -> None:
    settings = parts.settings.with_values({"retrieval.mode": mode})
    retriever = Assembly(settings, parts.analyzer, parts.embedder, parts.store).build_retriever()
    hits = retriever.retrieve(Question(text), 20)
    assert {hit.document.name.removesuffix(".md") for hit in hits} == names


def test_an_answer_keeps_to_them_and_says_so(parts: Assembly) -> None:
    text = "休暇は何日もらえますか -年次 title:就業"
    answer = parts.build_flow().answer(Question(text))
    assert answer.question == text
    assert answer.notes[0] == "条件: 「年次」を含まない、題名「就業」"
    assert answer.hits
    assert all("年次" not in hit.chunk.text for hit in answer.hits)
    assert all("年次" not in citation.quote for citation in answer.citations)


def test_a_chain_reads_the_same_language(parts: Assembly) -> None:
    answer = parts.build_chain().invoke('宿泊料はいくらですか "一万二千円"')
    assert {hit.document.name for hit in answer.hits} == {"旅費.md"}
    assert answer.notes[0] == "条件: 「一万二千円」を含む"


def test_no_condition_shows_what_the_scope_hides(parts: Assembly) -> None:
    scope = Scope(sources=frozenset({"年休.md"}))
    for text in ("休暇 source:病休", '休暇 "病気休暇"', "休暇 article:22", "休暇 title:就業 -年次"):
        assert list(parts.build_retriever().retrieve(Question(text, scope), 5)) == [], text
