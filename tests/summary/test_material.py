"""Documents are cut into parts and sentences without losing a character of what is said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.summary.material import MAX_PART_CHARS, Kind, Material, cut_parts, prepare
from rag.text.analyzer import Analyzer, load_analyzer
from rag.types import Document
from tests.summary.conftest import make_document

LINES = st.lists(
    st.sampled_from(["", "# 見出し", "申請は前日まで。次に進む。", "・項目", "1234", "　", "表: 値 / 列: 2"]),
    min_size=1,
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(LINES)
def test_parts_tile_the_text_and_sentences_are_spans_of_it(lines: list[str]):
    text = "\n".join([*lines, "終わりの文です。"])
    document = make_document(text)
    material = prepare(document, load_analyzer())
    assert "".join(document.text[p.start : p.end] for p in material.parts) == document.text
    for sentence in material.sentences:
        assert document.text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        part = material.parts[sentence.part]
        assert part.start <= sentence.start < part.end
    starts = [sentence.start for sentence in material.sentences]
    assert starts == sorted(starts)
    assert [sentence.number for sentence in material.sentences] == list(range(len(starts)))


def test_kinds_come_from_sections_and_annotations(analyzer: Analyzer):
    document = make_document(
        "# 規程\n\n本文です。\n\n| 区分 | 額 |\n|---|---|\n| 甲 | 1円 |\n| 乙 | 2円 |\n\n```\ncode()\n```\n"
    )
    kinds = {sentence.text: sentence.kind for sentence in prepare(document, analyzer).sentences}
    assert kinds["規程"] is Kind.HEADING
    assert kinds["本文です。"] is Kind.PROSE
    assert kinds["区分: 甲 / 額: 1円"] is Kind.ROW
    assert kinds["code()"] is Kind.CODE


def test_headings_with_a_wide_blank_are_headings(rules: Material):
    kinds = {sentence.text: sentence.kind for sentence in rules.sentences}
    assert kinds["第1章　総則"] is Kind.HEADING
    assert kinds["（目的）"] is Kind.HEADING


def test_a_long_text_without_headings_is_cut_at_lines():
    text = "\n".join(["長い話の一行がここにあります。"] * 3_000)
    parts = cut_parts(Document("d", "/話.txt", "c", "話", text))
    assert len(parts) > 3
    assert all(part.num_chars <= MAX_PART_CHARS for part in parts)
    assert all(text[part.end - 1] == "\n" for part in parts[:-1])
    assert parts[0].title == f"話 (1/{len(parts)})"


def test_a_long_line_is_cut_all_the_same():
    text = "あ" * (MAX_PART_CHARS * 2 + 5)
    parts = cut_parts(Document("d", "/話.txt", "c", "話", text))
    assert "".join(text[p.start : p.end] for p in parts) == text
