"""``search``: what was understood, why each hit was found, what says the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from ui.cli.entry import run

LEAVE = "年次有給休暇は、入社から半年を過ぎた社員に十日与える。請求は前日までに上司へ申し出る。"
FILES = {
    "休暇_2023.md": f"# 休暇規程\n\n## 第20条（年次有給休暇）\n\n{LEAVE}\n",
    "休暇_2024.md": f"# 休暇規程\n\n## 第20条（年次有給休暇）\n\n{LEAVE.replace('十日', '十二日')}\n",
    "休暇_写し.md": f"# 休暇規程\n\n## 第20条（年次有給休暇）\n\n{LEAVE}\n",
    "旅費.md": "# 出張旅費規程\n\n## 第3条（宿泊料）\n\n宿泊料は一泊一万円とする。\n",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    sources = [str(folder / name) for name in FILES]
    assert run(["--store", str(folder / "store"), "ingest", *sources]) == 0
    return folder / "store"


def search(store: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["--store", str(store), "search", *arguments]) == 0
    return capsys.readouterr().out


def found(store: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(search(store, capsys, *arguments, "--json"))


def test_a_copy_stands_below_what_it_says_the_same_as(store: Path, capsys: pytest.CaptureFixture[str]):
    hits = found(store, capsys, "有給休暇")["hits"]
    names = [Path(hit["source"]).name for hit in hits]
    (copies,) = [[Path(one["source"]).name for one in hit["duplicates"]] for hit in hits if hit["duplicates"]]
    assert len(copies) == 1
    assert "休暇_2024.md" in names, "another number is another rule"
    assert sorted([*names, *copies]) == sorted(FILES)
    assert "ほぼ同じ内容: 休暇_" in search(store, capsys, "有給休暇")


def test_conditions_are_told_and_kept(store: Path, capsys: pytest.CaptureFixture[str]):
    told = found(store, capsys, '宿泊料 "一泊" -年次 title:旅費')
    assert told["query"] == "宿泊料 一泊"
    assert told["notes"] == ["条件: 「一泊」を含む、「年次」を含まない、題名「旅費」"]
    assert [Path(hit["source"]).name for hit in told["hits"]] == ["旅費.md"]
    out = search(store, capsys, '宿泊料 "二泊"')
    assert out == "※ 条件: 「二泊」を含む\n資料には見つかりませんでした。\n"
    articles = found(store, capsys, "規程 article:3", "--mode", "keyword")["hits"]
    assert [hit["heading_path"][-1] for hit in articles] == ["第3条（宿泊料）"]


def test_why_a_hit_was_found(store: Path, capsys: pytest.CaptureFixture[str]):
    out = search(store, capsys, "しゅくはくりょう", "--explain", "--top-k", "1")
    assert "一致: 読み シュクハク" in out
    assert "keyword 1位" in out
    (hit,) = found(store, capsys, "宿泊料", "--explain", "--top-k", "1")["hits"]
    assert {"field": "bigram", "term": "宿泊料"}.items() <= hit["matched"][0].items()
    assert "matched" not in found(store, capsys, "宿泊料")["hits"][0]
    assert "意味だけで見つかりました" in search(store, capsys, "ドローン", "--explain")


def test_variety_gives_every_document_its_place(store: Path, capsys: pytest.CaptureFixture[str]):
    hits = found(store, capsys, "規程", "--variety")["hits"]
    assert len({hit["source"] for hit in hits}) == len(hits)


def test_words_that_nobody_wrote(store: Path, capsys: pytest.CaptureFixture[str]):
    assert found(store, capsys, "ドローンの宿泊料")["notes"] == ["どの資料にもない語: 「ドローン」"]
