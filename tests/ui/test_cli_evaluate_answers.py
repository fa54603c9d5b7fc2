"""``swallow-rag eval answers`` on a set of questions with gold answers."""

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
        code = run(["--store", str(tmp_path / "store"), "eval", "answers", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run_command


def test_one_object_is_printed(evaluate: Eval, tmp_path: Path):
    squad = handwritten.write_answered(tmp_path)
    pool = handwritten.write_squad(tmp_path)
    code, out, err = evaluate(squad, "--pool", pool, "--limit", "4", "--unanswerable", "article", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["num_questions"], found["num_unanswerable"], found["unanswerable"]) == (4, 4, "article")
    assert found["num_documents"] == 16, "the pool holds the same texts"
    shares = (
        "evidence_sentence_accuracy",
        "exact_match",
        "char_f1",
        "citation_recall",
        "citation_precision",
        "refusal_rate",
        "false_refusal_rate",
        "answerability_auroc",
        "refusal_rate_at_5_percent_false_refusals",
    )
    assert all(0 <= found[name] <= 1 for name in shares)
    assert found["citation_judge"] == "evidence check"


def test_a_table_and_a_report_for_people(evaluate: Eval, tmp_path: Path):
    squad = handwritten.write_answered(tmp_path)
    code, out, err = evaluate(squad, "--cache", "cache", "--output", "out")
    assert (code, err) == (0, "")
    assert out.startswith("answered/set (all): 6 問、16 文書")
    assert "最初の根拠文に正解がある" in out
    assert "報告書: out/report.html" in out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "run.json",
        "questions.jsonl",
        "report.md",
        "report.html",
    }


BAD = [
    pytest.param(["無い.json"], "is not there", id="no such set"),
    pytest.param(["--unanswerable", "book"], "--unanswerable", id="nothing of the kind"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_told_in_one_line(evaluate: Eval, arguments: list[str], message: str):
    code, out, err = evaluate(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
