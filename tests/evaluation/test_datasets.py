"""Question sets in every form that is read, and one clear line for each that is not."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluation.datasets.base import (
    Dataset,
    GoldAnswers,
    GoldDocuments,
    GoldPlace,
    GoldSentences,
    Passage,
    Place,
    distinct,
)
from evaluation.datasets.registry import load_dataset
from evaluation.questions import GoldSentence
from rag.bundled import bundled_path
from rag.errors import SettingsError

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write_file


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_squad_has_a_document_a_paragraph(office: Dataset):
    assert office.name == "office/set"
    assert len(office.passages) == 16
    assert len(office.questions) == 22
    first = office.questions[0]
    assert first.gold == GoldDocuments({"office/set/0/0": 1})
    assert first.group == "休暇"


def test_the_title_before_the_mark_is_not_text(office: Dataset):
    passage = office.passages[0]
    assert (passage.id, passage.title) == ("office/set/0/0", "休暇")
    assert passage.text.startswith("年次有給休暇は")


def test_packed_squad_is_the_same_set(office: Dataset, squad_file: Path, tmp_path: Path):
    packed = tmp_path / "office" / "set.json.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(squad_file.read_bytes()))
    assert load_dataset(packed).questions == office.questions
    assert load_dataset(packed).sha256 != office.sha256


BEIR_CORPUS = lines(
    {"_id": "d1", "title": "休暇", "text": "年20日とする。"}, {"_id": "d2", "text": "日当は二千円。"}
)
BEIR_QUERIES = lines({"_id": "q1", "text": "休みは何日"}, {"_id": "q2", "text": "判定のない質問"})


def test_beir_asks_what_was_judged(write: Write):
    write("set/queries.jsonl", BEIR_QUERIES)
    write("set/qrels/train.tsv", "query-id\tcorpus-id\tscore\nq2\td2\t1\n")
    write("set/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n")
    found = load_dataset(write("set/corpus.jsonl", BEIR_CORPUS).parent)
    assert found.name == "set"
    assert found.passages == (
        Passage("set/d1", "休暇", "年20日とする。"),
        Passage("set/d2", "", "日当は二千円。"),
    )
    assert [(one.id, one.gold) for one in found.questions] == [("q1", GoldDocuments({"set/d1": 2}))]


def test_niilc_has_answers_and_no_passages(write: Write):
    file = write("q.jsonl", lines({"id": "1", "question": "首都は", "answers": ["東京", ""]},
                                  {"id": "2", "question": "不明", "answers": []}))  # fmt: skip
    found = load_dataset(file)
    assert [(one.id, one.gold) for one in found.questions] == [("1", GoldAnswers(("東京",)))]
    assert found.passages == ()


def test_our_own_sets():
    quoted = load_dataset(bundled_path("eval", "sample.jsonl"))
    assert len(quoted.questions) == 60, "unanswerable questions have nothing to be found"
    assert isinstance(quoted.questions[0].gold, GoldSentences)
    placed = load_dataset(bundled_path("eval", "natural.jsonl"))
    assert len(placed.questions) == 219
    gold = placed.questions[0].gold
    assert isinstance(gold, GoldPlace)
    assert gold.place == Place(
        "docs/office-js-ja.tar.gz",
        "docs/excel/excel-add-ins-ranges-cut-copy-paste.md",
        3614,
        41,
        "c155e34a2e55fbbf",
    )


TABLES = [
    pytest.param("question,file\n休みは,規程.txt\n", GoldDocuments({"規程.txt": 1}), id="a file"),
    pytest.param(
        "質問,文\n休みは,年20日とする。\n",
        GoldSentences((GoldSentence("", "年20日とする。"),)),
        id="a sentence",
    ),
    pytest.param(
        "資料,質問,根拠\n規程.txt,休みは,年20日とする。\n",
        GoldSentences((GoldSentence("規程.txt", "年20日とする。"),)),
        id="both, in another order",
    ),
    pytest.param("休みは,規程 第2版.docx\n", GoldDocuments({"規程 第2版.docx": 1}), id="no heading, a file"),
    pytest.param(
        "休みは,年1.5日とする。\n",
        GoldSentences((GoldSentence("", "年1.5日とする。"),)),
        id="no heading, a sentence",
    ),
    pytest.param(
        'question,expected\n休みは,"年20日とする。\n半日もよい。"\n',
        GoldSentences((GoldSentence("", "年20日とする。\n半日もよい。"),)),
        id="a line break in a cell",
    ),
]


@pytest.mark.parametrize(("text", "gold"), TABLES)
def test_tables(write: Write, text: str, gold: object):
    (asked,) = load_dataset(write("mine.csv", text)).questions
    assert (asked.text, asked.gold) == ("休みは", gold)


def test_tables_as_excel_saves_them(write: Write):
    """cp932, CRLF, blank rows at the end, and ids of one's own."""
    text = "番号,質問,資料\r\nA-1,㈱の略称は,取引先一覧.csv\r\n,,\r\n"
    (asked,) = load_dataset(write("mine.csv", text.encode("cp932"))).questions
    assert (asked.id, asked.text, asked.gold) == ("A-1", "㈱の略称は", GoldDocuments({"取引先一覧.csv": 1}))


