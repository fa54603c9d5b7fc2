"""Chunks: spans that follow sentences, rows and headings, and lose nothing."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk_document
from ingest.place import join_cells
from rag.embedding.base import chunk_context
from rag.types import Annotation, Box, Chunk, Document, Locator, Section, Span


def document_of(*lines: str, rows: bool = False) -> Document:
    """A document of lines: 「# 見出し」 is a heading by its marks; with ``rows`` 「|…」 is a table row."""
    text, starts, annotations = "", [], []
    for line in lines:
        level = len(line) - len(line.lstrip("#"))
        shown = line.lstrip("#| ")
        if level:
            starts.append((level, shown, len(text)))
        if line.startswith("|") and rows:
            annotations.append(Annotation("table-row", len(text), len(text) + len(shown)))
        text += shown + "\n"
    return Document(
        id="d",
        source="/資料/規程.md",
        collection="default",
        title="規程",
        text=text,
        sections=tuple(sections_of(starts, len(text))),
        annotations=tuple(annotations),
    )


def sections_of(starts: list[tuple[int, str, int]], length: int) -> list[Section]:
    sections: list[Section] = []
    path: dict[int, str] = {}
    for index, (level, title, start) in enumerate(starts):
        end = next((later for deeper, _, later in starts[index + 1 :] if deeper <= level), length)
        path = {above: name for above, name in path.items() if above < level} | {level: title}
        sections.append(Section(level, title, start, end, tuple(path.values())))
    return sections


def sentences_of(text: str) -> list[Span]:
    """Cut behind 。 and at line ends: enough here, where the chunker is tested and not the splitter."""
    return [Span(*match.span()) for match in re.finditer(r"[^。\n]*[。\n]+|[^。\n]+", text)]


def chunks_of(document: Document, max_chars: int = 100) -> list[Chunk]:
    return chunk_document(document, sentences_of(document.text), max_chars)


def sentence(length: int, character: str = "あ") -> str:
    return character * (length - 1) + "。"


CUTS = [
    ("one short text is one chunk", ["年次有給休暇は20日とする。"], ["年次有給休暇は20日とする。"]),
    ("nothing but blanks is no chunk", ["  ", "\u3000"], []),
    ("blanks at both ends are not part of a chunk", ["  始まり。  "], ["始まり。"]),
    (
        "packed evenly, not full and a rest",
        [sentence(30, c) for c in "あいうえ"],
        [sentence(30, "あ") + "\n" + sentence(30, "い"), sentence(30, "う") + "\n" + sentence(30, "え")],
    ),
    ("a sentence longer than the chunk stays whole", [sentence(250)], [sentence(250)]),
    (
        "a heading of the same level is a border, however much room is left",
        ["## 第20条", sentence(30), "## 第21条", sentence(30, "い")],
        ["第20条\n" + sentence(30), "第21条\n" + sentence(30, "い")],
    ),
    (
        "a heading of a higher level is a border",
        ["## 第20条", sentence(30), "# 第4章", sentence(30, "い")],
        ["第20条\n" + sentence(30), "第4章\n" + sentence(30, "い")],
    ),
    (
        "two tiny articles stand together",
        ["## 第5条", "削除。", "## 第6条", "削除。"],
        ["第5条\n削除。\n第6条\n削除。"],
    ),
    (
        "a heading alone goes with the deeper one below it",
        ["# 第3章 休暇", "## 第20条", sentence(60)],
        ["第3章 休暇\n第20条\n" + sentence(60)],
    ),
    (
        "a heading is not left alone before a long sentence",
        ["# 第3章", sentence(98)],
        ["第3章\n" + sentence(98)],
    ),
    (
        "a short introduction goes with the first section below it",
        ["# 休暇", "次のとおり。", "## 第20条", sentence(60), "## 第21条", sentence(60, "い")],
        ["休暇\n次のとおり。\n第20条\n" + sentence(60), "第21条\n" + sentence(60, "い")],
    ),
    (
        "a heading at the very end is kept",
        [sentence(99), "# 附則"],
        [sentence(99), "附則"],
    ),
]


@pytest.mark.parametrize(("lines", "expected"), [case[1:] for case in CUTS], ids=[case[0] for case in CUTS])
def test_cuts(lines: list[str], expected: list[str]):
    assert [chunk.text for chunk in chunks_of(document_of(*lines))] == expected


PATHS = [
    ("the article, not the chapter whose heading it carries along", 0, ("第3章", "第20条")),
    ("the chapter for two tiny articles of it", 1, ("第3章",)),
    ("a later piece of a long article", 3, ("第4章",)),
]


@pytest.mark.parametrize(("position", "path"), [case[1:] for case in PATHS], ids=[case[0] for case in PATHS])
def test_heading_path(position: int, path: tuple[str, ...]):
    document = document_of(
        *["# 第3章", "## 第20条", sentence(70), "## 第21条", "削除。", "## 第22条", "削除。"],
        *["# 第4章", *(sentence(70) for _ in range(3))],
    )
    assert chunks_of(document)[position].heading_path == path


def test_a_text_before_the_first_heading_has_no_path():
    assert chunks_of(document_of(sentence(90), "# 章", sentence(90)))[0].heading_path == ()


