"""``summarise`` and ``eval summaries`` on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation.abstracts import load_examples
from rag.errors import DamagedDocument, ReadError
from tests.summary.conftest import SAMPLE
from ui.cli.commands import swallow_rag

RULES = SAMPLE / "経費精算規程_2024.txt"


def run(*arguments: object, store: Path | None = None) -> Result:
    options = ["--store", str(store)] if store else []
    return CliRunner().invoke(swallow_rag, [*options, *map(str, arguments)])


def test_a_file_is_summarised_without_a_store(tmp_path: Path):
    done = run("summarise", RULES, "--length", "短い", store=tmp_path / "store")
    assert done.exit_code == 0, done.output
    assert "この規程は、従業員が業務のために支出した費用の精算について" in done.output
    assert "[1] 経費精算規程_2024.txt 第1章" in done.output
    assert not (tmp_path / "store").exists()


def test_json_holds_everything(tmp_path: Path):
    done = run("summarise", RULES, "--json", store=tmp_path / "store")
    page = json.loads(done.output)
    (summary,) = page["summaries"]
    assert summary["method"] == "extractive"
    assert summary["support_rate"] == 1.0
    numbers = [n for c in summary["chapters"] for s in c["statements"] for n in s["citations"]]
    assert numbers == [citation["number"] for citation in summary["citations"]]
    assert summary["coverage"]["parts"][2]["heading_path"] == ["第1章　総則", "第1条（目的）"]
    assert {fact["kind"] for fact in summary["facts"]} >= {"日付", "数量", "用語"}


def test_json_of_minutes_changes_and_comparison(tmp_path: Path):
    store = tmp_path / "store"
    minutes = json.loads(
        run(
            "summarise", SAMPLE / "製品企画会議_議事録.docx", "--format", "議事録", "--json", store=store
        ).output
    )
    assert minutes["minutes"][0][0]["kind"] == "決定事項"
    versions = [SAMPLE / "経費精算規程_2021.docx", RULES]
    changes = json.loads(run("summarise", *versions, "--format", "変更点", "--json", store=store).output)
    assert changes["changes"]["before"] == "経費精算規程_2021.docx"
    both = json.loads(run("summarise", *versions, "--json", store=store).output)
    assert both["comparison"]["titles"] == ["経費精算規程_2021.docx", "経費精算規程_2024.txt"]
    assert both["summaries"][0]["tables"][0]["header"][0] == "区分"


@pytest.mark.parametrize("suffix", [".md", ".docx"])
def test_a_page_is_written_with_footnotes(suffix: str, tmp_path: Path):
    file = tmp_path / f"要約{suffix}"
    done = run("summarise", RULES, "--output", file, store=tmp_path / "store")
    assert done.exit_code == 0, done.output
    assert file.stat().st_size > 500
    assert str(file) in done.output


def test_documents_of_the_store_are_summarised(tmp_path: Path):
    store = tmp_path / "store"
    assert run("ingest", RULES, store=store).exit_code == 0
    done = run("summarise", "--source", RULES.name, "--length", "一行", store=store)
    assert done.exit_code == 0, done.output
    assert "費用の精算" in done.output
    missing = run("summarise", "--source", "ない.txt", store=store)
    assert "no document of the store" in str(missing.exception)


BAD = [
    ([], "どちらか一方"),
    ([RULES, "--source", "a.txt"], "どちらか一方"),
    ([RULES, "--output", "要約.pdf"], "拡張子"),
    ([RULES, "--output", "/ない/要約.md"], "フォルダ"),
    ([RULES, "--length", "中くらい"], "中くらい"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD)
def test_bad_options_are_said_before_any_work(arguments: list[object], said: str):
    done = run("summarise", *arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_files_that_cannot_be_read_are_told_and_the_others_done(tmp_path: Path):
    empty = tmp_path / "空.txt"
    empty.write_bytes(b"")
    done = run("summarise", empty, RULES, "--length", "一行", store=tmp_path / "store")
    assert done.exit_code == 0, done.output
    assert "読めませんでした" in done.output
    alone = run("summarise", empty, store=tmp_path / "store")
    assert "the file is empty" in str(alone.exception)
    large = run("summarise", tmp_path / "ない.txt", store=tmp_path / "store")
    assert isinstance(large.exception, ReadError)


EXAMPLES = [
    {
        "id": "a",
        "text": "要約の研究が盛んである。本研究では文を選ぶ手法を提案する。実験で確かめた。",
        "summary": "文を選ぶ手法",
    },
    {
        "text": "# 休暇\n\n休暇の申請の方法について説明します。申請は前日までに行います。",
        "summary": "休暇の申請の方法",
    },
]


def test_summaries_are_measured_beside_the_baselines(tmp_path: Path):
    file = tmp_path / "例.jsonl"
    file.write_text(
        "\n".join(json.dumps(one, ensure_ascii=False) for one in EXAMPLES) + "\n\n", encoding="utf-8"
    )
    done = run("eval", "summaries", file, "--half", "all", "--json", store=tmp_path / "store")
    assert done.exit_code == 0, done.output
    (report,) = json.loads(done.output)["reports"]
    assert report["num_examples"] == 2
    line = {one["system"]: one for one in report["budgets"]["一行 (120)"]}
    assert list(line) == ["summary", "lead-1", "lead-3", "random"]
    assert line["summary"]["support"] == 1.0
    assert line["summary"]["rouge_1"] > line["lead-3"]["rouge_1"]
    shown = run("eval", "summaries", file, "--half", "all", "--length", "短い", "--limit", "1")
    assert "短い (200)  summary" in shown.output


def test_a_half_without_examples_is_said(tmp_path: Path):
    file = tmp_path / "例.jsonl"
    file.write_text(json.dumps(EXAMPLES[0]), encoding="utf-8")
    other = "tuning" if next(load_examples(file)).half else "reported"
    done = run("eval", "summaries", file, "--half", other)
    assert "ask for --half all" in str(done.exception)


def test_examples_that_are_none_are_said_with_their_line(tmp_path: Path):
    file = tmp_path / "例.jsonl"
    file.write_text('{"text": "甲", "summary": "乙"}\n{"text": 1}\n', encoding="utf-8")
    with pytest.raises(DamagedDocument, match="line 2"):
        list(load_examples(file))
    with pytest.raises(ReadError, match="does not exist"):
        list(load_examples(tmp_path / "ない.jsonl"))
    broken = tmp_path / "例.jsonl.gz"
    broken.write_bytes(b"x")
    with pytest.raises(DamagedDocument, match="cannot be read"):
        list(load_examples(broken))
