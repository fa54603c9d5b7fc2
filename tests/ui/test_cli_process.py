"""The command line as its own process: what it imports, how it speaks to a terminal and to a pipe."""

import importlib.util
import os
import pty
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from rag.types import ABSTENTION

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "langchain_core",
    "torch",
    "transformers",
    "sentence_transformers",
    "streamlit",
    "fastapi",
    "openpyxl",
    "pypdfium2",
    "rich",
}


def environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SWALLOW_RAG_")}
    return {**own, "PYTHONPATH": str(ROOT)}


def swallow_rag(
    *arguments: str | Path, code: str = "from ui.cli import main; main()"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        check=False,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one rule in it."""
    folder = tmp_path_factory.mktemp("process")
    (folder / "休暇.md").write_text(
        "# 休暇規程\n\n## 第20条 年次有給休暇\n\n年次有給休暇は、一年につき二十日とする。\n", encoding="utf-8"
    )
    done = swallow_rag("--store", folder / "store", "ingest", folder / "休暇.md")
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "store"


def test_ask_imports_nothing_heavy(store: Path):
    code = (
        "import sys\nfrom ui.cli.entry import run\n"
        "code = run(sys.argv[1:])\n"
        f"print(code, sorted({HEAVY!r} & sys.modules.keys()))"
    )
    done = swallow_rag("--store", store, "ask", "年次有給休暇は一年に何日ですか", code=code)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


def test_an_answer_on_the_terminal_shows_what_it_rests_on(store: Path):
    done = swallow_rag("--store", store, "ask", "年次有給休暇は一年に何日ですか")
    assert done.returncode == 0, done.stderr
    assert "年次有給休暇は、一年につき二十日とする。[1]" in done.stdout
    assert "[1] 休暇.md 休暇規程 > 第20条 年次有給休暇 (1〜5行目)" in done.stdout
    assert "「年次有給休暇は、一年につき二十日とする。」" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_abstention_shows_the_nearest_sources(store: Path):
    done = swallow_rag("--store", store, "ask", "社長の好きな食べ物は何ですか")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(ABSTENTION)


def test_a_question_from_standard_input(store: Path):
    done = subprocess.run(
        [sys.executable, "-c", "from ui.cli import main; main()", "--store", store, "search", "-"],
        input="有給休暇\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        check=False,
    )
    assert "休暇.md" in done.stdout


def test_bytes_that_are_no_utf8_do_no_harm(store: Path):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from ui.cli import main; main()",
            "--store",
            store,
            "search",
            "休暇".encode("cp932"),
        ],
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_that_knows_no_kanji_gets_question_marks(store: Path):
    done = subprocess.run(
        [sys.executable, "-c", "from ui.cli import main; main()", "--store", store, "list"],
        capture_output=True,
        env={**environment(), "PYTHONIOENCODING": "latin-1"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"??.md" in done.stdout


def test_a_reader_that_has_gone_is_no_error(store: Path):
    done = subprocess.run(
        f'"{sys.executable}" -c "from ui.cli import main; main()" --store "{store}" '
        "search 休暇 --json | true; exit ${PIPESTATUS[0]}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        env=environment(),
        check=False,
    )
    assert (done.returncode in {0, 1}, done.stderr) == (True, b"")


def test_a_terminal_shows_a_bar(tmp_path: Path):
    for number in range(3):
        (tmp_path / f"規程{number}.txt").write_text(f"第{number}条の本文です。", encoding="utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from ui.cli import main; main()",
            "--store",
            tmp_path / ".store",
            "ingest",
            tmp_path,
        ],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**environment(), "TERM": "xterm", "COLUMNS": "100"},
    ) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        out, _ = running.communicate(timeout=60)
    os.close(ours)
    assert "読み取り中" in shown.decode(errors="replace")
    assert "毎秒" in shown.decode(errors="replace")
    assert out.decode().splitlines()[0].split() == ["追加", "3", "件"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_served(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.mark.skipif(importlib.util.find_spec("streamlit") is None, reason="streamlit is not installed")
def test_ui_serves_the_page_until_it_is_interrupted(store: Path):
    port = free_port()
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from ui.cli import main; main()",
            "--store",
            store,
            "ui",
            "--port",
            str(port),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as running:
        until = time.monotonic() + 60
        while not is_served(port) and running.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        served = is_served(port)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=30)
    assert served
    assert f"http://127.0.0.1:{port}" in out.decode()
