"""A small set of questions asked, with their gold and without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.answers.judges import load_judge
from evaluation.answers.runner import run_answers
from evaluation.answers.runs import AnswerRun, save_answers
from evaluation.answers.swapped import load_swapped, pair_up
from evaluation.answers.withholding import WithholdingStore
from evaluation.corpus import Corpus, Target, open_corpus
from evaluation.datasets.base import Dataset
from evaluation.datasets.registry import load_dataset
from evaluation.progress import Phase
from evaluation.report.answers import answers_page, figure_rows, working_rows
from evaluation.report.html import render_html
from evaluation.report.markdown import render_markdown
from rag.errors import SettingsError
from rag.settings import Settings
from rag.types import EVERYTHING, Question
from tests.evaluation import handwritten


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handwritten.write_answered(tmp_path_factory.mktemp("answered"))


@pytest.fixture(scope="module")
def asked(answered: Path) -> Dataset:
    return load_dataset(answered)


@pytest.fixture(scope="module")
def corpus(asked: Dataset, settings: Settings) -> Iterator[Corpus]:
    with open_corpus(asked, Target(), settings) as corpus:
        yield corpus


@pytest.fixture(scope="module")
def run(asked: Dataset, corpus: Corpus) -> AnswerRun:
    return run_answers(asked, corpus, load_judge())


def test_every_question_is_kept(run: AnswerRun):
    assert len(run.outcomes) == len(handwritten.ANSWERS)
    assert all(one.without is not None for one in run.outcomes)
    assert "questions without a gold answer, left out: 1" in run.notes
    by_text = {one.text: one for one in run.outcomes}
    assert by_text["グリーン車に乗れるのは誰ですか"].answers == ("役員",)


def test_figures_are_those_of_the_questions(run: AnswerRun):
    figures = run.figures
    right = [one.holds_answer for one in run.outcomes]
    assert figures["evidence_sentence_accuracy"] == pytest.approx(sum(right) / len(right))
    assert figures["evidence_sentence_accuracy"] >= 2 / 6  # type: ignore[operator]
    assert figures["gold_in_hits"] == 1
    assert (figures["citation_recall"], figures["citation_precision"]) == (1, 1), "verbatim sentences"
    assert figures["answerability_auroc"] > 0.5  # type: ignore[operator]
    assert 0 < figures["char_f1"] <= 1  # type: ignore[operator]
    refused = [one.without.refused for one in run.outcomes if one.without]
    assert figures["refusal_rate"] == pytest.approx(sum(refused) / len(refused))


def test_wrong_but_answered_from_elsewhere(run: AnswerRun):
    """A withheld paragraph is never cited."""
    for one in run.outcomes:
        assert one.without is not None
        assert one.without.refused == (not one.without.cited)
        assert not one.without.cited or not one.in_gold or one.without.cited != one.cited


def test_the_whole_article_is_withheld(asked: Dataset, corpus: Corpus, run: AnswerRun):
    heard: list[tuple[Phase, int, int]] = []

    def hear(phase: Phase, done: int, total: int) -> None:
        heard.append((phase, done, total))

    whole = run_answers(asked.part("all", 3), corpus, load_judge(), withheld="article", tell=hear)
    assert heard[-1] == (Phase.SEARCHING, len(whole.outcomes), len(whole.outcomes))
    without = {one.id: one.without for one in run.outcomes}
    for one in whole.outcomes:
        paragraph = without[one.id]
        assert one.without
        assert paragraph
        if not one.without.refused:
            assert one.without.cited not in articles()[one.group]
    assert [one.cited for one in whole.outcomes] == [o.cited for o in run.outcomes if o.id in ids(whole)]


def ids(run: AnswerRun) -> set[str]:
    return {one.id for one in run.outcomes}


def articles() -> dict[str, str]:
    return {title: "".join(text for text, _ in parts) for title, parts in handwritten.ARTICLES.items()}


def test_nothing_need_be_withheld(asked: Dataset, corpus: Corpus):
    run = run_answers(asked.part("all", 2), corpus, load_judge(), withheld="none")
    assert (run.curve, run.figures["answerability_auroc"], run.figures["refusal_rate"]) == ([], None, None)
    rows = [row[0] for row in figure_rows(run)]
    assert "答えの有無の AUROC" not in rows
    assert "棄権のしきい値" not in render_markdown(answers_page(run))


def test_a_question_set_without_answers_is_judged_by_its_sentences(corpus: Corpus, tmp_path: Path):
    table = tmp_path / "質問.csv"
    table.write_text(
        "question,sentence\nグリーン車に乗れるのは誰ですか,グリーン車は役員に限る。\n", encoding="utf-8"
    )
    run = run_answers(load_dataset(table), corpus, load_judge())
    assert run.figures["evidence_sentence_accuracy"] == 1
    assert run.figures["exact_match"] is None
    assert run.outcomes[0].without is not None
    files = tmp_path / "資料.csv"
    source = run.outcomes[0].place.partition("#")[0]
    files.write_text(f"question,file\nグリーン車に乗れるのは誰ですか,{source}\n", encoding="utf-8")
    assert run_answers(load_dataset(files), corpus, load_judge()).outcomes[0].in_gold


def test_no_question_no_run(asked: Dataset, corpus: Corpus):
    with pytest.raises(SettingsError, match="no question with an answer"):
        run_answers(asked.part("all", 0), corpus, load_judge())


def test_a_run_is_written_with_its_report(run: AnswerRun, tmp_path: Path):
    save_answers(run, tmp_path / "run")
    facts = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "run" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    assert facts["figures"]["char_f1"] == run.figures["char_f1"]
    assert len(lines) == len(run.outcomes)
    assert json.loads(lines[0])["without"]["confidence"] == run.outcomes[0].without.confidence  # type: ignore[union-attr]
    page = render_html(answers_page(run))
    assert page.count("<svg") == 4
    assert "誤った棄権 5 % での正しい棄権" in page
    assert "| 指標 | 値 | 95 % |" in render_markdown(answers_page(run))


def test_thresholds_are_told(run: AnswerRun):
    rows = list(working_rows(run.curve))
    assert rows[0] == ("誤った棄権", "しきい値", "誤った回答")
    assert [row[0] for row in rows[1:]] == ["≤ 1%", "≤ 2%", "≤ 5%", "≤ 10%", "≤ 20%"]


def test_withholding_leaves_the_order_of_the_rest(corpus: Corpus):
    store = WithholdingStore(corpus.assembly.store)
    retriever = corpus.assembly.build_retriever()
    hits = retriever.retrieve(Question("図書室の本は何冊まで借りられますか"), 16)
    first = hits[0].document.id
    terms = {"base": {"図書": 1, "借りる": 1, "休暇": 1}}
    whole = store.search_keyword(terms, EVERYTHING, 5)  # type: ignore[arg-type]
    withheld = next(
        info.id
        for info in store.document_infos(EVERYTHING)
        if whole[0].chunk_id in store.chunk_ids(info.id, EVERYTHING)
    )
    with store.without([withheld]):
        rest = store.search_keyword(terms, EVERYTHING, 4)  # type: ignore[arg-type]
        assert rest == [one for one in whole if one.chunk_id not in store.chunk_ids(withheld, EVERYTHING)][:4]
    assert store.search_keyword(terms, EVERYTHING, 5) == whole  # type: ignore[arg-type]
    with store.without([first]), pytest.raises(RuntimeError, match="was withheld and found"):
        store.check(hits)


def test_swapped_questions_are_asked_beside_their_originals(asked: Dataset, corpus: Corpus, tmp_path: Path):
    originals = {one.text: one.id for one in asked.questions}
    rows = [
        ("w1", "グリーン車に乗れるのは誰ですか", "個室寝台に乗れるのは誰ですか"),
        ("w2", "図書室は何時に閉まりますか", "食堂は何時に閉まりますか"),
    ]
    file = tmp_path / "swapped.jsonl"
    lines = [
        json.dumps({"id": key, "original_id": originals[text], "question": other})
        for key, text, other in rows
    ]
    file.write_text(
        "\n".join([*lines, '{"id": "w3", "original_id": "x0", "question": "?"}']), encoding="utf-8"
    )
    paired, swapped = pair_up(asked, load_swapped(file), "all")
    run = run_answers(paired, corpus, load_judge(), withheld="swapped", swapped=swapped)
    assert [(one.id, one.text) for one in run.outcomes] == [(key, text) for key, text, _ in rows]
    assert all(one.without and one.without.confidence < one.confidence for one in run.outcomes)
    with pytest.raises(SettingsError, match="no swapped question was made from"):
        pair_up(asked, load_swapped(file)[2:], "all")


def test_the_swapped_questions_of_the_source():
    assert len(load_swapped()) >= 200
