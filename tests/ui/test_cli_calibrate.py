"""``swallow-rag calibrate``: questions from one's own documents, a table, a file that answers are read by."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.answering.calibration import CALIBRATION_FILE
from rag.settings import load_settings
from ui.cli.entry import run

Command = Callable[..., tuple[int, str, str]]
THINGS = ("会議室", "社用車", "印刷機", "倉庫", "図書室", "応接室", "研修室", "駐車場")


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str | Path) -> tuple[int, str, str]:
        code = run(["--store", str(tmp_path / "store"), *map(str, arguments)])
        return code, *capsys.readouterr()

    return run_command


def write_rules(folder: Path, things: tuple[str, ...] = THINGS) -> Path:
    """One document a thing, each with the same four rules and numbers of its own."""
    folder.mkdir(parents=True)
    for number, thing in enumerate(things, start=2):
        text = (
            f"# {thing}の利用\n\n{thing}の利用料は、一回につき{number}百円とする。\n"
            f"{thing}の予約の受付は、利用する日の{number + 10}日前に始める。\n"
            f"{thing}の定員は{number * 3}人である。\n{thing}の点検の日は令和{number}年五月一日とする。\n"
        )
        (folder / f"{thing}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with eight documents, made once."""
    folder = tmp_path_factory.mktemp("calibrated")
    assert run(["--store", str(folder / "store"), "ingest", str(write_rules(folder / "docs"))]) == 0
    return folder / "store"


@pytest.fixture
def stored(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    capsys.readouterr()
    return shutil.copytree(made, tmp_path / "store")


def test_a_calibration_is_fitted_written_and_used(command: Command, stored: Path, tmp_path: Path):
    before = json.loads(command("ask", "図書室の定員は何人ですか", "--json")[1])
    code, out, err = command("calibrate", "--questions", "asked.jsonl")
    assert (code, err) == (0, "")
    assert out.startswith("8 文書から質問を")
    assert "今の設定" in out
    assert str(stored / CALIBRATION_FILE) in out
    asked = [json.loads(line) for line in (tmp_path / "asked.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(asked) >= 20
    assert all(one["answers"][0] in one["cited"] or not one["holds_answer"] for one in asked)
    after = json.loads(command("ask", "図書室の定員は何人ですか", "--json")[1])
    assert after["confidence"] != before["confidence"]
    (tmp_path / "swallow-rag.toml").write_text('[answering]\ncalibration = "none"\n', encoding="utf-8")
    ignored = json.loads(command("ask", "図書室の定員は何人ですか", "--json")[1])
    assert ignored["confidence"] == before["confidence"]


def test_a_dry_run_writes_nothing(command: Command, stored: Path):
    code, out, _ = command("calibrate", "--dry-run", "--limit", "20", "--json")
    found = json.loads(out)
    assert (code, found["file"]) == (0, None)
    assert not (stored / CALIBRATION_FILE).exists()
    assert sum(found["kinds"].values()) == 20
    assert found["num_answerable"] + found["num_answered_elsewhere"] == 20
    default = load_settings(environment={}).answering.abstain_below
    assert found["now"]["threshold"] == found["abstain_below"] == default
    refusals = [point["false_refusals"] for point in found["curve"]]
    assert refusals == sorted(refusals)


def test_too_few_documents_are_told_in_one_line(command: Command, tmp_path: Path):
    assert command("ingest", write_rules(tmp_path / "docs", THINGS[:2]))[0] == 0
    code, out, err = command("calibrate")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "ingest more first" in err


@pytest.mark.usefixtures("stored")
def test_questions_that_cannot_be_written(command: Command):
    code, _, err = command("calibrate", "--dry-run", "--questions", "gone/q.jsonl")
    assert (code, err.count("\n")) == (2, 1)
    assert "cannot be written" in err
