"""``doctor``: what is there, what is wrong, and what mends it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from rag.assembly import open_assembly
from rag.settings import load_settings
from ui.cli.entry import run
from ui.cli.findings import Finding, Level

Doctor = Callable[[], tuple[int, dict[str, Finding]]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one document, as it was left by ingestion."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "規程.txt").write_text("年次有給休暇は二十日とする。", encoding="utf-8")
    settings = load_settings(arguments={"store.path": folder / "store"}, environment={})
    with open_assembly(settings, create=True) as assembly:
        ingest([folder / "規程.txt"], assembly.store, assembly.embedder, settings.ingest)
    return folder / "store"


@pytest.fixture
def doctor(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    monkeypatch.chdir(tmp_path)

    def examine(store: Path = filled) -> tuple[int, dict[str, Finding]]:
        code = run(["--store", str(store), "doctor", "--json"])
        told = json.loads(capsys.readouterr().out)
        assert told["ok"] is (code == 0)
        return code, {finding["name"]: Finding(**finding) for finding in told["findings"]}

    return examine


def test_a_sound_installation(doctor: Doctor):
    code, findings = doctor()
    assert code == 0
    assert "1 資料 1 断片" in findings["ストア"].value
    assert [findings[f"索引 {name}"].value for name in ("keyword", "dense")] == ["最新", "最新"]
    assert findings["faiss-cpu"].level == Level.OK
    assert findings["埋め込みモデル"].value.startswith("static-ja ")


def test_it_is_readable(filled: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["--store", str(filled), "doctor"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("問題はありません。\n")
    assert "○  ストア" in out


def test_no_store_yet_is_no_problem_and_says_how_to_begin(doctor: Doctor, tmp_path: Path):
    code, findings = doctor(tmp_path / "まだ")  # type: ignore[call-arg]
    assert (code, findings["ストア"].level, findings["ストア"].remedy) == (
        0,
        Level.NOTE,
        "swallow-rag ingest フォルダ",
    )


@pytest.fixture
def damaged(filled: Path) -> Iterator[None]:
    """Every file of the published indexes cut short, and put back afterwards."""
    files = [path for name in ("keyword", "dense") for path in (filled / name).rglob("*") if path.is_file()]
    kept = {path: path.read_bytes() for path in files}
    for path, data in kept.items():
        path.write_bytes(data[: len(data) // 2])
    yield
    for path, data in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.mark.usefixtures("damaged")
def test_a_damaged_index_is_a_problem_with_its_remedy(doctor: Doctor):
    code, findings = doctor()
    assert (code, findings["ストア"].level) == (1, Level.OK)
    for name in ("索引 keyword", "索引 dense"):
        assert findings[name].level == Level.PROBLEM
        assert "swallow-rag rebuild" in findings[name].remedy


PROBLEMS = [
    (
        "a misspelt setting",
        {"SWALLOW_RAG_STORE__PTAH": "x"},
        "設定",
        "SWALLOW_RAG_STORE__PTAH is not a setting",
    ),
    (
        "an embedder that is not there",
        {"SWALLOW_RAG_EMBEDDING__MODEL": "none/such-model"},
        "埋め込みモデル",
        "such-model",
    ),
    (
        "a model that is not there",
        {
            "SWALLOW_RAG_GENERATION__BACKEND": "transformers",
            "SWALLOW_RAG_GENERATION__MODEL": "none/such-model",
        },
        "文章生成",
        "such-model",
    ),
    (
        "a server that is not there",
        {
            "SWALLOW_RAG_GENERATION__BACKEND": "openai",
            "SWALLOW_RAG_GENERATION__BASE_URL": "http://127.0.0.1:9/v1",
        },
        "文章生成",
        "127.0.0.1:9",
    ),
]


@pytest.mark.parametrize(
    ("variables", "name", "told"), [case[1:] for case in PROBLEMS], ids=[case[0] for case in PROBLEMS]
)
def test_a_problem_is_told_and_the_rest_is_still_examined(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str, told: str
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    code, findings = doctor()
    assert (code, findings[name].level) == (1, Level.PROBLEM)
    assert told in findings[name].value
    assert findings[name].remedy
    assert findings["numpy"].level == Level.OK


def test_a_model_that_is_there(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tiny_swallow: Path):
    monkeypatch.setenv("SWALLOW_RAG_GENERATION__BACKEND", "transformers")
    monkeypatch.setenv("SWALLOW_RAG_GENERATION__MODEL", str(tiny_swallow))
    code, findings = doctor()
    assert (code, findings["文章生成"].level) == (0, Level.OK)
