"""Sentences as they stand, in the order of the document, without repetition, within the room given."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import ModelUnavailable
from rag.summary.base import BUDGETS, Length, Request, support_rate
from rag.summary.clauses import clauses
from rag.summary.extractive import outline
from rag.summary.material import Material, prepare
from rag.summary.model import load_summary_model
from rag.summary.selection import select
from rag.summary.standalone import readable_span
from rag.summary.summarizer import Summarizer
from rag.text.analyzer import Analyzer
from rag.types import Verdict
from tests.summary.conftest import make_document, sample_document

SAMPLES = [
    "経費精算規程_2024.txt",
    "防災マニュアル.txt",
    "短編_灯台守の手紙.txt",
    "在宅勤務ガイドライン.md",
    "出張旅費の件.eml",
    "製品マニュアル_KA-200.pdf",
]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("length", list(Length))
def test_every_statement_is_a_span_of_the_document(name: str, length: Length, summarizer: Summarizer):
    document = sample_document(name)
    made = summarizer.summarize(document, Request(length))
    assert made.statements
    starts = []
    for statement in made.statements:
        (citation,) = statement.citations
        assert document.text[citation.start : citation.end] == citation.quote
        assert statement.text == " ".join(citation.quote.split("\n"))
        assert statement.verdict is Verdict.VERBATIM
        starts.append(citation.start)
    assert starts == sorted(starts)
    assert [citation.number for citation in made.citations] == list(range(1, len(starts) + 1))
    assert sum(len(s.text) for s in made.statements) <= BUDGETS[length].max_chars
    assert sum(part.num_statements for part in made.coverage) == len(made.statements)
    assert sum(part.num_chars for part in made.coverage) == len(document.text)


def test_longer_lengths_say_more(summarizer: Summarizer):
    facts = summarizer.extractive.grounds(sample_document("就業規則.txt"))
    counts = [len(summarizer.of_grounds(facts, Request(length)).text) for length in Length]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[3]


def test_a_focus_leads_to_the_sentences_that_answer(summarizer: Summarizer):
    made = summarizer.summarize(
        sample_document("経費精算規程_2024.txt"),
        Request(Length.SHORT, focus="自家用車を使うと何円支給されますか"),
    )
    assert "1キロメートルにつき30円" in made.text


def test_a_focused_line_is_about_the_focus(summarizer: Summarizer):
    made = summarizer.summarize(
        sample_document("経費精算規程_2024.txt"), Request(Length.LINE, focus="手土産はいくらまでですか")
    )
    assert "手土産" in made.text


def test_one_line_of_an_abstract_is_a_clause_of_its_main_sentence(summarizer: Summarizer):
    text = (
        "近年，要約の研究が盛んである．しかし，長い文書の要約には多くの課題が残っている．"
        "本研究では，長い文書の要約における文の選択手法を提案する．実験により，提案手法の有効性を確認した．"
    )
    made = summarizer.summarize(make_document(text, "概要.txt"), Request(Length.LINE))
    assert made.text in text
    assert "要約における文の選択手法" in made.text


def test_chapters_are_those_of_the_document(summarizer: Summarizer):
    made = summarizer.summarize(sample_document("防災マニュアル.txt"), Request(Length.SHORT, by_chapter=True))
    titles = [chapter.title for chapter in made.chapters]
    assert "３　地震のとき" in titles
    assert all(len(chapter.statements) <= 3 for chapter in made.chapters)


def test_chapters_of_rules_hold_their_articles(rules: Material):
    titles = [one.title for one in outline(rules)]
    assert titles[1:] == ["第1章　総則", "第2章　旅費", "第3章　その他の費用", "附則"]


def test_equal_chapter_titles_are_kept_apart(summarizer: Summarizer):
    said = {"甲": "甲の申請は前日までに行います。", "乙": "乙の申請は当日に行います。"}
    text = "\n\n".join(f"# {title}\n\n{said[title]}" for title in ("甲", "乙", "甲"))
    made = summarizer.summarize(make_document(text), Request(by_chapter=True))
    assert len({chapter.title for chapter in made.chapters}) == len(made.chapters) == 3


def test_a_table_alone_is_still_summarised(summarizer: Summarizer):
    made = summarizer.summarize(sample_document("取引先一覧.csv"), Request(Length.SHORT))
    assert made.statements
    assert made.tables


def test_code_alone_has_nothing_to_say(summarizer: Summarizer):
    made = summarizer.summarize(make_document("```\nprint(1)\n```\n"), Request())
    assert not made.statements
    assert any("要約できる文" in note for note in made.notes)


def test_without_statements_nothing_is_unsupported():
    assert support_rate([]) == 1.0


def test_max_chars_stands_in_for_the_length(summarizer: Summarizer):
    made = summarizer.summarize(sample_document("就業規則.txt"), Request(Length.DETAILED, max_chars=300))
    assert 100 < len(made.text) <= 300


def test_clauses_are_spans_that_close_their_brackets(rules: Material):
    for sentence in rules.sentences:
        for clause in clauses(sentence, 60):
            assert rules.document.text[clause.start : clause.end] == clause.text
            assert clause.before + clause.text + clause.after == sentence.text
            assert len(clause.text) <= 60
            assert clause.text.count("（") == clause.text.count("）")
        if readable_span(sentence) is None:
            assert clauses(sentence, 60) == []


ROWS = st.lists(
    st.tuples(st.floats(-1, 1, width=32), st.integers(0, 3), st.integers(1, 90)), min_size=1, max_size=20
)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(ROWS, st.integers(20, 200), st.integers(1, 6))
def test_selection_keeps_within_its_room(rows: list[tuple[float, int, int]], room: int, most: int):
    scores = np.asarray([row[0] for row in rows], np.float32)
    lot = np.random.default_rng(len(rows)).normal(size=(len(rows), 8)).astype(np.float32)
    units = lot / np.linalg.norm(lot, axis=1, keepdims=True)
    lengths = [row[2] for row in rows]
    chosen = select(scores, units, [row[1] for row in rows], lengths, max_chars=room, max_sentences=most)
    assert chosen == sorted(set(chosen))
    assert 1 <= len(chosen) <= most
    assert len(chosen) == 1 or sum(lengths[i] for i in chosen) <= room


def test_what_says_the_same_is_taken_once():
    same = np.ones((3, 4), np.float32) / 2
    chosen = select(
        np.asarray([1, 2, 3], np.float32), same, [0, 1, 2], [5, 5, 5], max_chars=99, max_sentences=3
    )
    assert chosen == [2]


def test_weights_for_other_features_are_refused(tmp_path: Path):
    file = tmp_path / "summary.json"
    file.write_text('{"sentence": {}}', encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="install swallow-rag again"):
        load_summary_model(file)


def test_no_model_library_is_imported(analyzer: Analyzer):
    import subprocess

    code = (
        "import sys; from ui.cli import main\n"
        "sys.argv=['swallow-rag','summarise','data/sample/防災マニュアル.txt','--json']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'streamlit', 'langchain_core'} & sys.modules.keys()\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert prepare(make_document("本文です。"), analyzer).sentences
