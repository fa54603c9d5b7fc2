"""The model card's evaluation: llm-jp-eval's prompts, its metrics, and a run on a tiny checkpoint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evaluation.model_card import render_item, run_task, split_examples
from evaluation.model_metrics import char_f1, cut_answer, exact_match, token_sort_ratio
from evaluation.model_tasks import TASKS, Item, load_items
from rag.errors import SettingsError
from rag.generation.loading import load_local_generator
from rag.settings import GenerationSettings
from tests import tiny_models
from tests.fakes import ScriptedGenerator
from ui.cli.entry import run

SHARED = Path(__file__).parents[3] / "shared" / "data"
FILES = {
    "jsquad": "jsquad/valid-v1.3.half-a.json.gz",
    "niilc": "niilc/NIILC-ECQA2015_dev.jsonl.gz",
    "jemhopqa": "jemhopqa/dev_ver1.2.half-a.json.gz",
    "jcommonsenseqa": "jcommonsenseqa/train-v1.3.jsonl.gz",
}
NUM_ITEMS = {"jsquad": 2_010, "niilc": 800, "jemhopqa": 60, "jcommonsenseqa": 8_939}
needs_data = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the public question sets are not beside the checkout"
)

ITEMS = [Item(str(i), f"問{i}は？", f"答{i}") for i in range(6)]


def test_a_prompt_is_llm_jp_eval_s_to_the_byte():
    prompt = render_item(TASKS["niilc"], ITEMS[4], ITEMS[:2])
    assert prompt.text == (
        "以下は、タスクを説明する指示と、文脈のある入力の組み合わせです。要求を適切に満たす応答を書きなさい。\n\n"
        "### 指示:\n質問に対する答えを出力してください。答えが複数の場合、コンマ（,）で繋げてください。\n\n"
        "### 入力:\n質問：問0は？\n\n### 応答:\n答0\n\n"
        "### 入力:\n質問：問1は？\n\n### 応答:\n答1\n\n"
        "### 入力:\n質問：問4は？\n\n### 応答:\n"
    )
    assert prompt.bos, "llm-jp-eval leaves the default special tokens on"
    assert prompt.stop == ("\n\n",)


def test_contexts_choices_and_retrieved_texts_stand_in_the_input():
    squad = Item("1", "首都は？", "東京", context="東京は日本の首都。")
    assert squad.as_input() == "文章：東京は日本の首都。\n質問：首都は？"
    choice = Item("2", "子ども向けは？", "2", extra="選択肢：0.世界,1.写真集,2.絵本,3.論文,4.図鑑")
    assert choice.as_input() == "質問：子ども向けは？\n選択肢：0.世界,1.写真集,2.絵本,3.論文,4.図鑑"
    prompt = render_item(TASKS["niilc"], ITEMS[1], ITEMS[:1], ["文零", "文一"])
    assert "### 入力:\n文章：文零\n質問：問0は？\n\n### 応答:\n答0" in prompt.text
    assert prompt.text.endswith("### 入力:\n文章：文一\n質問：問1は？\n\n### 応答:\n")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [  # what fuzzywuzzy 0.18.0 with python-Levenshtein gives
        pytest.param("年次有給休暇", "有給休暇", 80, id="two characters more"),
        pytest.param("東京都 新宿区", "新宿区 東京都", 100, id="words are sorted"),
        pytest.param("20日", "二十日", 33, id="figures are not read"),
        pytest.param("", "x", 0, id="nothing"),
        pytest.param("", "", 100, id="nothing, as wanted"),
        pytest.param("A,B", "B A", 100, id="signs divide words"),
        pytest.param("（株）", "株", 100, id="brackets fall away"),
        pytest.param("1,234円", "1234円", 91, id="a comma divides a number"),
        pytest.param("Swallow 7B", "swallow 7b", 100, id="case"),
        pytest.param("。", "、", 100, id="signs alone are nothing"),
        pytest.param("a_b", "a b", 67, id="an underline belongs to the word"),
        pytest.param("café", "caf", 100, id="Latin-1 falls away"),
    ],
)
def test_char_f1_is_fuzzywuzzy_s_token_sort_ratio(first: str, second: str, ratio: int):
    assert token_sort_ratio(first, second) == ratio


def test_an_answer_ends_at_the_first_blank_line_and_is_nfkc():
    assert cut_answer(" ２０日\n\n### 入力:\n次") == "20日"
    assert exact_match("２０日\n\n続き", "20日") == 1.0
    assert exact_match("20日間", "20日") == 0.0
    assert char_f1("ﾆｲｶﾞﾀ", "ニイガタ") == 1.0


@needs_data
@pytest.mark.parametrize("name", list(TASKS))
def test_published_files_are_read(name: str):
    task = TASKS[name]
    items = load_items(task, SHARED / FILES[name])
    assert len(items) == NUM_ITEMS[name]
    assert all(item.question and item.answer for item in items)
    assert all(bool(item.context) is (name == "jsquad") for item in items)
    assert all(("選択肢：0." in item.extra) is (name == "jcommonsenseqa") for item in items)


def test_another_file_is_an_error(tmp_path: Path):
    (tmp_path / "x.json").write_text('{"a": 1}', encoding="utf-8")
    for task in TASKS.values():
        with pytest.raises(
            SettingsError, match=task.name if task.name != "jsquad" else "is not a SQuAD file"
        ):
            load_items(task, tmp_path / "x.json")


def test_scores_are_means_and_too_long_prompts_count_as_wrong():
    long = Item("長", "長い質問" * 600, "答")
    examples, asked = split_examples([*ITEMS, long])
    run_ = run_task(TASKS["niilc"], asked, examples, ScriptedGenerator(["答5\n\n### 入力"]))
    assert [outcome.output for outcome in run_.outcomes] == ["答5", "答5", None]
    assert run_.num_too_long == 1
    assert run_.means["exact_match"] == pytest.approx(1 / 3)
    assert run_.means["char_f1"] == pytest.approx((0.5 + 1.0 + 0.0) / 3)
    assert "token_sort_ratio" in run_.as_json()["definitions"]["char_f1"]


def test_retrieved_texts_give_way_until_the_prompt_fits():
    def find(question: str) -> Sequence[str]:
        return [f"{question}の資料。" * 20] * 8

    generator = ScriptedGenerator(["答5"], context_tokens=2_048)
    run_ = run_task(TASKS["jemhopqa"], ITEMS[5:], ITEMS[:4], generator, find=find)
    assert run_.with_retrieval
    assert run_.outcomes[0].output == "答5"
    (prompt,) = generator.prompts
    assert 1_000 < len(prompt.text) <= 2_048
    with pytest.raises(SettingsError, match="brings its own context"):
        run_task(TASKS["jsquad"], ITEMS[4:], ITEMS[:4], generator, find=find)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card") / "Swallow-7b-hf"
    return tiny_models.make_swallow(folder, says=("二十日", "です。"), context_tokens=4_096)


@pytest.mark.parametrize("max_requests", [1, 4])
def test_a_tiny_checkpoint_is_asked_through_the_real_code(model: Path, max_requests: int):
    settings = GenerationSettings(model=str(model), device="cpu", max_requests=max_requests)
    generator = load_local_generator(settings)
    items = [*ITEMS[4:], Item("正", "何日？", "二十日です。")]
    run_ = run_task(TASKS["niilc"], items, ITEMS[:4], generator, num_workers=max_requests)
    assert {outcome.output for outcome in run_.outcomes} == {"二十日です。"}
    assert run_.means["exact_match"] == pytest.approx(1 / 3)


def test_the_command_prints_figures_with_their_definitions(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    rows = [{"id": item.id, "question": item.question, "answers": [item.answer]} for item in ITEMS]
    data = tmp_path / "niilc.jsonl"
    data.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    (tmp_path / "資料.txt").write_text("問4の答えは二十日です。", encoding="utf-8")
    store = ["--store", str(tmp_path / "store")]
    assert run([*store, "ingest", str(tmp_path / "資料.txt")]) == 0
    capsys.readouterr()
    asking = [
        "eval",
        "model",
        str(data),
        "--task",
        "niilc",
        "--backend",
        "transformers",
        "--model",
        str(model),
    ]
    assert run([*store, *asking]) == 0
    shown = capsys.readouterr().out
    assert "niilc (2 問、4-shot、検索なし)" in shown
    assert "fuzzywuzzy.token_sort_ratio/100" in shown
    assert run([*store, *asking, "--retrieval", "--limit", "1", "--few-shot", str(data), "--json"]) == 0
    given = json.loads(capsys.readouterr().out)
    assert (given["with_retrieval"], given["num_items"], given["num_examples"]) == (True, 1, 4)
