"""ROUGE over MeCab's words, against the package that everybody measures with."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.rouge import longest_common, mean_rouge, rouge, words_of
from rag.text.analyzer import load_analyzer

rouge_scorer = pytest.importorskip("rouge_score.rouge_scorer", reason="rouge-score is not installed")

PAIRS = [
    ("大規模言語モデルの忠実性を改善する。", "大規模言語モデルによる自己説明の忠実性は改善するか？"),
    ("有給休暇は、２０日です。", "有給休暇は20日間与えます。"),
    ("まったく違う文。", "別の話をしている"),
    ("同じ文です。", "同じ文です。"),
    ("。", "本文です。"),
    ("の の の は", "の は の"),
]


class Words:
    """What rouge-score calls a tokenizer, over the same words."""

    def tokenize(self, text: str) -> list[str]:
        return list(words_of(text, load_analyzer()))


@pytest.mark.parametrize(("summary", "reference"), PAIRS)
def test_the_figures_are_those_of_rouge_score(summary: str, reference: str):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=Words())
    theirs = scorer.score(reference, summary)
    ours = rouge(words_of(summary, load_analyzer()), words_of(reference, load_analyzer()))
    expected = [theirs[name].fmeasure for name in ("rouge1", "rouge2", "rougeL")]
    assert list(ours) == pytest.approx(expected)


def test_words_are_folded_and_signs_do_not_count():
    assert words_of("ＡＩは、２０日。", load_analyzer()) == ("ai", "は", "20", "日")


def test_the_mean_of_no_pairs_is_zero():
    assert mean_rouge([]) == (0.0, 0.0, 0.0)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_the_longest_common_subsequence_is_that_of_the_textbook(first: list[str], second: list[str]):
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    assert longest_common(first, second) == table[-1][-1]
