"""Hits held against each kind of gold."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from evaluation.corpus import Corpus, Target, open_corpus
from evaluation.datasets.base import (
    AskedQuestion,
    Dataset,
    Gold,
    GoldAnswers,
    GoldDocuments,
    GoldPlace,
    GoldSentences,
    Place,
)
from evaluation.gold import AnswerJudge, DocumentJudge, GoldFinder, SpanJudge, rank_units
from evaluation.originals import read_sentences, unpack
from evaluation.questions import GoldSentence
from evaluation.runner import run_retrieval
from rag.errors import SettingsError
from rag.settings import Settings
from rag.types import Chunk, DocumentInfo, Hit, Span


def hit(document: str, start: int = 0, text: str = "年20日とする。", chunk_id: int = 1) -> Hit:
    chunk = Chunk(document, 0, start, start + len(text), text, id=chunk_id)
    return Hit(chunk, DocumentInfo(document, f"/規程/{document}.txt", "default", document), 1.0)


def test_a_document_counts_once_where_its_best_chunk_stands():
    hits = [hit("b", 0, chunk_id=1), hit("a", 0, chunk_id=2), hit("b", 9, chunk_id=3), hit("c", chunk_id=4)]
    units = rank_units(DocumentJudge({"a": 2.0, "c": 1.0}), hits)
    assert [(unit.label, unit.gain) for unit in units] == [
        ("/規程/b.txt", 0),
        ("/規程/a.txt", 2),
        ("/規程/c.txt", 1),
    ]


def test_of_several_gold_chunks_the_first_counts():
    judge = SpanJudge({"a": [Span(2, 6)]})
    units = rank_units(judge, [hit("a", 40, chunk_id=1), hit("a", 0, chunk_id=2), hit("a", 1, chunk_id=3)])
    assert [(unit.label, unit.gain) for unit in units] == [("a.txt#40", 0), ("a.txt#0", 1), ("a.txt#1", 0)]
    assert judge.ideal == (1.0,)


@pytest.mark.parametrize(
    ("start", "grade"),
    [
        pytest.param(0, 1, id="holds all of it"),
        pytest.param(4, 1, id="holds more than half"),
        pytest.param(5, 0, id="holds half: the other chunk holds as much"),
        pytest.param(40, 0, id="elsewhere"),
    ],
)
def test_a_chunk_must_hold_more_than_half_of_the_sentence(start: int, grade: float):
    assert SpanJudge({"a": [Span(2, 8)]}).grade(hit("a", start)) == grade
    assert SpanJudge({"a": [Span(2, 8)]}).grade(hit("b", start)) == 0


def test_answers_are_compared_in_comparison_form():
    judge = AnswerJudge(["20日"])
    assert judge.grade(hit("a", text="休暇は年２０日とする。")) == 1
    assert judge.grade(hit("a", text="休暇は年10日とする。")) == 0
    assert judge.ideal == (1.0,)


def test_gold_that_is_nowhere_has_no_ideal():
    assert DocumentJudge({}).ideal == ()
    assert SpanJudge({"a": []}).ideal == ()


def test_passages_with_equal_texts_are_all_right(office_corpus: Corpus):
    kept = {**office_corpus.kept, "other/0": "office/set/0/0"}
    finder = GoldFinder(Corpus("x", "", office_corpus.assembly, kept=kept), [])
    assert finder.judge(GoldDocuments({"other/0": 1})) == finder.judge(GoldDocuments({"office/set/0/0": 1}))
    assert finder.judge(GoldDocuments({"office/set/0/0": 1})).ideal == (1.0,)


def quoted(source: str, sentence: str) -> GoldSentences:
    return GoldSentences((GoldSentence(source, sentence),))


FOLDER_GOLD: list[tuple[Gold, bool]] = [
    (GoldDocuments({"休暇.md": 1}), True),
    (GoldDocuments({"規程.md": 1}), False),  # 1: no such file
    (quoted("休暇.md", "賃金は支払わない。"), True),
    (quoted("", "賃金は支払わない。"), True),  # whichever file it stands in
    (quoted("出張.md", "賃金は支払わない。"), False),  # 4: it stands in another
    (quoted("", "どこにもない文です。"), False),  # 5
    (GoldAnswers(("十日",)), True),
]


@pytest.fixture(scope="module")
def folder_dataset() -> Dataset:
    questions = [
        AskedQuestion(str(place), "生理休暇に給料は出ますか", gold, str(place))
        for place, (gold, _) in enumerate(FOLDER_GOLD)
    ]
    return Dataset("cases", "", tuple(questions))


def test_gold_in_a_folder(folder_dataset: Dataset, office_folder: Path, settings: Settings):
    with open_corpus(folder_dataset, Target(folder=office_folder), settings) as corpus:
        run = run_retrieval(folder_dataset, corpus, legs=["final"])
    assert [bool(outcome.ideal) for outcome in run.outcomes] == [is_there for _, is_there in FOLDER_GOLD]
    assert run.outcomes[2].legs["final"].rank is not None
    assert run.num_missing == 3
    assert "gold not in the index, counted as not found: 3 (1, 4, 5)" in run.notes


SENTENCE = "## 第1項\n\n使わなかった分は**翌年**に限り持ち越せる。"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """An archive and a folder, as the shared data has them; one file begins with a byte order mark."""
    inner = tmp_path / "inner" / "人事"
    inner.mkdir(parents=True)
    (inner / "休暇.md").write_text(f"\ufeff# 休暇\n\n{SENTENCE}\n", encoding="utf-8")
    with tarfile.open(tmp_path / "規程.tar.gz", "w:gz") as archive:
        archive.add(inner.parent, arcname=".")
    folder = tmp_path / "formats" / "txt"
    folder.mkdir(parents=True)
    (folder / "案内.txt").write_bytes("図書室は午後七時に閉まります。\r\n".encode("cp932"))
    return tmp_path


def place_of(collection: str, file: str, text: str, sentence: str) -> Place:
    digest = hashlib.sha256(sentence.encode()).hexdigest()[:16]
    return Place(collection, file, text.index(sentence), len(sentence), digest)


LEAVE = place_of(
    "規程.tar.gz",
    "人事/休暇.md",
    f"\ufeff# 休暇\n\n{SENTENCE}\n",
    "使わなかった分は**翌年**に限り持ち越せる。",
)
LIBRARY = place_of(
    "formats", "txt/案内.txt", "図書室は午後七時に閉まります。\r\n", "図書室は午後七時に閉まります。"
)


def test_sentences_are_read_by_their_place(shared: Path):
    changed = LEAVE._replace(offset=LEAVE.offset + 1)
    absent = LIBRARY._replace(file="txt/別.txt")
    elsewhere = LEAVE._replace(collection="無い.tar.gz")
    assert read_sentences(shared, [LEAVE, LIBRARY, changed, absent, elsewhere]) == {
        LEAVE: "使わなかった分は**翌年**に限り持ち越せる。",
        LIBRARY: "図書室は午後七時に閉まります。",
    }


def test_places_in_archives_and_folders_are_found(shared: Path, settings: Settings):
    asked = ((LEAVE, "有休の残りは次の年に使えますか"), (LIBRARY, "何時に閉まりますか"))
    gold: list[tuple[Gold, str]] = [(GoldPlace(place), text) for place, text in asked]
    questions = [AskedQuestion(str(i), text, one, str(i)) for i, (one, text) in enumerate(gold)]
    dataset = Dataset("placed", "", tuple(questions))
    with open_corpus(dataset, Target(folder=shared, cache=shared / "cache"), settings) as corpus:
        run = run_retrieval(dataset, corpus, legs=["final"])
    assert run.num_missing == 0
    assert [outcome.legs["final"].rank for outcome in run.outcomes] == [1, 1]
    assert run.outcomes[0].legs["final"].units[0].startswith("休暇.md#")


def test_archives_that_are_none(shared: Path):
    (shared / "壊れ.tar.gz").write_bytes(b"x" * 100)
    with pytest.raises(SettingsError, match="cannot be unpacked"):
        unpack(shared / "壊れ.tar.gz", shared / "out")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_sentences(shared, [LEAVE._replace(collection="壊れ.tar.gz")])
