"""``doctor`` on words of one's own, garbled documents and vectors that say nothing."""

import json
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from rag.assembly import open_assembly
from rag.settings import load_settings
from ui.cli.entry import run


def examine(store: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, str]]]:
    code = run(["--store", str(store), "doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, {finding["name"]: finding for finding in findings}


def test_words_of_ones_own_are_counted_and_their_faults_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    words, synonyms = tmp_path / "words.csv", tmp_path / "synonyms.txt"
    words.write_text("鰺坂,アジサカ\n", encoding="utf-8")
    synonyms.write_text("休暇,休み\n", encoding="utf-8")
    monkeypatch.setenv("SWALLOW_RAG_INGEST__USER_DICTIONARY", str(words))
    monkeypatch.setenv("SWALLOW_RAG_RETRIEVAL__SYNONYMS", str(synonyms))
    code, findings = examine(tmp_path / "store", capsys)
    assert code == 0
    assert findings["ユーザー辞書"]["value"] == f"1 語 ({words})"
    assert findings["同義語"]["value"] == f"2 語 ({synonyms})"
    synonyms.write_text("休暇\n", encoding="utf-8")
    code, findings = examine(tmp_path / "store", capsys)
    assert (code, findings["辞書と同義語"]["level"]) == (1, "problem")
    assert "line 1" in findings["辞書と同義語"]["value"]


def test_garbled_documents_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "化けた.txt").write_text("縺薙ｌ縺ｯ隱ｭ繧√↑縺・枚縺ｧ縺ゅｋ縲" * 5, encoding="utf-8")
    settings = load_settings(arguments={"store.path": tmp_path / "store"}, environment={})
    with open_assembly(settings, create=True) as assembly:
        ingest([tmp_path / "化けた.txt"], assembly.store, assembly.embedder, settings.ingest)
    code, findings = examine(tmp_path / "store", capsys)
    assert code == 0, "worth knowing, and no fault of the installation"
    assert findings["文字化け"]["level"] == "note"
    assert "化けた.txt" in findings["文字化け"]["value"]
