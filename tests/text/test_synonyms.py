"""Words that mean the same: what a file may say, what a question gets from it, and changes while we run."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.text.analyzer import load_analyzer
from rag.text.query_terms import WeightedTerms, query_terms
from rag.text.synonyms import SYNONYM_WEIGHT, SynonymFile, read_groups

ANALYZER = load_analyzer()
GROUPS = """# 人事
休暇, 休み、お休み
年次有給休暇，有休,年休

辞める, 退職する
ＰＣ,パソコン
C#,シーシャープ
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "synonyms.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def expanded(synonyms: SynonymFile, text: str) -> WeightedTerms:
    analysis = ANALYZER.analyze(text)
    return synonyms.expand(text, analysis, query_terms(text, analysis, ANALYZER), ANALYZER)


def test_groups_are_read_in_the_comparison_form(tmp_path: Path) -> None:
    groups = read_groups(write(tmp_path, GROUPS))
    assert groups["休み"] == ("休暇", "お休み"), "two kinds of commas"
    assert groups["pc"] == ("パソコン",), "full-width capitals"
    assert groups["c#"] == ("シーシャープ",), "a sign that begins no line begins no comment"
    assert "# 人事" not in groups


def test_a_word_of_two_groups_has_the_others_of_both(tmp_path: Path) -> None:
    assert read_groups(write(tmp_path, "甲,乙\n乙,丙\n"))["乙"] == ("甲", "丙")


EXPANDED = [
    ("休みは何日", "base", "休暇", "a word alone"),
    ("有休の残り", "base", "有給", "a compound in place of a word: its parts"),
    ("有休の残り", "bigram", "有給", "and its pairs of characters"),
    ("年次有給休暇の残り", "base", "有休", "a compound of several of MeCab's words"),
    ("会社を辞めたい", "base", "退職", "an inflected verb"),
    ("退職した人", "base", "辞める", "an inflected verb of two words"),
    ("ＰＣを借りる", "base", "パソコン", "another width"),
]


@pytest.mark.parametrize(("question", "field", "term", "reason"), EXPANDED)
def test_a_question_is_asked_with_the_others_too(
    tmp_path: Path, question: str, field: str, term: str, reason: str
) -> None:
    terms = expanded(SynonymFile(write(tmp_path, GROUPS)), question)
    assert terms[field][term] == SYNONYM_WEIGHT, reason


UNCHANGED = [
    ("経費の精算", "none of the words"),
    ("夏休みの予定", "休み is no word there"),
    ("", "nothing was asked"),
]


@pytest.mark.parametrize(("question", "reason"), UNCHANGED)
def test_other_questions_stay_as_they_are(tmp_path: Path, question: str, reason: str) -> None:
    analysis = ANALYZER.analyze(question)
    assert expanded(SynonymFile(write(tmp_path, GROUPS)), question) == query_terms(
        question, analysis, ANALYZER
    ), reason


def test_a_questions_own_words_keep_their_weight(tmp_path: Path) -> None:
    terms = expanded(SynonymFile(write(tmp_path, GROUPS)), "休みと休暇の違い")
    assert terms["base"]["休暇"] == terms["base"]["休み"] == 1


def test_a_changed_file_takes_effect_with_the_next_question(tmp_path: Path) -> None:
    path = write(tmp_path, "休暇,休み\n")
    synonyms = SynonymFile(path)
    assert "欠勤" not in expanded(synonyms, "休み")["base"]
    write(tmp_path, "休暇,休み,欠勤\n")
    assert "欠勤" in expanded(synonyms, "休み")["base"]
    assert synonyms.problem == ""


def test_a_file_that_breaks_leaves_the_last_sound_groups(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path, "休暇,休み\n")
    synonyms = SynonymFile(path)
    write(tmp_path, "休暇 休み\n")
    with caplog.at_level(logging.WARNING):
        assert "休暇" in expanded(synonyms, "休み")["base"]
    assert "stands alone" in synonyms.problem
    assert str(path) in caplog.text
    path.unlink()
    assert "休暇" in expanded(synonyms, "休み")["base"]
    assert "cannot be read" in synonyms.problem
    write(tmp_path, "休暇,お休み\n")
    assert expanded(synonyms, "お休み")["base"]["休暇"] == SYNONYM_WEIGHT
    assert synonyms.problem == ""


WRONG = [
    ("休暇\n", "line 1: '休暇' stands alone", "a word alone"),
    ("# 注\n休暇,,休み\n", "line 2: there is nothing between two commas", "an empty place"),
    ("休暇,ｷｭｳｶ\n休み,休み\n", "line 2: '休み' stands alone", "the same word twice"),
    (f"休暇,{'長' * 41}\n", "longer than 40 characters", "a sentence"),
    (b"\xff\xfe\x00\x81", "neither UTF-8 nor Shift_JIS", "no text"),
]


@pytest.mark.parametrize(("text", "message", "reason"), WRONG)
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, text: str | bytes, message: str, reason: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        SynonymFile(path)
    assert message in str(raised.value), reason
    assert str(path) in str(raised.value)


def test_a_file_of_shift_jis_and_one_that_is_not_there(tmp_path: Path) -> None:
    assert read_groups(write(tmp_path, "休暇,休み\r\n".encode("cp932")))["休暇"] == ("休み",)
    with pytest.raises(SettingsError, match=r"retrieval\.synonyms"):
        SynonymFile(tmp_path / "なし.txt")
