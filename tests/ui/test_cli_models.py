"""``swallow-rag models`` and what ``ask`` can be told about the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.generation.catalog import CATALOG
from tests.scripted_server import Reply, serve
from ui.cli.entry import run


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def test_every_model_is_listed_with_its_style_memory_fit_and_licence(capsys: pytest.CaptureFixture[str]):
    code, out, _ = call(capsys, "models", "--json")
    assert code == 0
    listed = json.loads(out)["models"]
    assert [model["name"] for model in listed] == [entry.repository for entry in CATALOG]
    swallow = next(model for model in listed if model["name"].endswith("/Swallow-7b-instruct-hf"))
    assert (swallow["prompt_style"], swallow["kv_bytes_per_token"]) == ("alpaca-ja", 512 * 1_024)
    assert all(model["fit"].split()[0] in {"fits", "needs", "use"} for model in listed)
    code, out, _ = call(capsys, "models")
    assert "tokyotech-llm/Swallow-70b-instruct-hf" in out
    assert "Llama 2 Community License: services with over 700 million" in out


def test_fetching_a_folder_shows_its_checksums(capsys: pytest.CaptureFixture[str], tiny_swallow: Path):
    code, out, _ = call(capsys, "models", "fetch", tiny_swallow)
    assert code == 0
    assert "model.safetensors" in out
    code, out, _ = call(capsys, "models", "fetch", tiny_swallow, "--json")
    assert {len(file["sha256"]) for file in json.loads(out)["files"]} == {64}


def test_what_cannot_be_fetched_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    code, _, err = call(capsys, "models", "fetch", tmp_path)
    assert code == 2
    assert err.count("\n") == 1


def answer(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給休暇は、一年につき二十日とする。[1]", finish_reason="length")


def test_ask_sends_what_it_is_told_and_shows_the_prompt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "休暇.txt").write_text("年次有給休暇は、一年につき二十日とする。", encoding="utf-8")
    store = ["--store", str(tmp_path / "store")]
    assert call(capsys, *store, "ingest", tmp_path / "休暇.txt")[0] == 0
    question = "年次有給休暇は何日ですか"
    with serve(answer) as server:
        model = ["--backend", "openai", "--base-url", server.url, "--model", "swallow"]
        monkeypatch.setenv("SWALLOW_RAG_GENERATION__PROMPT_STYLE", "alpaca-ja")
        options = ["--preset", "model-card", "--temperature", "0.5", "--seed", "7", "--show-prompt"]
        code, out, err = call(capsys, *store, "ask", question, *model, *options, "--json")
    assert code == 0, err
    shown = json.loads(out)
    sent: dict[str, Any] = server.requests[0]
    assert shown["prompts"] == [sent["prompt"]]
    assert shown["prompts"][0].endswith("### 応答:")
    assert (sent["max_tokens"], sent["temperature"], sent["top_p"], sent["seed"]) == (128, 0.5, 0.95, 7)
    assert any("長さの上限" in note for note in shown["notes"]), "an answer cut at its limit is told"
    code, _, err = call(capsys, *store, "ask", question, "--show-prompt")
    assert (code, err.count("\n")) == (2, 1)
