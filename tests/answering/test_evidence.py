"""Statements are cut from a model's text and held against the evidence."""

from __future__ import annotations

import pytest

from rag.answering.candidates import Candidate, collect_candidates
from rag.answering.evidence import Draft, EvidenceChecker, cut_drafts
from rag.text.analyzer import Analyzer
from rag.types import Verdict
from tests.fakes import UnstoredChunks, make_hit

MARKERS = [
    ("年20日です。[1]", [("年20日です。", {1})], "behind the full stop"),
    ("年20日です[1]。", [("年20日です。", {1})], "before the full stop"),
    ("年２０日です［１］。", [("年２０日です。", {1})], "full width"),
    ("はい。[1][2]次です。", [("はい。", {1, 2}), ("次です。", set())], "two markers in a row"),
    ("申請します【1、3】。", [("申請します。", {1, 3})], "a list in other brackets"),
    ("配列 a[i] を使う。", [("配列 a[i] を使う。", set())], "no number, no marker"),
    ("[1]", [], "a marker alone is no statement"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), MARKERS)
def test_markers_are_read_and_taken_out(text: str, expected: list[tuple[str, set[int]]], reason: str) -> None:
    assert [(draft.text, set(draft.cited)) for draft in cut_drafts(text)] == expected, reason


SENTENCES = [
    "年次有給休暇は、勤続六か月で10日とする。",
    "申請は前日までに所属長へ行う。",
    "令和6年4月1日から施行する。",
    "社用車で通勤してはならない。",
]
VERDICTS = [
    ("申請は前日までに所属長へ行う。", Verdict.VERBATIM, 1, "word for word"),
    ("申請は、前日までに所属長へ行います。", Verdict.SUPPORTED, 1, "politely"),
    ("年次有給休暇は勤続6か月で十日です。", Verdict.SUPPORTED, 0, "numbers written otherwise"),
    ("年次有給休暇は勤続六か月で20日です。", Verdict.CONTRADICTED, 0, "another number"),
    ("宿泊費は出張のたびに支給される。", Verdict.UNSUPPORTED, None, "nothing of the kind"),
    ("社用車で通勤してもよい。", Verdict.CONTRADICTED, 3, "the negation is gone"),
    ("2024年4月1日から施行される。", Verdict.SUPPORTED, 2, "the same date in another calendar"),
]


@pytest.mark.parametrize(("statement", "verdict", "sentence", "reason"), VERDICTS)
def test_verdicts(
    analyzer: Analyzer, statement: str, verdict: Verdict, sentence: int | None, reason: str
) -> None:
    hits = [make_hit(text, chunk_id=number) for number, text in enumerate(SENTENCES, start=1)]
    candidates = collect_candidates(hits, UnstoredChunks(), analyzer)  # type: ignore[arg-type]
    numbered = list(enumerate(candidates, start=1))
    finding = EvidenceChecker(analyzer).check(Draft(statement, frozenset()), numbered)
    assert finding.verdict is verdict, reason
    found = None if finding.candidate is None else SENTENCES.index(finding.candidate.text)
    assert found == sentence, reason


def test_without_evidence_nothing_is_supported(analyzer: Analyzer) -> None:
    finding = EvidenceChecker(analyzer).check(Draft("年20日です。", frozenset({1})), [])
    assert (finding.verdict, finding.candidate) == (Verdict.UNSUPPORTED, None)


def test_a_cited_block_wins_a_tie(analyzer: Analyzer) -> None:
    hits = [make_hit("休暇は年10日とする。", chunk_id=number) for number in (1, 2)]
    candidates = collect_candidates(hits, UnstoredChunks(), analyzer)  # type: ignore[arg-type]
    finding = EvidenceChecker(analyzer).check(
        Draft("休暇は年10日です。", frozenset({2})), list(enumerate(candidates, start=1))
    )
    assert finding.candidate is not None
    assert finding.candidate.hit.chunk.id == 2


def evidence_of(analyzer: Analyzer, sentences: list[str]) -> list[tuple[int, Candidate]]:
    """Sentences far apart in one document: each is a chunk of its own."""
    hits = [make_hit(text, chunk_id=number) for number, text in enumerate(sentences, start=1)]
    candidates = collect_candidates(hits, UnstoredChunks(), analyzer)  # type: ignore[arg-type]
    return list(enumerate(candidates, start=1))


def test_a_statement_may_rest_on_two_sentences(analyzer: Analyzer) -> None:
    sentences = [
        "図書の貸出しは一人三冊までとする。",
        "食堂は正午に開く。",
        "図書の貸出しの期間は二週間とする。",
    ]
    checker = EvidenceChecker(analyzer)
    draft = Draft("図書の貸出しは一人3冊まで、期間は14日間です。", frozenset())
    finding = checker.check(draft, evidence_of(analyzer, sentences))
    assert finding.verdict is Verdict.SUPPORTED
    assert sorted(one.text for one in finding.candidates) == sorted([sentences[0], sentences[2]])
    assert finding.discrepancies == ()


def test_a_second_sentence_mends_nothing_that_the_first_says_otherwise(analyzer: Analyzer) -> None:
    sentences = ["図書の貸出しは一人三冊までとする。", "雑誌の貸出しは一人五冊までとする。"]
    finding = EvidenceChecker(analyzer).check(
        Draft("図書の貸出しは一人5冊までです。", frozenset()), evidence_of(analyzer, sentences)
    )
    assert finding.verdict in {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}


def test_what_is_far_from_every_sentence_rests_on_none(analyzer: Analyzer) -> None:
    finding = EvidenceChecker(analyzer).check(
        Draft("社長は毎朝泳ぎます。", frozenset({1})), evidence_of(analyzer, ["食堂は正午に開く。"])
    )
    assert (finding.verdict, finding.candidate) == (Verdict.UNSUPPORTED, None)
