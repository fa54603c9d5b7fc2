"""Whatever a rule looks like, what is known of its spans lies within it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.types.targets import Target
from tests.ingest.rule_text import rule

HEADS = "第一条　|第二条|第2条の3|（目的）|附則|附則第一条|第一章　総則|第二節|別表第一|様式第一号"
NAMES = "前条|次条|同条|前二条|前項|同項|前各号|次の各号|第二項|第三号|この章"
LAWS = "民法|同法|（昭和二十二年法律第四十九号）|及び|、|。"
LINES = "\n|\n２　|\n一　|\n(1) |\n①"
TERMS = "以下「甲」という。|（以下この条において「乙」という。）|「丙」とは、丁をいう。|甲|乙|丙"
DATES = "令和6年4月1日|から施行する|限り廃止する|公布の日から施行する|施行日：|この規程は、"
PIECES = st.sampled_from("|".join((HEADS, NAMES, LAWS, LINES, TERMS, DATES)).split("|"))


@settings(derandomize=True, deadline=None, max_examples=250)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_and_targets_lie_within_the_text(text: str) -> None:
    document = rule(f"第一条　始め。\n{text}")
    length = len(document.text)
    for one in document.annotations:
        assert 0 <= one.start < one.end <= length
        if one.kind in {"reference", "definition", "term"}:
            target = Target.from_value(one.value)
            assert target.label
            assert target.span is None or 0 <= target.span.start < target.span.end <= length
    begin, end = document.attributes.effective_from, document.attributes.effective_to
    assert begin is None or end is None or begin <= end


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_items_lie_in_paragraphs_and_these_in_articles(text: str) -> None:
    document = rule(f"第一条　始め。\n{text}")
    spans = {
        kind: [(one.start, one.end) for one in document.annotations if one.kind == kind]
        for kind in ("article", "paragraph", "item")
    }
    for start, end in spans["item"]:
        assert any(s <= start and end <= e for s, e in spans["article"] + spans["paragraph"])
    articles = sorted(spans["article"])
    assert all(left[1] <= right[0] for left, right in pairwise(articles))
