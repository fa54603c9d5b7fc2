"""Gold sentences are found in texts that were read, whatever markup stood around them in the file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.spans import bare_sentence, find_sentence, make_bare

TEXT = (
    "第1章 総則\nこの規程は、社員の出張について定めます。\n詳しくは 設定の手引き を開いてください。\n"
    "費用は一万円まで支給する。上限を超えるときは、部長の承認を得る。\n"
    "見出し: 旅費; 上限: １２，０００円\n"
)

CASES = [
    pytest.param("費用は一万円まで支給する。", "費用は一万円まで支給する", id="as it stands"),
    pytest.param("費用は**一万円**まで`支給`する。", "費用は一万円まで支給する", id="emphasis of Markdown"),
    pytest.param(
        "詳しくは [設定の手引き](https://example.jp/a.md) を開いてください。",
        "詳しくは 設定の手引き を開いてください",
        id="the target of a link is not text",
    ),
    pytest.param(
        "詳しくは [設定の手引き][guide] を<br>開いてください。",
        "詳しくは 設定の手引き を開いてください",
        id="reference and tag",
    ),
    pytest.param("社員《しゃいん》の出張について", "社員の出張について", id="ruby of Aozora texts"),
    pytest.param("上限: 12,000円", "上限: １２，０００円", id="full width against half width"),
    pytest.param(
        "この規程は、\n社員の出張に　ついて",
        "この規程は、社員の出張について",
        id="white space does not count",
    ),
]


@pytest.mark.parametrize(("sentence", "expected"), CASES)
def test_sentences_are_found_through_markup(sentence: str, expected: str):
    found = find_sentence(make_bare(TEXT), sentence)
    assert [TEXT[span.start : span.end] for span in found] == [expected]


def test_a_sentence_that_was_changed_a_little_is_found_where_most_of_it_stands():
    """A note in the middle was taken out while reading."""
    gold = "費用は一万円まで支給する（消費税を含む）。上限を超えるときは、部長の承認を得る。"
    (found,) = find_sentence(make_bare(TEXT), gold)
    assert TEXT[found.start : found.end] == "費用は一万円まで支給する。上限を超えるときは、部長の承認を得る"


def test_words_strewn_over_a_long_text_are_no_sentence():
    """Every trigram stands somewhere, but never near the others."""
    gold = "費用は一万円まで支給する。上限を超えるときは、部長の承認を得る。"
    pieces = [gold[place : place + 4] for place in range(0, len(gold), 2)]
    filling = "これとは関わりのない長い文がここに続きます。"
    strewn = filling.join(pieces)
    assert find_sentence(make_bare(strewn), gold) == []
    changed = gold.replace("まで", "を限度に")
    (found,) = find_sentence(make_bare(f"{strewn}\n{changed}\n{filling}"), gold)
    assert found.start == len(strewn) + 1


@pytest.mark.parametrize("sentence", ["", "。、", "休職の期間は一年とする。", "鍵"])
def test_what_does_not_stand_there_is_not_found(sentence: str):
    assert find_sentence(make_bare(TEXT), sentence) == []


def test_every_occurrence_is_found():
    text = "休暇は年20日とする。\n附則\n休暇は年20日とする。"
    assert [span.start for span in find_sentence(make_bare(text), "休暇は年20日とする。")] == [0, 15]


def test_places_lead_back_through_folding():
    """㍻ folds to two characters, and the span still ends where the original does."""
    text = "序 ㍻三十年にﾃﾞｰﾀを移した。"
    (found,) = find_sentence(make_bare(text), "平成三十年にデータを移した")
    assert text[found.start : found.end] == "㍻三十年にﾃﾞｰﾀを移した"


# No marks that combine: a piece that begins with one is no piece of what was written.
@given(st.text(alphabet="あいう漢字Ａ1ｶガ㈱。 \n", min_size=1, max_size=40), st.data())
@settings(derandomize=True, deadline=None, max_examples=100)
def test_any_piece_of_a_text_is_found_in_it(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]
    if wanted := bare_sentence(piece):
        spans = find_sentence(make_bare(text), piece)
        assert spans
        assert all(bare_sentence(text[span.start : span.end]).find(wanted) >= 0 for span in spans)