def test_tabs(write: Write):
    (asked,) = load_dataset(write("mine.tsv", "question\tfile\n休みは、いつ\t規程.txt\n")).questions
    assert asked.text == "休みは、いつ"


BAD = [
    pytest.param("no.json", None, "is not there", id="absent"),
    pytest.param("x.json", "[1, 2]", "not a SQuAD file", id="another JSON"),
    pytest.param("x.json", "{", "not a SQuAD file", id="broken JSON"),
    pytest.param("x.json.gz", "plain", "cannot be read", id="not packed"),
    pytest.param("x.jsonl", '{"a": 1}\n', "no question set", id="unknown keys"),
    pytest.param("x.jsonl", "text\n", "no question set", id="not JSON"),
    pytest.param("x.jsonl", '{"question": "a", "answers": []}\n{"question": 1}\n', "line 1", id="no id"),
    pytest.param("x.docx", "", "no question set", id="another kind"),
    pytest.param("x.csv", "", "holds no questions", id="an empty table"),
    pytest.param("x.csv", "a,b,c\n1,2,3\n", "not understood", id="unknown columns"),
    pytest.param("x.csv", "question,file\n休みは,\n", "row 2 .* has no expected", id="no expectation"),
    pytest.param("x.csv", "question,file\n,規程.txt\n", "row 2 .* has no question", id="no question"),
    pytest.param("b/corpus.jsonl", BEIR_CORPUS, "no BEIR folder", id="BEIR without queries"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD)
def test_what_cannot_be_read_is_told_in_one_line(
    write: Write, tmp_path: Path, name: str, content: str | None, message: str
):
    file = tmp_path / name if content is None else write(name, content)
    with pytest.raises(SettingsError, match=message) as raised:
        load_dataset(file.parent if name.startswith("b/") else file)
    assert "\n" not in str(raised.value)


def test_judgements_that_are_no_numbers(write: Write):
    write("set/queries.jsonl", BEIR_QUERIES)
    write("set/qrels/test.tsv", "q1\td1\t1\nq1\td2\tgood\n")
    with pytest.raises(SettingsError, match="line 2"):
        load_dataset(write("set/corpus.jsonl", BEIR_CORPUS).parent)


def test_a_sample_is_part_of_a_larger_one(office: Dataset):
    small, large = office.part("all", 5), office.part("all", 12)
    assert len(small.questions) == 5
    assert {one.id for one in small.questions} < {one.id for one in large.questions}
    assert office.part("all", 1_000) == office


def test_halves_keep_articles_together(office: Dataset):
    tuning, reported = office.part("tuning"), office.part("reported")
    assert {one.group for one in tuning.questions}.isdisjoint(one.group for one in reported.questions)
    assert len(tuning.questions) + len(reported.questions) == len(office.questions)
    assert tuning.passages == office.passages


def test_equal_texts_are_one_document():
    kept, names = distinct(
        [Passage("a/0", "甲", "同じ"), Passage("b/0", "乙", "同じ"), Passage("b/1", "乙", "別")]
    )
    assert list(kept) == ["a/0", "b/1"]
    assert names == {"a/0": "a/0", "b/0": "a/0", "b/1": "b/1"}


def test_the_same_file_twice_changes_nothing(office: Dataset):
    assert distinct([*office.passages, *office.passages]) == distinct(office.passages)


def test_one_name_for_two_texts_is_an_error():
    with pytest.raises(SettingsError, match="two passages are called a/0"):
        distinct([Passage("a/0", "", "甲"), Passage("a/0", "", "乙")])
