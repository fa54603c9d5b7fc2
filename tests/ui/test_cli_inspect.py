"""``swallow-rag inspect``: what a person sees of a file, and what a program gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli.entry import run

BOOK = """\
灯台守の朝
研修資料作成班

［＃２字下げ］一［＃「一」は大見出し］

　岬《みさき》の灯台に、一人の老人が住んでいた。
　二〇二四年四月一日の朝、霧《きり》が出た。

底本：「研修読本」社内資料
入力：総務部
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "灯台守.txt"
    path.write_bytes(BOOK.encode("cp932"))
    return path


def test_people_see_what_was_read(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(book)]) == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert "cp932" in lines["文字コード"]
    assert "断片 1" in lines["大きさ"]
    assert "岬→みさき" in lines["ルビ"]
    assert "二〇二四年四月一日→2024-04-01" in lines["日付"]
    assert "はじめの断片 (全 1):" in out


def test_many_headings_are_counted_and_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "規程.md"
    path.write_text("\n\n".join(f"# 第{n}条\n\n本文{n}です。\x07" for n in range(1, 41)), encoding="utf-8")
    assert run(["inspect", str(path), "--chunks", "0"]) == 0
    out = capsys.readouterr().out
    assert "見出し 40:" in out
    assert "… ほか 10" in out
    assert "control 40" in out
    assert "断片 (全" not in out
    assert "第1条、第2条、第3条、第4条、…" in out


def test_the_text_alone(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(book), "--text"]) == 0
    assert capsys.readouterr().out.startswith("一\n岬の灯台に、")


def test_programs_get_every_span(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(book), "--json", "--chunks", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["encoding"], told["num_chunks"], len(told["chunks"])) == ("cp932", 1, 1)
    assert [(one["text"], one["value"]) for one in told["annotations"] if one["kind"] == "ruby"] == [
        ("岬", "みさき"),
        ("霧", "きり"),
    ]
    assert told["num_annotations"]["ruby"] == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [("ない.txt", "does not exist"), (".", "フォルダです"), ("空.txt", "empty")],
)
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "空.txt").write_bytes(b"")
    assert run(["inspect", str(tmp_path / name)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
