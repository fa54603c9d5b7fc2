"""Re-ranking: the order of hits, their scores, and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.assembly import Assembly, load_bundled_ranking, load_bundled_reader
from rag.comprehension import Reading
from rag.errors import ModelUnavailable
from rag.retrieval.asking import asks
from rag.retrieval.rerank import (
    LEG,
    READ,
    SEEN,
    RerankingRetriever,
    SpanReranker,
    describe,
    load_ranking,
)
from rag.types import Chunk, DocumentInfo, Hit, LegScore, Question

INFO = DocumentInfo("d", "規程.txt", "", "規程")


def _hit(number: int, score: float = 0.5, **legs: float) -> Hit:
    text = f"第{number}条"
    said = tuple(LegScore(leg, 1, value) for leg, value in legs.items())
    return Hit(Chunk("d", number, 0, len(text), text, id=number), INFO, score, said)


class Listed:
    """A search that finds the hits it was made with."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = hits

    def find(self, question: Question, wanted: int) -> Listed:
        return self

    def best(self, top_k: int) -> Sequence[Hit]:
        return self.hits[:top_k]

    def of_each(self, count: int) -> Sequence[Hit]:
        return [hit for hit in self.hits if any(leg.rank <= count for leg in hit.legs)]


class ByNumber:
    """Prefers the later of two chunks, and wants ``wanted`` of them."""

    def __init__(self, wanted: int = 0) -> None:
        self.wanted = wanted

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        return [float(hit.chunk.id) for hit in hits]

    def understands(self, question: Question) -> bool:
        return question.text != "語の列"

    def are_enough(self, question: Question, hits: Sequence[Hit]) -> bool:
        return len(hits) >= self.wanted

    def choose(self, question: Question, hits: Sequence[Hit], count: int) -> Sequence[Hit]:
        return hits[-count:]


class Undecided(ByNumber):
    """Holds all hits to be as good."""

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        return [0.0 for _ in hits]


HITS = [_hit(1, 0.9), _hit(2, 0.8), _hit(3, 0.7), _hit(4, 0.6)]


def _numbers(hits: Sequence[Hit]) -> list[int]:
    return [hit.chunk.id for hit in hits]


def test_the_first_hits_are_ordered_anew_and_the_rest_follow() -> None:
    found = RerankingRetriever(Listed(HITS), ByNumber(), depth=3, reach=0).retrieve(Question("第何条"), 4)
    assert _numbers(found) == [3, 2, 1, 4]
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)


def test_what_is_deeper_than_wanted_may_come_up() -> None:
    found = RerankingRetriever(Listed(HITS), ByNumber(), depth=4, reach=0).retrieve(Question("第何条"), 2)
    assert _numbers(found) == [4, 3]


def test_ties_keep_the_order_of_the_search() -> None:
    found = RerankingRetriever(Listed(HITS), Undecided(), depth=4, reach=0).retrieve(Question("第何条"), 4)
    assert _numbers(found) == [1, 2, 3, 4]


def test_a_hit_tells_its_rank_and_score() -> None:
    found = RerankingRetriever(Listed(HITS), ByNumber(), depth=3, reach=0).retrieve(Question("第何条"), 4)
    assert found[0].legs[-1] == LegScore(LEG, 1, 3.0)
    assert all(leg.leg != LEG for leg in found[3].legs), "it was not read"


def test_an_article_that_is_named_stays_where_the_search_put_it() -> None:
    found = RerankingRetriever(Listed(HITS), ByNumber(), depth=3, reach=0).retrieve(
        Question("第二十条を教えて"), 4
    )
    assert _numbers(found) == [1, 2, 3, 4]


def test_what_is_no_question_stays_where_the_search_put_it() -> None:
    found = RerankingRetriever(Listed(HITS), ByNumber(), depth=3, reach=0).retrieve(Question("語の列"), 4)
    assert _numbers(found) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("会社をやめたい", True),
        ("有休は何日", True),
        ("手当の額は？", True),
        ("広告の費用", False),
        ("平成十年六月", False),
        ("びょうきゅうか", False),
        ("いくじきゅうぎょうはいつまでですか？", False),
        ("育児休業はいつまでですか", True),
        ("yūkyū", False),
        ("", False),
    ],
)
def test_questions_are_told_from_words_to_look_for(parts: Assembly, text: str, is_question: bool) -> None:
    assert asks(parts.analyzer.analyze(text)) is is_question


def test_a_question_in_other_words_wants_more_hits(parts: Assembly) -> None:
    reranker = _bundled(parts)
    retriever = parts.build_retriever()
    said = Question("時間外労働は月に何時間までですか")
    assert reranker.are_enough(said, retriever.retrieve(said, 10))
    other = Question("遅くまで会社に残ってもいいのはどれくらい？")
    assert not reranker.are_enough(other, retriever.retrieve(other, 10))


