"""The generative answerer: what a model writes, and what is shown of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answering.base import AnswerDone, StatementVerified, TextDrafted, TextGenerated
from rag.answering.fallback import FallbackAnswerer
from rag.answering.generative import GenerativeAnswerer
from rag.errors import ContextTooLong, ModelUnavailable
from rag.settings import AnsweringSettings, GenerationSettings
from rag.text.analyzer import Analyzer
from rag.types import ABSTENTION, Answer, Question, Verdict
from tests.fakes import FirstHitAnswerer, ScriptedGenerator, UnstoredChunks, make_hit

HITS = [
    make_hit("年次有給休暇は、勤続六か月で10日とする。", chunk_id=1),
    make_hit("申請は前日までに所属長へ行う。", chunk_id=2, score=0.5),
]
QUESTION = Question("有休は何日もらえますか")


def answerer(analyzer: Analyzer, generator: ScriptedGenerator, **settings: object) -> GenerativeAnswerer:
    return GenerativeAnswerer(
        generator,
        UnstoredChunks(),  # type: ignore[arg-type]
        analyzer,
        GenerationSettings(max_new_tokens=100),
        AnsweringSettings(**settings),  # type: ignore[arg-type]
    )


def ask(one: GenerativeAnswerer, hits: Sequence = HITS) -> Answer:  # type: ignore[type-arg]
    *_, last = one.answer(QUESTION, hits)
    assert isinstance(last, AnswerDone)
    return last.answer


def test_statements_carry_the_sentence_they_rest_on(analyzer: Analyzer) -> None:
    generator = ScriptedGenerator(["勤続6か月で", "10日です。[1]", "前日までに所属長へ申請を行います。[1]"])
    events = list(answerer(analyzer, generator).answer(QUESTION, HITS))
    expected = [TextDrafted] * 3 + [TextGenerated] + [StatementVerified] * 2 + [AnswerDone]
    assert [type(event) for event in events] == expected
    answer = events[-1].answer  # type: ignore[union-attr]
    assert [s.verdict for s in answer.statements] == [Verdict.SUPPORTED, Verdict.SUPPORTED]
    # The model cited block 1 for both; the second rests on block 2 and says so.
    assert [citation.chunk_id for citation in answer.citations] == [1, 2]
    assert answer.text == "勤続6か月で10日です。[1]前日までに所属長へ申請を行います。[2]"
    assert answer.confidence == 1.0


def test_the_prompt_holds_the_evidence_in_the_input_slot(analyzer: Analyzer) -> None:
    generator = ScriptedGenerator(["10日です。"])
    ask(answerer(analyzer, generator))
    (prompt,) = generator.prompts
    before, _, evidence = prompt.text.partition("### 入力:\n")
    assert QUESTION.text in before
    assert "[1] 規程 > 第1章\n年次有給休暇は" in evidence
    assert evidence.endswith("\n\n### 応答:")


def test_unsupported_statements_are_marked_or_removed(analyzer: Analyzer) -> None:
    pieces = ["勤続六か月で10日です。", "パートは30日です。"]
    marked = ask(answerer(analyzer, ScriptedGenerator(pieces)))
    assert [s.verdict for s in marked.statements] == [Verdict.SUPPORTED, Verdict.UNSUPPORTED]
    assert marked.statements[1].citations == ()
    removing = answerer(analyzer, ScriptedGenerator(pieces), unsupported="remove")
    events = list(removing.answer(QUESTION, HITS))
    assert not any(isinstance(event, TextDrafted) for event in events), "drafts are unverified"
    removed = events[-1].answer  # type: ignore[union-attr]
    assert [s.text for s in removed.statements] == ["勤続六か月で10日です。"]
    assert removed.notes == ("資料で確かめられない文を1つ除きました",)


@pytest.mark.parametrize("written", [ABSTENTION, "資料には見つかりませんでした", "", "  \n"])
def test_abstains_when_the_model_finds_nothing(analyzer: Analyzer, written: str) -> None:
    answer = ask(answerer(analyzer, ScriptedGenerator([written])))
    assert answer.abstained
    assert answer.hits == tuple(HITS), "the nearest sources are shown"


def test_without_hits_the_model_is_not_asked(analyzer: Analyzer) -> None:
    generator = ScriptedGenerator(["何か"])
    assert ask(answerer(analyzer, generator), []).abstained
    assert generator.prompts == []


def test_what_did_not_fit_is_told(analyzer: Analyzer) -> None:
    generator = ScriptedGenerator(["10日です。"], context_tokens=500)
    hits = [*HITS, make_hit("長い文。" * 200, chunk_id=3)]
    assert any("入らなかった" in note for note in ask(answerer(analyzer, generator), hits).notes)


def test_a_context_that_holds_nothing_is_an_error(analyzer: Analyzer) -> None:
    with pytest.raises(ContextTooLong, match="max_new_tokens"):
        ask(answerer(analyzer, ScriptedGenerator(["x"], context_tokens=120)))


def test_when_the_model_fails_sentences_are_shown_with_the_reason(analyzer: Analyzer) -> None:
    broken = ScriptedGenerator(["10"], error=ModelUnavailable("server 127.0.0.1 does not answer"))
    both = FallbackAnswerer(answerer(analyzer, broken), FirstHitAnswerer())
    *_, last = both.answer(QUESTION, HITS)
    assert isinstance(last, AnswerDone)
    assert last.answer.answerer == "first-hit"
    assert "does not answer" in last.answer.notes[-1]


def test_what_the_source_says_otherwise_is_told(analyzer: Analyzer) -> None:
    answer = ask(answerer(analyzer, ScriptedGenerator(["年次有給休暇は、勤続六か月で20日です。[1]"])))
    assert [statement.verdict for statement in answer.statements] == [Verdict.CONTRADICTED]
    assert answer.citations[0].chunk_id == 1, "the sentence that says otherwise"
    assert answer.notes == ("「20日」は資料では「10日」です",)
