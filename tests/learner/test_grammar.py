"""Grammar patterns, each with a hit, an inflected hit and a near miss; notation; search; own patterns."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from ingest.readers.aozora_line import parse_line
from rag.errors import SettingsError
from rag.learner.grammar.catalog import bundled_patterns, find_patterns, load_patterns
from rag.learner.grammar.notation import compile_pattern, encode
from rag.learner.grammar.search import count_patterns
from rag.learner.library import read_library, read_text
from rag.store.base import Store
from rag.text.analyzer import MecabAnalyzer
from rag.types import EVERYTHING, Scope

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
TABLE = [line.split("\t") for line in (ROOT / "tests/golden/grammar.tsv").read_text("utf-8").splitlines()[1:]]
DRAWN = [
    line.split("\t") for line in (ROOT / "tests/golden/grammar_drawn.tsv").read_text("utf-8").splitlines()[1:]
]
PATTERNS = {pattern.name: pattern for pattern in bundled_patterns()}


def found(analyzer: MecabAnalyzer, text: str, pattern: str) -> list[str]:
    encoded = encode(text, list(analyzer.analyze(text).morphemes()))
    return [text[start:end] for start, end in encoded.find(PATTERNS[pattern].compiled)]


def test_there_are_enough_patterns_and_each_is_explained():
    assert len(PATTERNS) >= 150
    assert {pattern.level for pattern in PATTERNS.values()} == {"N5", "N4", "N3", "N2", "N1"}
    assert all(pattern.ja.endswith("。") and pattern.en for pattern in PATTERNS.values())


def test_every_pattern_has_its_three_sentences():
    kinds = Counter((name, kind) for name, kind, _ in TABLE)
    wanted = {(name, kind) for name in PATTERNS for kind in ("hit", "inflected", "miss")}
    assert (set(kinds), len(TABLE) >= 300) == (wanted, True)


def test_precision_and_recall_on_the_table(analyzer: MecabAnalyzer):
    counts = Counter((bool(found(analyzer, text, name)), kind != "miss") for name, kind, text in TABLE)
    right = counts[True, True]
    assert right / (right + counts[True, False]) >= 0.97
    assert right / (right + counts[False, True]) >= 0.97


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout")
def test_precision_and_recall_on_drawn_sentences(analyzer: MecabAnalyzer):
    right = wrong = missed = 0
    for where, labels in DRAWN:
        text = drawn_sentence(where, analyzer)
        wanted = set(filter(None, labels.split("/")))
        got = {name for name in PATTERNS if found(analyzer, text, name)}
        right, wrong, missed = (
            right + len(got & wanted),
            wrong + len(got - wanted),
            missed + len(wanted - got),
        )
    assert len(DRAWN) >= 150
    assert (right / (right + wrong), right / (right + missed)) >= (0.95, 0.95)


_EXAMPLES: list[str] = []


def drawn_sentence(where: str, analyzer: MecabAnalyzer) -> str:
    source, _, place = where.rpartition(":")
    if source == "examples":
        if not _EXAMPLES:
            with gzip.open(SHARED / "learner" / "examples_ja_en.jsonl.gz", "rt", encoding="utf-8") as lines:
                _EXAMPLES.extend(json.loads(line)["ja"] for line in lines)
        return _EXAMPLES[int(place)]
    raw = (SHARED / "formats" / "txt" / f"{source}.txt").read_bytes().decode("cp932", errors="replace")
    body = raw.split("-" * 55)[-1]
    text = "\n".join(parse_line(line).text for line in body.split("\n"))
    return next(iter(read_text(text[int(place) : int(place) + 200], analyzer))).text


INFLECTED = [
    "行かざるを得ない",
    "行かざるを得なかった",
    "行かざるをえません",
    "せざるを得なければ",
    "帰らざるを得ず",
]


@pytest.mark.parametrize("text", INFLECTED)
def test_every_inflected_form_is_found(analyzer: MecabAnalyzer, text: str):
    assert found(analyzer, text, "〜ざるを得ない")


def test_search_counts_and_cites(library: Store, analyzer: MecabAnalyzer):
    patterns = find_patterns("「〜ざるを得ない」", bundled_patterns(), analyzer)
    [count] = count_patterns(read_library(library, EVERYTHING), patterns)
    assert (count.num_found, dict(count.by_document)) == (2, {"/物語.md": 2})
    first = count.examples[0]
    document = library.document(first.sentence.document.id, EVERYTHING)
    assert document.text[first.sentence.start : first.sentence.end] == first.sentence.text
    assert first.found == ("ざるを得なかっ",)
    assert first.sentence.heading_path == ("公園の話",)


def test_search_keeps_to_its_scope(library: Store, analyzer: MecabAnalyzer):
    patterns = find_patterns("〜なければならない", bundled_patterns(), analyzer)
    elsewhere = Scope(sources=frozenset({"物語.md"}))
    assert count_patterns(read_library(library, elsewhere), patterns) == []
    assert count_patterns(read_library(library, EVERYTHING), patterns)[0].num_found == 1


def test_the_easiest_examples_come_first(library: Store, analyzer: MecabAnalyzer):
    patterns = find_patterns("〜ざるを得ない", bundled_patterns(), analyzer)
    [count] = count_patterns(
        read_library(library, EVERYTHING), patterns, max_examples=1, difficulty=lambda one: len(one.text)
    )
    assert [example.sentence.text for example in count.examples] == ["計画を変更せざるをえません。"]


NAMES = [
    ("「〜わけではない」", "〜わけではない", "quoted, with a dash"),
    ("わけではない", "〜わけではない", "bare"),
    ("〜たり〜たりする", "〜たり〜たりする", "a dash within"),
    ("〜ようだ", "〜ようだ", "exactly this one"),
]


@pytest.mark.parametrize(("wanted", "name", "why"), NAMES, ids=[n[2] for n in NAMES])
def test_patterns_are_found_by_name(analyzer: MecabAnalyzer, wanted: str, name: str, why: str):
    assert [p.name for p in find_patterns(wanted, bundled_patterns(), analyzer)] == [name]


IMPROVISED = [
    ("お手数をおかけする", "お手数をおかけしました。", True, "any words, inflected"),
    ("Vて形+いただく", "見ていただいた。", True, "a placeholder for a form"),
    ("Vて形+いただく", "花をいただいた。", False, "the form must be there"),
    ("念のため", "念のために確かめる。", True, "a phrase"),
    ("知らない", "それは知りません。", True, "negation in every form"),
]


@pytest.mark.parametrize(("wanted", "text", "hit", "why"), IMPROVISED, ids=[i[3] for i in IMPROVISED])
def test_any_words_become_a_pattern(analyzer: MecabAnalyzer, wanted: str, text: str, hit: bool, why: str):
    [pattern] = find_patterns(wanted, (), analyzer)
    encoded = encode(text, list(analyzer.analyze(text).morphemes()))
    assert bool(list(encoded.find(pattern.compiled))) is hit


OWN = {
    "型.toml": '[[pattern]]\nname = "〜に尽きる"\npattern = "P:に V:尽きる"\nja = "それだけだ。"\n',
    "型.csv": "name,pattern,ja\n〜に尽きる,P:に V:尽きる,それだけだ。\n",
    "型.tsv": "N1\t〜に尽きる\tP:に V:尽きる\tそれだけだ。\tIs all.\n",
}


@pytest.mark.parametrize("name", OWN)
def test_patterns_of_ones_own(tmp_path: Path, name: str, analyzer: MecabAnalyzer):
    (tmp_path / name).write_text(OWN[name], encoding="utf-8")
    [pattern] = load_patterns(tmp_path / name)
    text = "感謝に尽きます。"
    encoded = encode(text, list(analyzer.analyze(text).morphemes()))
    assert (pattern.name, list(encoded.find(pattern.compiled))) == ("〜に尽きる", [(2, 5)])


BAD = [
    ("型.toml", "[[pattern", "is not TOML"),
    ("型.toml", '[[pattern]]\nname = "名前だけ"\n', "needs name and pattern"),
    ("型.csv", "N1,〜型,( V て,説明,x\n", "a bracket is not closed"),
    ("型.csv", "N1,〜型,@なし,説明,x\n", "no sequence named @なし"),
    ("型.csv", "N1,〜型,Z:て,説明,x\n", "no part of speech"),
    ("型.csv", "N1,〜型,て ),説明,x\n", "nothing opens"),
]


@pytest.mark.parametrize(("name", "content", "told"), BAD, ids=[b[2] for b in BAD])
def test_a_bad_pattern_is_told_when_it_is_read(tmp_path: Path, name: str, content: str, told: str):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        load_patterns(tmp_path / name)


def test_a_file_that_is_not_there_and_an_empty_question(tmp_path: Path, analyzer: MecabAnalyzer):
    with pytest.raises(SettingsError, match="cannot be read"):
        load_patterns(tmp_path / "ない.toml")
    for empty in ("", "「〜」"):
        with pytest.raises(SettingsError, match="empty"):
            find_patterns(empty, (), analyzer)


NOTATION = [
    ("V%", "食べた", ["食べ"], "a verb that is inflected"),
    ("V@", "食べる", ["食べる"], "a verb in its dictionary form"),
    ("=ざる", "行かざるを", ["ざる"], "a surface"),
    ("V~う", "行こう", ["行こう"], "an ending"),
    ("事 . 出来る", "話すことができる", ["ことができる"], "any morpheme"),
    ("N $", "本。", ["本"], "the end of the sentence"),
    ("V X* X:た", "食べさせられた", ["食べさせられた"], "any number"),
    ("て P:は? 行く", "食べて行く", ["て行く"], "may be absent"),
    ("!( 本 ) N", "本と紙", ["紙"], "not this"),
]


@pytest.mark.parametrize(("pattern", "text", "spans", "why"), NOTATION, ids=[n[3] for n in NOTATION])
def test_notation(analyzer: MecabAnalyzer, pattern: str, text: str, spans: list[str], why: str):
    encoded = encode(text, list(analyzer.analyze(text).morphemes()))
    assert [text[start:end] for start, end in encoded.find(compile_pattern(pattern, {}))] == spans
