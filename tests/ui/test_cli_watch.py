"""``swallow-rag watch``: one line a change, and Ctrl-C is its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.report import FileReport, Status
from ingest.watch import Followed
from ui.cli.entry import run
from ui.cli.watch import followed_line

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("/資料")


@pytest.mark.parametrize(
    ("followed", "line"),
    [
        (
            Followed(FileReport("/資料/規程/休暇.txt", Status.UPDATED, num_chars=1_234)),
            "更新  規程/休暇.txt (1,234 文字)",
        ),
        (Followed(FileReport("/資料/休暇.txt", Status.REMOVED)), "削除  休暇.txt"),
        (
            Followed(FileReport("/資料/b.txt", Status.ADDED, num_chars=9), "/資料/a.txt"),
            "改名  a.txt → b.txt",
        ),
        (
            Followed(FileReport("/資料/a.docx", Status.SKIPPED, "EncryptedDocument", "locked:\n give it")),
            "読まず  a.docx: パスワード付き (locked: give it)",
        ),
        (
            Followed(FileReport("/資料/a\x1b.txt", Status.ADDED, num_chars=3, warnings=("odd",))),
            "追加  a.txt (3 文字) ※odd",
        ),
        (Followed(FileReport("/よそ/a.txt", Status.REMOVED)), "削除  /よそ/a.txt"),
    ],
)
def test_one_line_a_change(followed: Followed, line: str) -> None:
    assert followed_line(followed, FOLDER) == line


def test_only_a_folder_is_watched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["watch", str(tmp_path / "ない")]) == 2
    assert "フォルダではありません" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True], ids=["for people", "for programs"])
def test_changes_are_told_until_ctrl_c(tmp_path: Path, as_json: bool) -> None:
    folder = tmp_path / "規程"
    folder.mkdir()
    (folder / "休暇.txt").write_text("年次有給休暇は二十日とする。", encoding="utf-8")
    arguments = ["--store", str(tmp_path / "store"), "watch", str(folder), *["--json"][: int(as_json)]]
    with subprocess.Popen(
        [sys.executable, "-u", "-c", "from ui.cli import main; main()", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:
        assert running.stdout
        assert running.stderr
        assert "見張っています" in running.stderr.readline()
        (folder / "旅費.txt").write_text("宿泊費は一万円まで。", encoding="utf-8")
        line = ""
        while "旅費.txt" not in line:
            line = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert (running.returncode, errors) == (0, "見張りを終えました。終わった分は残っています。\n")
    if as_json:
        told = json.loads(line)
        assert (told["status"], told["num_chars"], told["renamed_from"]) == ("added", 10, None)
    else:
        assert line.rstrip().endswith("追加  旅費.txt (10 文字)")
