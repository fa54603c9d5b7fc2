"""Surroundings of a quotation: where they are cut, and that nothing is changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.types import Span
from ui.page.excerpt import Excerpt, surroundings

CASES = [
    ("甲。乙。丙。", "乙。", 3, Excerpt("甲。", "乙。", "丙。"), "all of it fits"),
    (
        "前文。甲。乙。丙。後文。",
        "乙。",
        3,
        Excerpt("甲。", "乙。", "丙。", True, True),
        "cut at the full stop",
    ),
    (
        "長い長い甲。乙。丙丙丙丙。",
        "乙。",
        3,
        Excerpt("い甲。", "乙。", "丙丙丙", True, True),
        "no border near",
    ),
    ("一\n二。三", "二。", 9, Excerpt("一\n", "二。", "三"), "a line break is kept"),
    (
        "一。\n\n「二。」三。四",
        "三。",
        5,
        Excerpt("「二。」", "三。", "四", True),
        "a border after the bracket",
    ),
    ("見出し\n\n本文。", "見出し", 2, Excerpt("", "見出し", "", False, True), "line breaks at the rim go"),
    ("甲。乙。丙。", "乙。", 0, Excerpt("", "乙。", "", True, True), "radius 0 leaves the quotation"),
    ("乙。", "乙。", 300, Excerpt("", "乙。", ""), "the whole document"),
]


@pytest.mark.parametrize(("text", "quote", "radius", "excerpt", "reason"), CASES)
def test_cut(text: str, quote: str, radius: int, excerpt: Excerpt, reason: str) -> None:
    start = text.index(quote)
    assert surroundings(text, Span(start, start + len(quote)), radius) == excerpt, reason


def test_short_lines_are_limited_as_well() -> None:
    text = "\n".join(f"{number}　項目" for number in range(20))
    excerpt = surroundings(text, Span(text.index("9　"), text.index("10")), max_lines=2)
    assert (excerpt.before, excerpt.after) == ("7　項目\n8　項目\n", "10　項目\n11　項目\n12　項目")
    assert (excerpt.cut_before, excerpt.cut_after) == (True, True)


@given(st.text(alphabet="甲乙丙。！」\n 　a", max_size=120), st.data())
@settings(derandomize=True, deadline=None, max_examples=200)
def test_an_excerpt_is_a_span_of_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    radius = data.draw(st.integers(0, 40))
    excerpt = surroundings(text, Span(start, end), radius)
    assert excerpt.quote == text[start:end]
    assert text[start - len(excerpt.before) : end + len(excerpt.after)] == (
        excerpt.before + excerpt.quote + excerpt.after
    )
    assert max(len(excerpt.before), len(excerpt.after)) <= radius
    assert excerpt.cut_before or not text[:start].removesuffix(excerpt.before).strip("\n")
    assert excerpt.cut_after or not text[end:].removeprefix(excerpt.after).strip("\n")
