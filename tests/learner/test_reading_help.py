"""Words, levels, lookup, exercises, cards and plain rewriting."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.learner.exercises import GAP, make_exercises
from rag.learner.export import Card, export_cards
from rag.learner.furigana import FuriganaReader
from rag.learner.levels import (
    count_clauses,
    hardest_grade,
    is_within,
    kanji_grade,
    load_word_list,
    profile,
)  # fmt: skip
from rag.learner.library import read_library, read_text
from rag.learner.lookup import look_up
from rag.learner.ranking import within_level
from rag.learner.simplify import Simplifier, find_changes
from rag.learner.tables import load_table
from rag.learner.words import explain_words, load_glossary
from rag.store.base import Store
from rag.text.analyzer import MecabAnalyzer
from rag.types import EVERYTHING, Attributes, Chunk, DocumentInfo, Hit
from tests.fakes import ScriptedGenerator

ENTRIES = [
    {"level": "N5", "kanji": "犬", "kana": "いぬ", "gloss": "dog"},
    {"level": "N4", "kanji": "遊ぶ", "kana": "あそぶ", "gloss": "to play"},
    {"level": "N3", "kanji": "公園", "kana": "こうえん", "gloss": "park"},
    {"level": "N5", "kanji": "公園", "kana": "こうえん", "gloss": "(public) park"},
    {"level": "N1", "kanji": "憂鬱", "kana": "ゆううつ", "gloss": "gloom"},
    {"level": "N5", "kanji": None, "kana": "とても", "gloss": "very"},
]


@pytest.fixture
def word_list(tmp_path: Path) -> Path:
    path = tmp_path / "語.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(entry) for entry in ENTRIES).encode()))
    return path


def test_the_grades_are_those_of_the_ministry():
    sizes = {int(grade): len(line) for grade, line in load_table("kanji_grades.tsv", 2)}
    assert sizes == {1: 80, 2: 160, 3: 200, 4: 202, 5: 193, 6: 191, 7: 1_110}
    assert sum(size for grade, size in sizes.items() if grade < 7) == 1_026


GRADES = [
    ("一", 1),
    ("曜", 2),
    ("県", 3),
    ("阪", 4),
    ("囲", 5),
    ("恩", 6),
    ("鬱", 7),
    ("麤", 8),
    ("々", 1),
    ("あ", None),
]


@pytest.mark.parametrize(("kanji", "grade"), GRADES)
def test_kanji_have_grades(kanji: str, grade: int | None):
    assert kanji_grade(kanji) == grade


def test_the_hardest_kanji_decides():
    assert (hardest_grade("大阪"), hardest_grade("かな")) == (4, 0)


def test_a_profile(analyzer: MecabAnalyzer, word_list: Path):
    words = load_word_list(word_list)
    found = profile(read_text("公園で犬が遊ぶ。とても憂鬱だ。", analyzer), words)
    assert (found.num_sentences, found.level) == (2, "N1")
    assert found.words_by_level == {"N5": 3, "N4": 1, "N1": 1}
    assert found.kanji_by_grade == {1: 1, 2: 2, 3: 1, 7: 2}
    easier = profile(read_text("犬が遊ぶ。", analyzer), words)
    assert easier.difficulty < found.difficulty
    assert profile(read_text("犬が遊ぶ。", analyzer)).level is None
    assert profile([]).num_sentences == 0


CLAUSES = [
    ("犬が遊ぶ。", 1, "one clause"),
    ("雨が降ったので、帰った。", 2, "a reason"),
    ("昨日買った本を読んだ。", 2, "a relative clause"),
    ("本を読んでいる。", 1, "て before an auxiliary verb ends nothing"),
]


@pytest.mark.parametrize(("text", "number", "why"), CLAUSES, ids=[c[2] for c in CLAUSES])
def test_clauses(analyzer: MecabAnalyzer, text: str, number: int, why: str):
    [sentence] = read_text(text, analyzer)
    assert count_clauses(sentence.words) == number


BAD_LINES = ["{", '{"level": "N6", "kanji": "犬", "kana": "いぬ"}', '{"kana": "いぬ"}', '"犬"']


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_word_list_names_the_line(tmp_path: Path, line: str):
    (tmp_path / "語.jsonl").write_text(f"{json.dumps(ENTRIES[0])}\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 2"):
        load_word_list(tmp_path / "語.jsonl")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_word_list(tmp_path / "ない.jsonl")


def test_search_results_within_a_level(analyzer: MecabAnalyzer, word_list: Path):
    def hit(text: str, level: str | None = None) -> Hit:
        info = DocumentInfo("d", "/d", "", "", attributes=Attributes(level=level))
        return Hit(Chunk("d", 0, 0, len(text), text), info, 1.0)

    words = load_word_list(word_list)
    hits = [hit("憂鬱だ。"), hit("犬が遊ぶ。"), hit("憂鬱だ。", "N4"), hit("一二三")]
    assert within_level(hits, "N4", words, analyzer) == [hits[1], hits[2]]
    assert is_within("N5", "N4")


def test_word_by_word(reader: FuriganaReader, word_list: Path, tmp_path: Path):
    (tmp_path / "意味.csv").write_text("term,reading,meaning\n公園,こうえん,みんなの庭\n", encoding="utf-8")
    glossary = load_glossary(tmp_path / "意味.csv")
    words = explain_words("公園で犬が遊んだ。", reader, words=load_word_list(word_list), glossary=glossary)
    park, _, dog, _, play, past = words
    assert (park.reading, park.level, park.meaning, park.accent, park.grade) == (
        "こうえん",
        "N5",
        "みんなの庭",
        (0,),
        2,
    )
    assert (dog.meaning, dog.part_of_speech.ja, dog.part_of_speech.en) == ("dog", "名詞", "noun")
    assert (play.surface, play.base, play.reading, play.base_reading) == ("遊ん", "遊ぶ", "あそん", "あそぶ")
    assert play.form is not None
    assert (play.form.en, past.part_of_speech.en) == ("stem before te and ta", "auxiliary")


def test_a_bad_glossary_names_the_line(tmp_path: Path):
    (tmp_path / "意味.csv").write_text("犬,いぬ\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 1: 2 cells"):
        load_glossary(tmp_path / "意味.csv")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_glossary(tmp_path / "ない.csv")


LOOKUPS = [
    ("こうえん", [("公園", 2), ("講演", 1)], "kana"),
    ("kouen", [("公園", 2), ("講演", 1)], "romaji"),
    ("公園", [("公園", 2)], "kanji"),
    ("わすれる", [("忘れる", 1)], "a verb by its base form"),
    ("忘れる", [("忘れる", 1)], "a verb as written"),
    ("やま", [], "nothing"),
]


@pytest.mark.parametrize(("wanted", "expected", "why"), LOOKUPS, ids=[case[2] for case in LOOKUPS])
def test_lookup(library: Store, wanted: str, expected: list[tuple[str, int]], why: str):
    found = look_up(wanted, (s for s in read_library(library, EVERYTHING) if "。" in s.text))
    assert [(word.written, word.num_found) for word in found] == expected


def test_examples_go_from_easy_to_hard(analyzer: MecabAnalyzer):
    text = "行政機関における公園管理規程の改正案が審議された。公園で遊ぶ。公園"
    [word] = look_up("公園", read_text(text, analyzer))
    texts = [sentence.text for sentence in word.examples]
    assert (texts[0], texts[-1]) == ("公園で遊ぶ。", "公園")


def test_an_empty_word_is_refused(analyzer: MecabAnalyzer):
    with pytest.raises(SettingsError, match="is no word"):
        look_up(" ", [])


@pytest.mark.parametrize("kind", ["cloze", "reading"])
def test_exercises_have_key_choices_and_source(library: Store, reader: FuriganaReader, kind: str):
    made = make_exercises(read_library(library, EVERYTHING), reader, kind)  # type: ignore[arg-type]
    again = make_exercises(read_library(library, EVERYTHING), reader, kind)  # type: ignore[arg-type]
    assert made
    assert made == again
    assert len({one.word for one in made}) == len(made)
    for one in made:
        assert one.key in one.choices
        assert one.sentence.document.source in {"/物語.md", "/規程.txt"}
        if kind == "cloze":
            assert one.prompt.replace(GAP, one.key) == one.sentence.text
        else:
            assert one.prompt.replace("【", "").replace("】", "") == one.sentence.text


def test_exercises_of_a_level(library: Store, reader: FuriganaReader, word_list: Path):
    words = load_word_list(word_list)
    made = make_exercises(read_library(library, EVERYTHING), reader, "cloze", level="N4", words=words)
    assert [one.word for one in made] == ["遊ぶ"]


CARDS = [
    Card("公園", "こうえん", "こうえん", "park", "公園で\n遊ぶ。<b>", "/物語.md", "3行目"),
    Card("=1+1", "式", "", "", "", "/式.txt", ""),
]


def test_cards_as_tsv_and_csv(tmp_path: Path):
    assert export_cards(CARDS, tmp_path / "語.tsv") == 2
    lines = (tmp_path / "語.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#separator:tab"
    assert lines[4].split("\t") == [
        "公園",
        "こうえん",
        "こうえん",
        "park",
        "公園で 遊ぶ。<b>",
        "/物語.md",
        "3行目",
    ]
    export_cards(CARDS, tmp_path / "語.csv")
    rows = list(csv.reader((tmp_path / "語.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[-1][0] == "'=1+1"  # a spreadsheet must not calculate it


def test_cards_for_anki(tmp_path: Path):
    pytest.importorskip("genanki", reason="genanki is not installed: pip install 'swallow-rag[learner]'")
    export_cards(CARDS, tmp_path / "語.apkg")
    with zipfile.ZipFile(tmp_path / "語.apkg") as package:
        package.extract("collection.anki2", tmp_path)
    connection = sqlite3.connect(tmp_path / "collection.anki2")
    notes = [row[0].split("\x1f") for row in connection.execute("SELECT flds FROM notes")]
    connection.close()
    assert notes[0][:2] == ["公園", "こうえん"]
    assert "&lt;b&gt;" in notes[0][4]


def test_cards_with_a_wrong_name_or_place(tmp_path: Path):
    with pytest.raises(SettingsError, match="must end in"):
        export_cards(CARDS, tmp_path / "語.xls")
    with pytest.raises(SettingsError, match="cannot be written"):
        export_cards(CARDS, tmp_path / "ない" / "語.tsv")


CHANGES = [
    ("年休は二十日です。", "休みは20日です。", [], "the same number in digits"),
    ("三日休む。", "二日休む。", ["number", "number"], "another number"),
    ("東京へ行く。", "あちらへ行く。", ["name"], "a lost name"),
    ("使ってはいけない。", "使ってください。", ["negation"], "a lost negation"),
    ("使ってください。", "使わないでください。", ["negation"], "an added negation"),
    ("令和6年4月1日に始まる。", "2024年4月1日に始まります。", [], "one date in two calendars"),
    ("始まる。", " ", ["empty"], "nothing written"),
]


@pytest.mark.parametrize(("original", "rewritten", "kinds", "why"), CHANGES, ids=[c[3] for c in CHANGES])
def test_what_a_rewriting_must_not_change(
    analyzer: MecabAnalyzer, original: str, rewritten: str, kinds: list[str], why: str
):
    assert [change.kind for change in find_changes(original, rewritten, analyzer)] == kinds


def test_a_model_rewrites_sentence_by_sentence(analyzer: MecabAnalyzer):
    generator = ScriptedGenerator(["休みは20日です。"])
    [one] = Simplifier(generator, analyzer).simplify(["年次有給休暇は二十日とする。"])
    assert (one.text, one.is_sound) == ("休みは20日です。", True)
