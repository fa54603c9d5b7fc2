"""``swallow-rag eval statements`` on sets of three forms."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.evaluation import handwritten
from ui.cli.entry import run

Eval = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Eval:
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str | Path) -> tuple[int, str, str]:
        code = run(["--store", str(tmp_path / "store"), "eval", "statements", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run_command


def test_the_statements_of_the_source(evaluate: Eval):
    code, out, err = evaluate("--half", "tuning", "--wrong")
    assert (code, err) == (0, "")
    assert "正しい文の誤警報" in out
    assert "--shared で場所を示してください" in out, "sources outside of the sample are not there"
    found = json.loads(evaluate("--half", "tuning", "--json")[1])
    assert found["num_statements"] + found["num_unread"] == 198
    assert set(found["kinds"]["number"]) == {"num_changed", "recall", "precision", "f1"}


def test_statements_from_questions(evaluate: Eval, tmp_path: Path):
    squad = handwritten.write_answered(tmp_path)
    found = json.loads(evaluate(squad, "--limit", "10", "--json")[1])
    assert found["statements"] == "answered/set"
    assert found["num_statements"] > found["num_supported"] > 0


def test_pairs_with_labels(evaluate: Eval, tmp_path: Path):
    file = tmp_path / "pairs.jsonl"
    pair = {"sentence1": "犬が走っている。", "sentence2": "犬は走っていない。", "label": "contradiction"}
    file.write_text(json.dumps(pair), encoding="utf-8")
    code, out, _ = evaluate(file)
    assert code == 0
    assert "うち数・否定で contradicted" in out


def test_a_file_that_is_not_there(evaluate: Eval):
    code, out, err = evaluate("無い.jsonl")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot be read" in err