def test_rows_are_not_torn():
    rows = [f"|品名: 品{n}。単価: {n}00円。備考: なし。" for n in range(12)]
    chunks = chunks_of(document_of(*rows, rows=True), max_chars=60)
    assert len(chunks) > 3
    assert all(chunk.text.startswith("品名") and chunk.text.endswith("なし。") for chunk in chunks)


def test_a_row_longer_than_a_chunk_is_cut_at_its_sentences():
    chunks = chunks_of(document_of("|" + sentence(60) + sentence(60) + sentence(60), rows=True))
    assert [len(chunk.text) for chunk in chunks] == [60, 60, 60]


def test_a_section_inside_a_sentence_cuts_it():
    document = replace(document_of("前書き本文。"), sections=(Section(1, "本文。", 3, 7, ("本文。",)),))
    [chunk] = chunk_document(document, [Span(0, 7)], 100)
    assert chunk.sentences == (Span(0, 3), Span(3, 6))


PLACES = [
    ("no locators, no place", (), None),
    ("locators elsewhere, no place", (Locator(500, 600, page=3),), None),
    ("the page of its beginning", (Locator(0, 5, page=2), Locator(5, 50, page=3)), Locator(0, 11, page=2)),
    (
        "first to last line",
        (Locator(0, 5, lines=(3, 3)), Locator(5, 9, lines=(4, 6))),
        Locator(0, 11, lines=(3, 6)),
    ),
    (
        "boxes of that page alone, each once",
        (
            Locator(0, 5, page=1, boxes=(Box(0, 0, 9, 9),)),
            Locator(5, 7, page=1, boxes=(Box(0, 0, 9, 9), Box(0, 9, 9, 18))),
            Locator(7, 11, page=2, boxes=(Box(1, 1, 2, 2),)),
        ),
        Locator(0, 11, page=1, boxes=(Box(0, 0, 9, 9), Box(0, 9, 9, 18))),
    ),
    (
        "cells around all rows of the sheet",
        (Locator(0, 5, sheet="経費", cells="B4:D4"), Locator(5, 11, sheet="経費", cells="C5:AA5")),
        Locator(0, 11, sheet="経費", cells="B4:AA5"),
    ),
]


@pytest.mark.parametrize(
    ("locators", "place"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
def test_place(locators: tuple[Locator, ...], place: Locator | None):
    document = replace(document_of("一行目です。二行目。"), locators=locators)
    [chunk] = chunks_of(replace(document, text="一行目です。二行目です。"[:11]))
    assert chunk.locator == place


CELLS = [
    ("none", [], None),
    ("one cell", ["B4"], "B4"),
    ("the same cell twice", ["B4", "B4"], "B4"),
    ("Z stands before AA", ["Z1", "AA1"], "Z1:AA1"),
    ("a notation that is not ours", ["R1C1", "B4"], "R1C1"),
]


@pytest.mark.parametrize(("ranges", "joined"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_join_cells(ranges: list[str], joined: str | None):
    assert join_cells(ranges) == joined


def test_context_tells_title_and_headings():
    document = document_of("# 規程", "## 第3章 休暇", sentence(90))
    [chunk] = chunks_of(document)
    assert chunk_context(document, chunk) == ("規程", "第3章 休暇")


LINES = st.lists(
    st.one_of(
        st.text(alphabet="あ漢A1。 \u3000", max_size=60),
        st.builds(
            lambda level, title: "#" * level + " " + title,
            st.integers(1, 4),
            st.text("章条節", min_size=1, max_size=8),
        ),
        st.text(alphabet="値。: ", min_size=1, max_size=80).map(lambda cell: "|" + cell),
    ),
    max_size=25,
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(lines=LINES, max_chars=st.integers(20, 120))
def test_chunks_are_ordered_spans_that_hold_every_visible_character(lines: list[str], max_chars: int):
    document = document_of(*lines, rows=True)
    chunks = chunks_of(document, max_chars)
    covered = "".join(chunk.text for chunk in chunks)
    assert "".join(covered.split()) == "".join(document.text.split())
    for earlier, later in pairwise(chunks):
        assert earlier.end <= later.start
    for position, chunk in enumerate(chunks):
        assert chunk.position == position
        assert chunk.text == document.text[chunk.start : chunk.end] == chunk.text.strip()
        assert [chunk.start, *(s.end for s in chunk.sentences)] == [
            *(s.start for s in chunk.sentences),
            chunk.end,
        ]
        assert all(s.start < s.end for s in chunk.sentences)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(lines=LINES, max_chars=st.integers(20, 120))
def test_a_chunk_is_longer_than_allowed_only_for_one_sentence_under_its_headings(
    lines: list[str], max_chars: int
):
    document = document_of(*lines, rows=True)
    titles = {section.start for section in document.sections}
    rows = {note.start: note.end for note in document.annotations}
    for chunk in chunks_of(document, max_chars):
        body = [
            s for s in chunk.sentences if s.start not in titles and document.text[s.start : s.end].strip()
        ]
        if len(chunk.text) > max_chars and len(body) > 1:
            assert rows[body[0].start] + 1 >= body[-1].end
