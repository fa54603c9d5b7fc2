"""The command line in one process: what each command prints, and how it ends."""

import importlib.metadata
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ui.cli.commands import COMMANDS
from ui.cli.entry import run


class Cli:
    """Runs commands on one store; ``out`` and ``err`` are what the last one printed."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str | Path) -> int:
        code = run(["--store", str(self.store), *map(str, arguments)])
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *arguments: str | Path) -> Any:
        assert self(*arguments, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path / "store", capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "規程"
    path.mkdir()
    (path / "休暇.md").write_text(
        "# 休暇規程\n\n## 第20条 年次有給休暇\n\n年次有給休暇は、一年につき二十日とする。\n", encoding="utf-8"
    )
    (path / "旅費.txt").write_text("宿泊費は一泊一万円までとする。", encoding="cp932")
    (path / "空.txt").write_bytes(b"")
    return path


def test_documents_come_in_are_listed_found_and_leave(cli: Cli, folder: Path):
    report = cli.json("ingest", folder)
    assert (report["documents"], report["skipped_by_reason"]) == (2, {"EmptyDocument": 1})

    assert cli("ingest", folder) == 0
    assert "変更なし              2 件" in cli.out
    assert "空.txt" in cli.out

    listed = cli.json("list")["documents"]
    assert [(info["name"], info["collection"]) for info in listed] == [
        ("休暇.md", "default"),
        ("旅費.txt", "default"),
    ]
    assert cli("list") == 0
    assert "休暇.md" in cli.out

    [hit, *_] = cli.json("search", "有給休暇")["hits"]
    assert (hit["heading_path"], "二十日" in hit["text"]) == (["休暇規程", "第20条 年次有給休暇"], True)
    assert cli("search", "有給休暇", "--explain", "--top-k", "1", "--mode", "keyword") == 0
    assert "休暇.md 休暇規程 > 第20条 年次有給休暇" in cli.out
    assert "keyword 1位" in cli.out
    assert cli.json("search", "有給休暇", "--source", "旅費.txt", "--mode", "keyword")["hits"] == []

    assert cli("remove", "旅費.txt") == 0
    assert cli.out == "1 件の資料を外しました。\n"
    assert [info["name"] for info in cli.json("remove", "--collection", "default")["removed"]] == ["休暇.md"]
    assert cli("list") == 0
    assert cli.out == "資料はまだありません。\n"


def test_prune_and_collection(cli: Cli, folder: Path):
    cli.json("ingest", folder, "--collection", "規程", "--workers", "1")
    (folder / "旅費.txt").unlink()
    report = cli.json("ingest", folder, "--collection", "規程", "--prune")
    assert [Path(f["source"]).name for f in report["files"] if f["status"] == "removed"] == ["旅費.txt"]
    assert cli.json("list", "--collection", "別")["documents"] == []


def test_rebuild_takes_new_settings(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch):
    cli.json("ingest", folder)
    monkeypatch.setenv("SWALLOW_RAG_INGEST__MAX_CHUNK_CHARS", "50")
    assert cli("rebuild") == 0
    assert ["更新", "2", "件"] in [line.split() for line in cli.out.splitlines()]
    assert cli.json("rebuild", "--workers", "1")["documents"] == 2


BAD_INPUT: list[tuple[str, list[str], list[str]]] = [
    ("no store", ["ask", "有休は？"], ["there is no store at", "swallow-rag ingest"]),
    ("a path that is not there", ["ingest", "ない.txt"], ["ない.txt does not exist"]),
    ("an unknown command", ["aks"], ["aks", "swallow-rag --help"]),
    (
        "an unknown option",
        ["ask", "--topk", "3", "有休は？"],
        ["--topk", "--top-k", "swallow-rag ask --help"],
    ),
    ("an option without its value", ["ask", "有休は？", "--top-k"], ["--top-k", "--help"]),
    ("a value of another kind", ["ask", "有休は？", "--top-k", "三"], ["三", "--top-k"]),
    ("a value out of range", ["ask", "有休は？", "--top-k", "0"], ["retrieval.top_k = 0 is not possible"]),
    ("an empty question", ["ask", " "], ["質問が空です"]),
    ("nothing to remove", ["remove"], ["--collection"]),
    ("a model that is not there", ["ask", "有休は？", "--backend", "transformers"], ["there is no store"]),
]


@pytest.mark.parametrize(
    ("arguments", "told"), [case[1:] for case in BAD_INPUT], ids=[case[0] for case in BAD_INPUT]
)
def test_bad_input_is_one_line_and_exit_code_2(cli: Cli, arguments: list[str], told: list[str]):
    assert cli(*arguments) == 2
    assert cli.out == ""
    assert cli.err.count("\n") == 1
    assert cli.err.startswith("エラー: ")
    assert [words for words in told if words not in cli.err] == []


def test_a_misspelt_setting_names_the_right_one(cli: Cli, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SWALLOW_RAG_RETREIVAL__TOP_K", "5")
    assert cli("list") == 2
    assert "did you mean SWALLOW_RAG_RETRIEVAL__TOP_K" in cli.err


def test_a_settings_file_that_is_not_there_is_named(cli: Cli):
    assert run(["--settings", "ない.toml", "list"]) == 2
    assert cli("list") == 2


def test_a_store_of_another_embedder_says_what_mends_it(
    cli: Cli, folder: Path, tiny_embedder: Path, monkeypatch: pytest.MonkeyPatch
):
    cli.json("ingest", folder)
    monkeypatch.setenv("SWALLOW_RAG_EMBEDDING__MODEL", str(tiny_embedder))
    assert cli("search", "休暇") == 2
    assert "swallow-rag rebuild" in cli.err
    assert cli("rebuild") == 0
    assert len(cli.json("search", "休暇", "--mode", "dense")["hits"]) == 2


WRONG_NAMES = [
    ("an unknown name", ["ない.txt"], "there is no document 'ない.txt'"),
    ("an unknown collection", ["--collection", "ない"], "there is no collection 'ない'"),
    ("one of two unknown", ["休暇.md", "ない.txt"], "there is no document 'ない.txt'"),
    ("two of that name", ["同じ.txt"], "give the whole path or --collection"),
]


def test_nothing_is_removed_when_a_name_is_wrong(cli: Cli, folder: Path):
    for name in ("甲", "乙"):
        (folder / name).mkdir()
        (folder / name / "同じ.txt").write_text(f"{name}の規程です。", encoding="utf-8")
    cli.json("ingest", folder)
    for why, arguments, told in WRONG_NAMES:
        assert cli("remove", *arguments) == 2, why
        assert told in cli.err, why
    assert len(cli.json("list")["documents"]) == 4


def test_a_document_is_removed_by_its_whole_path(cli: Cli, folder: Path):
    cli.json("ingest", folder)
    removed = cli.json("remove", folder / "休暇.md")["removed"]
    assert [info["source"] for info in removed] == [(folder / "休暇.md").as_posix()]


def test_help_is_japanese_first(cli: Cli):
    assert cli("--help") == 0
    assert all(name in cli.out for name in COMMANDS)
    assert "日本語の資料に質問すると" in cli.out


def test_the_version_is_that_of_the_package(cli: Cli):
    assert cli("--version") == 0
    assert cli.out == f"swallow-rag {importlib.metadata.version('swallow-rag')}\n"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Puts a command in the place of ``list`` that raises; the table of commands is the seam."""

    def put(error: BaseException) -> None:
        module = type("module", (), {})()
        import click

        @click.command("list")
        def command() -> None:
            raise error

        module.command = command
        monkeypatch.setitem(__import__("sys").modules, "failing_command", module)
        monkeypatch.setitem(COMMANDS, "list", "failing_command:command")

    return put


def test_a_fault_of_ours_is_one_line_too(cli: Cli, failing: Callable[[BaseException], None]):
    failing(KeyError("styles"))
    assert cli("list") == 1
    assert cli.err == "エラー: 予期しない誤りです (KeyError: 'styles')。--debug で詳細が出ます。\n"


def test_debug_shows_the_trace(
    cli: Cli, failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
):
    failing(KeyError("styles"))
    assert run(["--debug", "list"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_said(cli: Cli, failing: Callable[[BaseException], None]):
    failing(KeyboardInterrupt())
    assert cli("list") == 130
    assert "中断しました" in cli.err
