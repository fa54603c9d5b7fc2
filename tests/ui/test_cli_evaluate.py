"""``swallow-rag eval``: what each command prints and writes, and how bad input ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation import handwritten
from ui.cli.entry import run

TABLE = "質問,資料\nグリーン車に乗れるのは誰ですか,出張.md\nタンクの水は,無い.md\n"

Eval = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Eval:
    """Runs ``swallow-rag eval …`` in an empty folder; returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str | Path) -> tuple[int, str, str]:
        code = run(["--store", str(tmp_path / "store"), "eval", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run_command


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    return handwritten.write_squad(tmp_path)


def parsed(result: tuple[int, str, str]) -> Any:
    code, out, err = result
    assert (code, err) == (0, "")
    return json.loads(out)


def test_retrieval_prints_one_object(evaluate: Eval, squad: Path):
    found = parsed(evaluate("retrieval", squad, "--json"))
    assert (found["num_questions"], found["num_documents"]) == (22, 16)
    assert list(found["legs"]) == ["keyword", "dense", "fused", "reranked", "final"]


def test_runs_are_written_and_compared(
    evaluate: Eval, squad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    code, out, _ = evaluate("retrieval", squad, "--limit", "8", "--output", "a", "--cache", "cache")
    assert code == 0
    assert "office/set (all): 8 問、16 文書" in out
    assert "報告書: a/report.html" in out
    assert {path.name for path in (tmp_path / "a").iterdir()} == {
        "run.json",
        "questions.jsonl",
        "report.md",
        "report.html",
    }
    monkeypatch.setenv("SWALLOW_RAG_RETRIEVAL__MODE", "keyword")
    assert evaluate("retrieval", squad, "--limit", "8", "--output", "b", "--cache", "cache")[0] == 0
    assert len(list((tmp_path / "cache").iterdir())) == 1, "the index is used again"
    code, out, _ = evaluate("runs", "b", "a", "--output", "c", "--list", "2")
    assert code == 0
    assert "8 問 (final)" in out
    assert "符号検定" in out
    assert (tmp_path / "c" / "report.html").is_file()
    found = parsed(evaluate("runs", "b", "a", "--leg", "fused", "--json"))
    assert (found["before"], found["after"], found["num_won"]) == ("b", "a", 0)


def test_a_pool_adds_distractors(evaluate: Eval, squad: Path, tmp_path: Path):
    other = handwritten.write_squad(tmp_path / "other")
    text = other.read_text(encoding="utf-8").replace("休暇", "休業")
    renamed = other.with_name("pool.json")
    renamed.write_text(text, encoding="utf-8")
    found = parsed(evaluate("retrieval", squad, "--pool", renamed, "--limit", "3", "--json"))
    assert 16 < found["num_documents"] <= 32


def test_a_table_is_asked_of_a_folder(evaluate: Eval, tmp_path: Path):
    folder = handwritten.write_folder(tmp_path)
    questions = tmp_path / "質問.csv"
    questions.write_text(TABLE, encoding="cp932")
    code, out, err = evaluate("retrieval", questions, "--folder", folder)
    assert (code, err) == (0, "")
    assert "2 問、4 文書" in out
    assert "gold not in the index, counted as not found: 1 (3)" in out
    options = (
        "--questions",
        questions,
        "--mode",
        "keyword",
        "--chunk-chars",
        "100",
        "--output",
        "grid",
        "--json",
    )
    found = parsed(evaluate("compare", folder, *options))
    assert [cell["recall@1"] for cell in found["cells"]] == [0.5]
    assert (tmp_path / "grid" / "01-100-keyword" / "report.html").is_file()
    code, out, _ = evaluate(
        "compare", folder, "--questions", questions, "--mode", "keyword", "--chunk-chars", "100"
    )
    assert code == 0
    assert "embedder" in out


def test_a_table_is_asked_of_the_own_store(
    evaluate: Eval, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = handwritten.write_folder(tmp_path)
    assert run(["--store", str(tmp_path / "store"), "ingest", str(folder)]) == 0
    capsys.readouterr()
    questions = tmp_path / "q.csv"
    questions.write_text("question,sentence\nグリーン車は誰が,グリーン車は役員に限る。\n", encoding="utf-8")
    found = parsed(evaluate("retrieval", questions, "--collection", "default", "--json"))
    assert (found["num_documents"], found["legs"]["final"]["recall@10"]) == (4, 1)
    assert parsed(evaluate("retrieval", questions, "--json"))["num_gold_missing"] == 0


def test_answers_by_halves(evaluate: Eval, tmp_path: Path):
    folder = handwritten.write_folder(tmp_path)
    questions = tmp_path / "q.jsonl"
    rows = [
        {
            "id": "q1",
            "question": "グリーン車に乗れるのは誰ですか",
            "answerable": True,
            "source": "出張.md",
            "sentence": "グリーン車は役員に限る。",
            "answer": "役員",
            "alternatives": [],
        },
        {
            "id": "n001",
            "question": "社員食堂の今週の献立を教えて",
            "answerable": False,
            "why": "食堂の資料がない",
        },
    ]
    questions.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    found = parsed(evaluate("answers", questions, "--folder", folder, "--json"))
    halves = found["halves"]
    assert sum(halves[half]["num_answerable"] for half in halves) == 1
    assert sum(halves[half]["num_unanswerable"] for half in halves) == 1
    assert sum(halves[half]["gold_in_hits"] for half in halves) == 1
    code, out, _ = evaluate("answers", questions, "--folder", folder)
    assert code == 0
    assert out.splitlines()[1].startswith("tuning")


BAD = [
    pytest.param(["retrieval", "無い.json"], "is not there", id="no such set"),
    pytest.param(["retrieval", "office/set.json", "--half", "third"], "--half", id="no such half"),
    pytest.param(["retrieval", "office/set.json", "--limit", "0"], "--limit", id="no questions wanted"),
    pytest.param(["retrieval", "office/set.json", "--folder", "."], "is asked of passages", id="two places"),
    pytest.param(["retrieval", "q.csv"], "no store at", id="no store"),
    pytest.param(
        ["retrieval", "q.csv", "--pool", "q.csv"], "holds questions alone", id="a pool of questions"
    ),
    pytest.param(["runs", "a", "b"], "holds no run", id="no run"),
    pytest.param(["compare", "無い", "--questions", "q.csv"], "is no folder", id="no folder"),
    pytest.param(["compare", "."], "--questions", id="no questions"),
    pytest.param(["answers", "無い.jsonl"], "cannot be read", id="no questions to answer"),
]


@pytest.mark.usefixtures("squad")
@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_told_in_one_line(evaluate: Eval, tmp_path: Path, arguments: list[str], message: str):
    (tmp_path / "q.csv").write_text("question,file\n休み,規程.txt\n", encoding="utf-8")
    code, out, err = evaluate(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
