"""Terms of questions: that they agree with the index in every class of terms, and what they guess beyond."""

from __future__ import annotations

import pytest

from rag.text.analyzer import load_analyzer
from rag.text.query_terms import WeightedTerms, query_terms
from rag.text.terms import Terms, index_terms, pairs_within

ANALYZER = load_analyzer()
EMPTY = ("", ANALYZER.analyze(""))


def indexed(text: str) -> Terms:
    return index_terms(text, ANALYZER.analyze(text), *EMPTY, *EMPTY)


def asked(text: str) -> WeightedTerms:
    return query_terms(text, ANALYZER.analyze(text), ANALYZER)


CLASSES = [
    # class of terms, field, the same in two spellings, the term that both have
    ("noun", "base", "有給休暇", "有給と休暇", "有給"),
    ("verb", "base", "申し込んだ人", "申し込めば", "申し込む"),
    ("adjective", "base", "高ければ", "高くない", "高い"),
    ("adjectival noun", "base", "便利な機能", "便利に", "便利"),
    ("adverb", "base", "必ず守る", "必ず", "必ず"),
    ("suffix", "base", "申請書", "報告書", "書"),
    ("prefix", "base", "再発行", "再発行とは", "再"),
    ("number", "base", "三十五万", "350,000", "350000"),
    ("number with its counter", "base", "三か月", "3ヶ月", "3箇月"),
    ("percentage", "base", "１０％", "10パーセントは10%", "10%"),
    ("code", "base", "ＡＢＣ－１２３／４５", "abc-123/45", "abc-123/45"),
    ("address", "base", "Info@Example.jp", "info@example.jp", "info@example.jp"),
    ("version", "base", "３．１１", "3.11", "3.11"),
    ("day", "base", "令和6年4月1日", "2024/04/01", "d:2024-04-01"),
    ("month", "base", "令和6年4月1日", "2024年4月", "d:2024-04"),
    ("year", "base", "昭和39年", "1964年", "y:1964"),
    ("fiscal year", "base", "令和6年度", "2024年度", "fy:2024"),
    ("Latin word", "base", "ＬＩＮＥ", "line", "line"),
    ("word that no dictionary has", "base", "ヌクモリポット", "ﾇｸﾓﾘﾎﾟｯﾄ", "ヌクモリポット"),
    ("pair of characters", "bigram", "経費精算", "費精", "費精"),
    ("single character", "bigram", "犬、猫", "猫", "猫"),
    ("lemma of a noun", "lemma", "引越し", "引っ越し", "引っ越し"),
    ("lemma of a verb", "lemma", "申込んだ", "申し込む", "申し込む"),
    ("reading", "reading", "経費", "けいひ", "ケイヒ"),
    ("reading in katakana", "reading", "事業", "ジギョウ", "ジギョウ"),
]


@pytest.mark.parametrize(("kind", "field", "text", "question", "term"), CLASSES)
def test_index_and_question_agree(kind: str, field: str, text: str, question: str, term: str) -> None:
    assert term in indexed(text)[field], kind
    assert term in asked(question)[field], kind
    assert indexed(question)[field].keys() <= asked(question)[field].keys(), "a text finds itself"


GUESSED = [
    ("reading", "けんこうしんだん", "ケンコウ", "a piece of a run that MeCab cuts at random"),
    ("reading", "けんこうしんだんの結果", "シンダン", "also beside kanji"),
    ("reading", "ぼき", "ボキ", "two kana alone"),
    ("reading", "keihi", "ケイヒ", "romaji"),
    ("reading", "yūkyū", "ユウキュウ", "with macrons"),
    ("lemma", "moushikomu", "申し込む", "a verb in romaji"),
    ("lemma", "申込", "申し込む", "the verb of a noun"),
    ("lemma", "受け付ける", "受け付け", "the noun of a verb"),
    ("lemma", "届出", "届け出る", "of a noun in 出"),
    ("lemma", "振り込む", "振り込み", "another noun"),
]


@pytest.mark.parametrize(("field", "question", "term", "reason"), GUESSED)
def test_what_a_question_guesses(field: str, question: str, term: str, reason: str) -> None:
    assert term in asked(question)[field], reason


def test_weights_say_how_sure_a_term_is() -> None:
    terms = asked("12,000円の請求")
    assert terms["base"]["12000円"] > terms["base"]["請求"], "a number with its counter means itself"
    assert terms["bigram"]["00"] < terms["bigram"]["請求"], "a pair of digits stands anywhere"
    readings = asked("けんこうしんだん")["reading"]
    assert readings["ケンコウ"] > readings["ケンコ"], "longer readings hardly agree by chance"
    assert readings["ケンコウ"] > asked("けんこうの話題")["reading"]["ケンコウ"], (
        "beside kanji kana are mostly grammar"
    )
    assert asked("けんこう")["bigram"]["けん"] < asked("けんこうの話題")["bigram"]["けん"]


def test_without_an_analyzer_romaji_is_left_alone() -> None:
    assert query_terms("keihi", ANALYZER.analyze("keihi"))["reading"] == {}


def test_long_runs_of_kana_have_a_bounded_number_of_guesses() -> None:
    assert len(asked("けんこうしんだん" * 200)["reading"]) < 1_000


PAIRS = [
    ("有給休暇", ["有給", "給休", "休暇"], "a run"),
    ("a-1型の", ["1型", "型の"], "at the edge a character may be part of a longer run"),
    ("第1-a-2条", ["第1", "a", "2条"], "between signs it stands alone"),
    ("犬", [], "nothing is sure of a single character"),
    ("。、", [], "nor of signs"),
]


@pytest.mark.parametrize(("phrase", "pairs", "reason"), PAIRS)
def test_every_text_with_a_phrase_has_its_pairs(phrase: str, pairs: list[str], reason: str) -> None:
    assert pairs_within(phrase) == pairs, reason
    assert set(pairs) <= indexed(f"型番{phrase}番")["bigram"].keys()
