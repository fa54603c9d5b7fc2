"""Index terms: what two spellings have in common, and that index and query cannot disagree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.analyzer import load_analyzer
from rag.text.query_terms import WeightedTerms, query_terms
from rag.text.terms import CONTEXT_FIELDS, Terms, index_terms

ANALYZER = load_analyzer()


def _indexed(body: str, title: str = "", heading: str = "") -> Terms:
    return index_terms(
        body, ANALYZER.analyze(body), title, ANALYZER.analyze(title), heading, ANALYZER.analyze(heading)
    )


def _asked(text: str) -> WeightedTerms:
    return query_terms(text, ANALYZER.analyze(text), ANALYZER)


FOUND = [
    ("base", "経費を申し込んだ", "申し込む", "申し込む", "an inflected verb"),
    ("base", "ﾃﾞｰﾀを送る", "データ", "データ", "half-width katakana"),
    ("base", "髙﨑支店", "高崎", "高崎", "variants in names"),
    ("base", "WINDOWSの設定", "Windowsとは", "windows", "capitals"),
    ("base", "三十五万円", "350,000円", "350000", "a number in kanji and in digits"),
    ("base", "３５万円まで", "350000円", "350000円", "with its counter"),
    ("base", "第三条", "第3条とは", "3条", "an article"),
    ("base", "3ヶ月以内", "３か月", "3箇月", "four spellings of a counter"),
    ("base", "二十才", "20歳", "20歳", "two spellings of another"),
    ("base", "第二項", "2項", "2項", "a noun that UniDic does not call a counter"),
    ("base", "１０％引き", "10%", "10%", "a sign"),
    ("base", "時速５ｋｍ", "5km", "5km", "a unit in letters"),
    ("base", "1,234,567人", "１２３４５６７", "1234567", "thousands"),
    ("base", "型番ABC-123/45です", "abc-123/45", "abc-123/45", "a code as a whole"),
    ("base", "型番ABC-123/45です", "ABC", "abc", "a code in part"),
    ("base", "ＩＳＯ９００１認証", "ISO9001", "iso9001", "a code of letters and digits"),
    ("base", "C#で書く", "C#", "c#", "a language"),
    ("base", "Python 3.14で動く", "3.14", "3.14", "a version"),
    ("base", "口座007", "007", "007", "leading zeros are kept"),
    ("base", "令和6年4月1日施行", "2024/4/1", "d:2024-04-01", "two calendars"),
    ("base", "令和6年4月1日施行", "2024年4月", "d:2024-04", "the month of a day"),
    ("base", "R6.4.1", "二〇二四年", "y:2024", "the year of a day"),
    ("base", "令和6年度予算", "2024年度", "fy:2024", "a fiscal year"),
    ("bigram", "経費精算規程", "費精", "費精", "across words"),
    ("bigram", "犬。猫", "猫", "猫", "a character that stands alone"),
    ("lemma", "申込む", "申し込む", "申し込む", "two spellings of a verb"),
    ("lemma", "引越し", "引っ越し", "引っ越し", "two spellings of a noun"),
    ("lemma", "帰る", "返る", "返る", "a conflation of UniDic, which is why it is a field of its own"),
    ("reading", "経費精算", "けいひ", "ケイヒ", "a question in hiragana"),
    ("reading", "設置する", "せっちとは何ですか", "セッチ", "that MeCab cuts in two"),
    ("reading", "事業計画", "ジギョウ", "ジギョウ", "in katakana"),
    ("base", "本文", "就業規則", "就業", "a word of the title"),
    ("bigram", "本文", "年次有給休暇", "有給", "a pair of the heading"),
]


@pytest.mark.parametrize(("field", "text", "question", "term", "reason"), FOUND)
def test_what_question_and_text_share(field: str, text: str, question: str, term: str, reason: str):
    indexed = _indexed(text, title="就業規則", heading="第三章 年次有給休暇")
    assert term in indexed[field], reason
    assert term in _asked(question)[field], reason


LEFT_OUT = [
    ("base", "していることがある", "こと", "a formal noun"),
    ("base", "どこで申請しますか", "どこ", "a question word"),
    ("base", "犬である", "ある", "an auxiliary verb"),
    ("base", "犬が", "が", "a particle"),
    ("base", "三重県の一般", "3", "numerals in words are no numbers"),
    ("base", "1,23", "123", "a comma that groups nothing"),
    ("base", "単語だけ word", "word ", "nothing ends in white space"),
    ("bigram", "犬。猫", "。猫", "punctuation has no pairs"),
    ("bigram", "犬 猫", "犬猫", "nor are there pairs across white space"),
    ("reading", "胃が痛い", "イ", "one kana would be everywhere"),
    ("reading", "申し込む", "モウシコム", "verbs are inflected: their reading is that of one form"),
]


@pytest.mark.parametrize(("field", "text", "term", "reason"), LEFT_OUT)
def test_what_is_left_out(field: str, text: str, term: str, reason: str):
    assert term not in _indexed(text)[field], reason


def test_terms_are_counted():
    assert _indexed("犬と犬と猫")["base"] == {"犬": 2, "猫": 1}


def test_every_field_is_there_even_without_text():
    assert set(_indexed("")) == {*_asked(""), *CONTEXT_FIELDS}
    assert not any(_indexed("").values())


def test_long_runs_of_digits_and_letters_are_no_terms():
    base = _indexed("9" * 100 + "円と" + "a1" * 100)["base"]
    assert all(len(term) <= 64 for term in base if not term.isalpha())


PIECES = st.sampled_from(
    [
        *"経費精算犬がを、。 \n\u3000・-/_.,１2a",
        "申し込んだ",
        "けいひ",
        "令和6年4月1日",
        "三十五万円",
        "ABC-12",
        "C++",
        "1,234",
        "ﾃﾞｰﾀ",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=2)), max_size=15).map("".join)


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_text_finds_itself(text: str):
    """Asked with its own words, a text has every term in every field; a question may guess more."""
    indexed, asked = _indexed(text), _asked(text)
    for field in ("base", "bigram", "lemma"):
        assert indexed[field].keys() <= asked[field].keys(), field
    for place in ("title", "heading"):
        around = _indexed("", **{place: text})
        assert all(around[field].keys() <= asked[field].keys() for field in ("base", "bigram", "lemma")), (
            place
        )
    assert indexed["base"].keys() == asked["base"].keys(), "and a question invents no words"


@given(st.text(alphabet="けいひせさんのほうカタナー", min_size=1, max_size=12))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_readings_of_words_in_kana_are_asked_as_they_are_indexed(text: str):
    assert set(_indexed(text)["reading"]) <= set(_asked(text)["reading"])


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_terms_hold_no_white_space_and_are_not_empty(text: str):
    for terms in (_indexed(text, title=text), _asked(text)):
        for field, counts in terms.items():
            assert all(term and not any(map(str.isspace, term)) for term in counts), field
            assert all(count > 0 for count in counts.values()), field
