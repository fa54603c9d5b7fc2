"""The commands for learners, on the sample documents, each also as JSON; nothing of them imports torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ui.cli.entry import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("学習") / "store"
    names = ("文法解説.md", "読み物_N4.md", "短編_灯台守の手紙.txt")
    files = [str(ROOT / "data" / "sample" / name) for name in names]
    assert run(["--store", str(path), "ingest", "--workers", "1", *files]) == 0
    return path


@pytest.fixture
def cli(
    store: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Any:
        capsys.readouterr()
        code = run(["--store", str(store), *arguments])
        out, err = capsys.readouterr()
        if "--json" in arguments and code == 0:
            return json.loads(out)
        return code, out, err

    return call


def test_read_a_pasted_text(cli: Any):
    found = cli("read", "食べ物を三本、今日買った。", "--json")
    assert found["rendered"] == "食(た)べ物(もの)を三(さん)本(ぼん)、今日(きょう)買(か)った。"
    assert {"furigana", "words", "grammar", "profile"} <= found.keys()
    code, out, _ = cli("read", "今日は雨が降っている。", "--others", "--words", "--grammar", "--profile")
    assert code == 0
    assert "今日(きょう/こんにち)" in out
    assert "〜ている" in out


def test_read_keeps_the_ruby_of_the_source(cli: Any):
    assert cli("read", "硝子《ガラス》の窓《まど》と灯《あかり》", "--style", "aozora", "--json")[
        "rendered"
    ] == ("硝子《ガラス》の窓《まど》と灯《あかり》")
    found = cli("read", "--source", "短編_灯台守の手紙.txt", "--above", "6", "--json")
    assert "硝子(ガラス)" in found["rendered"]


def test_grammar_lookup_and_level(cli: Any):
    [found] = cli("grammar", "「〜ざるを得ない」", "--json")["patterns"]
    assert found["count"] >= 2
    assert found["examples"][0]["source"].endswith("文法解説.md")
    assert cli("grammar", "〜ざるを得ない")[1].startswith("〜ざるを得ない  N3")
    assert len(cli("grammar", "--list", "--json")["patterns"]) >= 150
    assert cli("lookup", "toshokan", "--json")["words"][0]["reading"] == "としょかん"
    assert "手紙（てがみ）" in cli("lookup", "てがみ")[1]
    assert Path(cli("level", "--json")["documents"][0]["source"]).stem == "読み物_N4"


def test_exercises_and_saved_words(cli: Any, tmp_path: Path):
    made = cli(
        "exercises", "--kind", "reading", "--count", "3", "--export", str(tmp_path / "問題.csv"), "--json"
    )
    assert len(made["exercises"]) == 3
    assert (tmp_path / "問題.csv").stat().st_size > 0
    [saved] = cli("words", "てがみ", "--save", "--json")["words"]
    assert (saved["written"], saved["reading"]) == ("手紙", "てがみ")
    assert cli("words", "手紙", "--review", "easy", "--due", "--json")["words"] == []
    assert "手紙" in cli("words", "--export", str(tmp_path / "語.tsv"))[1]
    assert cli("words", "手紙", "--forget")[1] == "保存した語はありません。\n"


BAD = [
    (["read"], "TEXT"),
    (["read", "--source", "ない.txt"], "ない.txt"),
    (["search", "犬", "--level", "N4"], "learner.word_list"),
    (["words", "--save"], "WORD"),
    (["words", "ないことば", "--save"], "does not stand in the documents"),
    (["words", "ないことば", "--forget"], "not among the saved words"),
    (["simplify", "年休は二十日です。"], "generation.backend"),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_is_one_line(cli: Any, arguments: list[str], told: str):
    code, _, err = cli(*arguments)
    assert (code, err.count("\n"), told in err) == (2, 1, True)


def test_nothing_of_it_imports_torch():
    program = (
        "import sys; from ui.cli.entry import run; run(['read', '今日は', '--words', '--json']); "
        "import rag.learner.simplify, rag.learner.exercises, rag.records.words; "
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
