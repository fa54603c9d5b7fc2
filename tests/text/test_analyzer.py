"""MeCab with offsets into the text that people read."""

from rag.text.analyzer import Analysis, load_analyzer

ANALYZER = load_analyzer()


def test_words_have_the_offsets_of_the_text():
    text = "㈱ﾃﾞｰﾀへ\x00申し込んだ\ud800葛󠄀飾"
    words = [(text[m.start : m.end], m.feature.base) for m in ANALYZER.analyze(text).morphemes()]
    assert ("ﾃﾞｰﾀ", "データ") in words
    assert ("申し込ん", "申し込む") in words
    assert words[-1] == ("葛󠄀飾", "葛飾")


def test_bytes_give_back_the_analysis():
    analysis = ANALYZER.analyze("㈱データへ申し込んだ。")
    assert Analysis.from_bytes(analysis.to_bytes()) == analysis
