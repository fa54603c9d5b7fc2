"""Furigana: alignment, numbers, context, sources, and the sample documents that a person checked."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import build_document
from ingest.readers.registry import read
from rag.errors import SettingsError
from rag.learner.align import align
from rag.learner.comparison import Reading, compare_readings
from rag.learner.furigana import FuriganaReader, ReadingSource, Ruby
from rag.learner.kana import romaji_to_hiragana
from rag.learner.numbers import read_counted, read_number, read_numeral
from rag.learner.render import render, show_above
from rag.learner.tables import read_rows
from rag.learner.words import reading_of
from rag.text.analyzer import MecabAnalyzer, load_analyzer
from rag.types import Annotation

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
HARD = [line.split("\t") for line in (GOLDEN / "furigana_hard.tsv").read_text("utf-8").splitlines()[1:]]

ALIGNMENTS = [
    ("食べ物", "タベモノ", [(0, 1, "た"), (2, 3, "もの")], "kana between kanji"),
    ("取り扱い", "トリアツカイ", [(0, 1, "と"), (2, 3, "あつか")], "kana at the end too"),
    ("お父さん", "オトウサン", [(1, 2, "とう")], "kana before and behind"),
    ("言ふ", "イウ", [(0, 1, "い")], "old spelling, modern reading"),
    ("一ヶ月", "イッカゲツ", [(0, 3, "いっかげつ")], "ヶ between kanji is read with them"),
    ("日々", "ヒビ", [(0, 2, "ひび")], "々 is a kanji here"),
    ("ひらがな", "ヒラガナ", [], "no kanji, no ruby"),
    ("今日", "", [], "no reading, no ruby"),
    ("可笑しい", "オカシナ", [(0, 4, "おかしな")], "kana that do not stand in the reading: as one"),
    ("申込み", "モウシコミ", [(0, 2, "もうしこ")], "two kanji share"),
]


@pytest.mark.parametrize(("surface", "reading", "pieces", "why"), ALIGNMENTS, ids=[a[3] for a in ALIGNMENTS])
def test_readings_are_aligned_to_their_kanji(surface: str, reading: str, pieces: list[tuple], why: str):
    assert [tuple(piece) for piece in align(surface, reading)] == pieces


NUMBERS = [
    (0, "れい"), (10, "じゅう"), (300, "さんびゃく"), (600, "ろっぴゃく"), (888, "はっぴゃくはちじゅうはち"),
    (1_000, "せん"), (3_000, "さんぜん"), (8_000, "はっせん"), (10_000, "いちまん"),
    (10_000_000, "いっせんまん"), (10**8, "いちおく"), (8 * 10**12, "はっちょう"), (10**16, ""), (-1, ""),
]  # fmt: skip


@pytest.mark.parametrize(("value", "reading"), NUMBERS)
def test_numbers(value: int, reading: str):
    assert read_number(value) == reading


NUMERALS = [
    ("1,000", "せん"), ("二〇二四", "にせんにじゅうよん"), ("3.5", "さんてんご"), ("1.5万", "いってんごまん"),
    ("何十", "なんじゅう"), ("何百", "なんびゃく"), ("数千", "すうせん"), ("一二.x", ""), ("abc", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "reading"), NUMERALS)
def test_numerals(written: str, reading: str):
    assert read_numeral(written) == reading


def test_an_unknown_counter_is_nothing():
    assert read_counted("三", "銀河") is None


@pytest.mark.parametrize(("sentence", "word", "reading", "why"), HARD, ids=[f"{h[1]}: {h[3]}" for h in HARD])
def test_hard_cases(reader: FuriganaReader, sentence: str, word: str, reading: str, why: str):
    assert reading_of(word, sentence.rindex(word), reader.read(sentence)) == reading


def test_there_are_a_hundred_hard_cases_each_with_its_reason():
    assert len(HARD) >= 100
    assert all(why for *_, why in HARD)


def gold(path: Path) -> tuple[str, tuple[Annotation, ...], list[Reading]]:
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    name, _, rest = head.removeprefix("# ").partition(":")
    built = build_document(
        read((ROOT / "data" / "sample" / name).read_bytes(), name),
        source=name, collection="", sha256="", size_bytes=0,
    )  # fmt: skip
    document = built.document
    assert hashlib.sha256(document.text.encode()).hexdigest() == rest.split()[-1], f"{name} has changed"
    cells = (row.split("\t") for row in rows)
    return document.text, document.annotations, [Reading(int(p), int(p) + len(b), r) for p, b, r in cells]


def test_the_sample_documents_are_read_right(reader: FuriganaReader):
    num_right = num_all = 0
    for path in sorted((GOLDEN / "furigana").glob("*.tsv")):
        text, annotations, expected = gold(path)
        num_right += compare_readings(text, expected, reader.read(text, annotations=annotations))[0]
        num_all += len(expected)
    assert num_all >= 3_000
    assert num_right / num_all >= 0.99


def test_ruby_of_the_source_comes_first(reader: FuriganaReader):
    text = "硝子の窓"
    found = reader.read(text, annotations=[Annotation("ruby", 0, 2, "ガラス"), Annotation("note", 3, 4)])
    assert [(r.start, r.end, r.reading, r.source) for r in found] == [
        (0, 2, "ガラス", ReadingSource.RUBY),
        (3, 4, "まど", ReadingSource.DICTIONARY),
    ]


def test_a_stored_analysis_is_taken(reader: FuriganaReader, analyzer: MecabAnalyzer):
    text = "三十分歩いて、会議室へ行った。"
    assert reader.read(text, analyzer.analyze(text)) == reader.read(text)


def test_doubtful_readings_name_the_others(reader: FuriganaReader):
    [today] = reader.read("今日は")
    assert (today.reading, today.others) == ("きょう", ("こんにち",))


def test_words_that_no_dictionary_knows_are_read_kanji_by_kanji(reader: FuriganaReader):
    text = "麤麤鸞鳳楼閣譚"
    assert all(r.reading for r in reader.read(text))


CODES = ["KA-200", "03-1234-5678", "ver2", "192.168.0.1"]


@pytest.mark.parametrize("code", CODES)
def test_digits_of_codes_after_letters_or_hyphens_are_not_read(reader: FuriganaReader, code: str):
    assert [r for r in reader.read(code) if r.start > 0] == []


TEXTS = st.text(alphabet="食べ物をお父さん一二三本日1,0ｶﾞ㈱々〇ヶ月。行った\n\u3099\U000e0100", max_size=40)


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_rubies_are_in_order_and_never_overlap(text: str):
    rubies = FuriganaReader(load_analyzer_once()).read(text)
    assert all(0 <= r.start < r.end <= len(text) and r.reading for r in rubies)
    assert all(one.end <= other.start for one, other in pairwise(rubies))
    bare = render(text, rubies, "brackets")
    for ruby in rubies:
        bare = bare.replace(f"({ruby.reading})", "", 1)
    assert bare == text


_ANALYZERS: list[MecabAnalyzer] = []


def load_analyzer_once() -> MecabAnalyzer:
    if not _ANALYZERS:
        _ANALYZERS.append(load_analyzer())
    return _ANALYZERS[0]


RUBY = [Ruby(0, 1, "た", ReadingSource.DICTIONARY), Ruby(2, 3, "もの", ReadingSource.DICTIONARY)]
STYLES = [
    (
        "html",
        "<ruby>食<rp>(</rp><rt>た</rt><rp>)</rp></ruby>べ"
        "<ruby>物<rp>(</rp><rt>もの</rt><rp>)</rp></ruby>&lt;b&gt;",
    ),
    ("aozora", "食《た》べ物《もの》<b>"),
    ("brackets", "食(た)べ物(もの)<b>"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "expected"), STYLES)
def test_styles(style: str, expected: str):
    assert render("食べ物<b>", RUBY, style) == expected  # type: ignore[arg-type]


def test_a_bar_says_where_the_base_begins():
    rubies = [Ruby(0, 2, "じょうほう", ReadingSource.DICTIONARY), Ruby(2, 3, "ぶ", ReadingSource.DICTIONARY)]
    assert render("情報部3本", [*rubies, Ruby(3, 4, "さん", ReadingSource.NUMBER)], "aozora") == (
        "情報《じょうほう》｜部《ぶ》｜3《さん》本"
    )


def test_only_kanji_above_a_school_year(reader: FuriganaReader):
    text = "山で1,000人が憂鬱になる"
    rubies = reader.read(text)
    shown = [text[r.start : r.end] for r in show_above(rubies, text, 1)]
    assert shown == ["憂鬱"]
    assert "1,000" in [text[r.start : r.end] for r in show_above(rubies, text, 0, digits=True)]
    assert "1,000" not in [text[r.start : r.end] for r in show_above(rubies, text, 0)]


ROMAJI = [
    ("kōen", "こうえん"), ("kouen", "こうえん"), ("gakkou", "がっこう"), ("shin'yō", "しんよう"),
    ("matcha", "まっちゃ"), ("Shimbun", "しんぶん"), ("tsukue", "つくえ"), ("jisho", "じしょ"),
    ("hon", "ほん"), ("xyz", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("romaji", "kana"), ROMAJI)
def test_romaji(romaji: str, kana: str | None):
    assert romaji_to_hiragana(romaji) == kana


def test_readings_that_differ_are_told():
    rubies = [Ruby(0, 2, "いちば", ReadingSource.RULE), Ruby(3, 4, "ひと", ReadingSource.DICTIONARY)]
    right, differences = compare_readings(
        "市場の人", [Reading(0, 2, "しじょう"), Reading(3, 4, "ひと")], rubies
    )
    assert (right, [tuple(one) for one in differences]) == (1, [(0, 2, "しじょう", "いちば")])


def test_a_table_with_too_many_cells_names_the_line(tmp_path: Path):
    (tmp_path / "表.tsv").write_text("# 説明\nあ\tい\nあ\tい\tう\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 3: 3 cells instead of 2"):
        list(read_rows(tmp_path / "表.tsv", 2))
    with pytest.raises(SettingsError, match="cannot be read"):
        list(read_rows(tmp_path / "ない.tsv", 2))
