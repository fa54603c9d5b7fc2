"""Which sentences read alone, and from where on."""

import pytest

from rag.summary.material import prepare
from rag.summary.standalone import announces, readable_span
from rag.text.analyzer import Analyzer
from tests.summary.conftest import make_document

CASES = [
    ("申請は前日までに所属長へ提出します。", "申請は前日までに所属長へ提出します。", "a whole sentence"),
    ("しかし、申請は前日までに提出します。", "申請は前日までに提出します。", "the connective goes"),
    ("また、さらに、申請は前日までに提出します。", "申請は前日までに提出します。", "two connectives go"),
    (
        "しかし近年の申請は電子的に行われる。",
        "近年の申請は電子的に行われる。",
        "a connective without a comma",
    ),
    ("それは前日までに提出します。", None, "a pronoun needs the sentence before"),
    ("その場所は本社の三階にあります。", None, "a demonstrative too"),
    ("彼は急いで駅へ向かって走った。", None, "so does 彼"),
    ("これまでの申請は紙で行われていた。", "これまでの申請は紙で行われていた。", "これまで is a time"),
    ("この規程は全社員に適用する。", "この規程は全社員に適用する。", "the document speaks of itself"),
    ("この人物は全社員に知られている。", None, "この points at somebody said before"),
    (
        "２　取引先との費用は契約で定める。",
        "取引先との費用は契約で定める。",
        "the number of a paragraph goes",
    ),
    ("第3条　費用は経済的な方法で支出する。", "費用は経済的な方法で支出する。", "so does an article's"),
    ("３　前2項の期限を過ぎた費用は支払わない。", None, "points back at other paragraphs"),
    (
        "この問題に対して，本研究では新しい手法を提案する．",
        "本研究では新しい手法を提案する．",
        "a hanging clause goes",
    ),
    ("別紙 様式の一覧表", None, "no predicate: a fragment"),
    ("交通費は実費を支給", "交通費は実費を支給", "体言止め says something"),
    ("「申請は前日までに行う。", None, "an open bracket: cut from something"),
    ("詳しくは社内ポータルの案内を参照してください。", None, "only points elsewhere"),
    ("概要図は、別紙の図をご参照ください。", None, "in whatever form"),
    ("import os; print(os.getcwd())です", None, "mostly code"),
    ("短い。", None, "too short to say anything"),
]


@pytest.mark.parametrize(("text", "expected", "_reason"), CASES, ids=[reason for *_, reason in CASES])
def test_what_can_be_read_alone(text: str, expected: str | None, _reason: str, analyzer: Analyzer):
    # A line before, so that the sentence is not the document's title.
    document = make_document(f"会議の記録を以下に示す。\n{text}", "文書.txt")
    material = prepare(document, analyzer)
    sentence = material.sentences[1]
    span = readable_span(sentence)
    shown = document.text[span.start : span.end] if span else None
    assert shown == expected


def test_sentences_that_only_announce_are_known():
    assert announces("手順は次のとおりです。")
    assert not announces("申請は前日までに行います。")