def test_where_the_first_are_not_enough_the_best_of_every_leg_are_read() -> None:
    hits = [_hit(1, 0.9, keyword=3), _hit(2, 0.8, keyword=2), _hit(3, 0.7), _hit(4, 0.6, dense=0.9)]
    reranking = RerankingRetriever(Listed(hits), ByNumber(wanted=3), depth=2, reach=1)
    assert _numbers(reranking.retrieve(Question("第何条"), 4)) == [4, 2, 1, 3]


def test_of_many_promising_hits_twice_as_many_are_read_as_usual() -> None:
    hits = [_hit(number, 1 - number / 10, keyword=1.0) for number in range(1, 6)]
    reranking = RerankingRetriever(Listed(hits), ByNumber(wanted=3), depth=1, reach=1)
    assert _numbers(reranking.candidates(Question("第何条"))) == [4, 5]
    assert _numbers(reranking.retrieve(Question("第何条"), 5)) == [5, 4, 1, 2, 3]


def test_without_a_reach_no_more_is_read() -> None:
    reranking = RerankingRetriever(Listed(HITS), ByNumber(wanted=3), depth=2, reach=0)
    assert _numbers(reranking.retrieve(Question("第何条"), 4)) == [2, 1, 3, 4]


def test_nothing_found_nothing_ranked() -> None:
    assert RerankingRetriever(Listed([]), ByNumber(), depth=3, reach=0).retrieve(Question("無"), 4) == []


def _reading(peak: float, relevance: float) -> Reading:
    logits = np.array([peak, peak - 3], np.float32)
    return Reading(logits, logits, relevance)


def _looks(count: int) -> NDArray[np.float32]:
    return np.tile(np.array([0.5, 0.75, 0.6, 0.8, 0.3, 0.4], np.float32), (count, 1))


def test_facts_are_shares_of_the_best() -> None:
    hits = [_hit(1, keyword=8.0, dense=0.6), _hit(2, keyword=4.0, dense=0.2), _hit(3, dense=0.4)]
    facts = describe(hits, _looks(3), [_reading(5, 3.0), _reading(-5, -2.0), _reading(0, 0.0)])
    assert facts.shape == (3, len(READ))
    assert READ[: len(SEEN)] == SEEN
    by_name = dict(zip(READ, facts.T, strict=True))
    assert by_name["keyword"] == pytest.approx([1.0, 0.5, 0.0])
    assert by_name["dense"] == pytest.approx([1.0, 0.0, 0.5])
    assert by_name["answer_share"].sum() == pytest.approx(1.0)
    assert by_name["answer_share"].argmax() == 0
    assert by_name["relevance"] == pytest.approx([0.3, -0.2, 0.0])
    assert by_name["covered_with_heading"] == pytest.approx([0.75] * 3)


def test_a_hit_without_words_has_no_share() -> None:
    empty = Reading(np.zeros(0, np.float32), np.zeros(0, np.float32), -1e4)
    facts = describe([_hit(1, keyword=1.0), _hit(2, keyword=1.0)], _looks(2), [_reading(1, 1.0), empty])
    assert np.isfinite(facts).all()
    assert facts[1, READ.index("answer_share")] == pytest.approx(0.0)


def test_the_bundled_one_puts_what_answers_first(parts: Assembly) -> None:
    question = Question("時間外労働は月に何時間までですか")
    reranker = _bundled(parts)
    plain = parts.settings.with_values({"retrieval.reranker": "none"})
    hits = (
        Assembly(plain, parts.analyzer, parts.embedder, parts.store).build_retriever().retrieve(question, 10)
    )
    scores = reranker.score(question, hits)
    assert len(scores) == len(hits)
    assert np.isfinite(scores).all()
    best = hits[int(np.argmax(scores))]
    assert best.document.name == "残業.md"


def test_of_many_hits_the_bundled_one_reads_those_that_are_about_the_question(parts: Assembly) -> None:
    question = Question("会社をやめたいときはいつまでに言えばいい？")
    plain = parts.settings.with_values({"retrieval.reranker": "none"})
    retriever = Assembly(plain, parts.analyzer, parts.embedder, parts.store).build_retriever()
    hits = retriever.retrieve(question, 40)
    chosen = _bundled(parts).choose(question, hits, 5)
    assert len(chosen) == 5
    assert [hit for hit in hits if hit in chosen] == list(chosen), "in the order of the search"
    assert "退職.md" in {hit.document.name for hit in chosen}


def _bundled(parts: Assembly) -> SpanReranker:
    return SpanReranker(parts.store, parts.analyzer, load_bundled_reader(), load_bundled_ranking())


def test_weights_for_other_facts_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "reranking.json"
    file.write_text(json.dumps({"seen": {"keyword": 1.0}, "read": {}}), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="install swallow-rag again"):
        load_ranking(file)
    with pytest.raises(ModelUnavailable, match=r"absent\.json"):
        load_ranking(tmp_path / "absent.json")
