"""``demo``: the first thing that a new user sees."""

import json
from pathlib import Path

import pytest

from rag.bundled import bundled_path
from rag.types import ABSTENTION
from ui.cli.demo import QUESTIONS
from ui.cli.entry import run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "store"


def test_the_demo_answers_two_questions_with_citations_and_one_not(
    store: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(["--store", str(store), "demo", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ingest"]["documents"] == len(list(bundled_path("sample").iterdir()))
    first, second, third = told["answers"]
    assert [answer["question"] for answer in told["answers"]] == list(QUESTIONS)
    assert ("３か月間" in first["answer"], first["citations"][0]["heading_path"][-1]) == (
        True,
        "第4条（試用期間）",
    )
    assert "約3年" in second["answer"]
    assert second["citations"][0]["place"] == "5ページ"
    assert third["answer"] == ABSTENTION


def test_the_demo_can_be_run_again_and_says_how_to_go_on(store: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["--store", str(store), "demo"]) == 0
    out = capsys.readouterr().out
    assert all(f"問 {question}" in out for question in QUESTIONS)
    assert ABSTENTION in out
    assert "make ui" in out
    assert "読めませんでした" not in out
