"""Cross-encoders as re-rankers: a tiny one that likes some characters, loaded through the real code."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.checkpoints import Wanted
from rag.embedding.cross_encoder import CrossEncoderReranker, find_preset, load_cross_encoder
from rag.embedding.pairs import PairModel
from rag.errors import ModelUnavailable, SettingsError
from rag.types import Hit, Question
from tests.fakes import make_hit
from tests.tiny_cross_encoders import make_reranker

QUESTION = Question("有休は何日ですか。")
TEXTS = [
    "経費は月末までに申請してください。",
    "年次有給休暇は二十日です。",
    "休暇、有給休暇。",
]
LIKED = "有給休暇"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_reranker(tmp_path_factory.mktemp("rerankers") / "likes-leave", likes=LIKED)


@pytest.fixture(scope="module")
def reranker(checkpoint: Path) -> CrossEncoderReranker:
    return load_cross_encoder(str(checkpoint), "cpu")


@pytest.fixture
def copy(checkpoint: Path, tmp_path: Path) -> Path:
    """A checkpoint to be changed."""
    return Path(shutil.copytree(checkpoint, tmp_path / "model"))


def hits_of(texts: list[str]) -> list[Hit]:
    return [make_hit(text, chunk_id=place) for place, text in enumerate(texts, start=1)]


def test_hits_get_the_order_that_the_model_sees(reranker: CrossEncoderReranker):
    hits = hits_of(TEXTS)
    scores = reranker.score(QUESTION, hits)
    ranked = sorted(zip(scores, hits, strict=True), key=lambda pair: -pair[0])
    assert [hit.chunk.id for _, hit in ranked] == [3, 2, 1]


def test_a_score_does_not_depend_on_the_other_hits(reranker: CrossEncoderReranker):
    together = reranker.score(QUESTION, hits_of(TEXTS * 20))
    alone = [reranker.score(QUESTION, [hit])[0] for hit in hits_of(TEXTS)]
    np.testing.assert_allclose(together, alone * 20, atol=1e-5)
    assert all(isinstance(score, float) for score in together)


def test_nothing_found_is_nothing_scored(reranker: CrossEncoderReranker):
    assert reranker.score(QUESTION, []) == []


def test_scores_are_the_logits_of_question_and_chunk(reranker: CrossEncoderReranker, checkpoint: Path):
    """Against transformers alone: no sigmoid, title and headings before the text."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval()
    pair = tokenizer(QUESTION.text, f"規程\n第1章\n{TEXTS[2]}", return_tensors="pt")
    with torch.inference_mode():
        logit = model(**pair).logits.item()
    assert logit > 1
    assert reranker.score(QUESTION, hits_of(TEXTS[2:])) == [pytest.approx(logit, abs=1e-5)]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"title": "有給休暇"}, id="title"),
        pytest.param({"heading_path": ("第1章", "有給休暇")}, id="heading"),
    ],
)
def test_what_stands_above_a_chunk_counts(reranker: CrossEncoderReranker, told: dict[str, object]):
    plain = make_hit(TEXTS[0])
    if "title" in told:
        better = replace(plain, document=replace(plain.document, **told))  # type: ignore[arg-type]
    else:
        better = replace(plain, chunk=replace(plain.chunk, **told))  # type: ignore[arg-type]
    low, high = reranker.score(QUESTION, [plain, better])
    assert high > low


def test_pairs_longer_than_the_model_are_cut(reranker: CrossEncoderReranker):
    assert reranker.max_tokens == 64
    pasted = Question("申請 " * 50_000)
    low, high = reranker.score(pasted, [make_hit("経費。" * 500), make_hit("休暇。" * 500)])
    assert high > low


def test_threads_get_the_same_scores(reranker: CrossEncoderReranker):
    hits = hits_of(TEXTS)
    expected = reranker.score(QUESTION, hits)
    with ThreadPoolExecutor(8) as threads:
        for scores in threads.map(lambda _: reranker.score(QUESTION, hits), range(32)):
            np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_a_checkpoint_that_sentence_transformers_saved(checkpoint: Path, tmp_path: Path):
    """It names a sigmoid of its own and a list of modules; the scores stay logits."""
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(checkpoint), device="cpu", local_files_only=True).save_pretrained(
        str(tmp_path / "saved")
    )
    assert (tmp_path / "saved" / "modules.json").is_file()
    saved = load_cross_encoder(str(tmp_path / "saved"), "cpu")
    expected = load_cross_encoder(str(checkpoint), "cpu").score(QUESTION, hits_of(TEXTS))
    np.testing.assert_allclose(saved.score(QUESTION, hits_of(TEXTS)), expected, atol=1e-5)


def test_weights_in_bfloat16_are_run_in_float32(copy: Path, reranker: CrossEncoderReranker):
    """These weights lose nothing in eight bits; what is computed of them would."""
    import torch
    from transformers import BertForSequenceClassification

    BertForSequenceClassification.from_pretrained(copy).to(torch.bfloat16).save_pretrained(copy)
    hits = hits_of(TEXTS)
    expected = reranker.score(QUESTION, hits)
    np.testing.assert_allclose(
        load_cross_encoder(str(copy), "cpu").score(QUESTION, hits), expected, atol=1e-5
    )


def test_loading_prints_nothing(checkpoint: Path, capfd: pytest.CaptureFixture[str]):
    load_cross_encoder(str(checkpoint), "cpu")
    assert capfd.readouterr() == ("", "")


PRESETS = [
    ("hotchpotch/japanese-reranker-tiny-v2", 512, "MIT"),
    ("hotchpotch/japanese-reranker-base-v2", 512, "MIT"),
    ("hotchpotch/japanese-reranker-cross-encoder-large-v1", 512, "MIT"),
    ("cl-nagoya/ruri-v3-reranker-310m", 8_192, "Apache-2.0"),
    ("/models/Ruri-v3-reranker-310m", 8_192, "Apache-2.0"),  # a folder, in another case
    ("BAAI/bge-reranker-v2-m3", 8_192, "Apache-2.0"),
]


@pytest.mark.parametrize(("name", "max_tokens", "licence"), PRESETS)
def test_families_are_known_by_name(name: str, max_tokens: int, licence: str):
    preset = find_preset(name)
    assert preset is not None
    assert (preset.max_tokens, preset.licence) == (max_tokens, licence)


def test_a_model_trained_otherwise_has_no_preset():
    assert find_preset("someone/japanese-reranker-tiny-v2-onnx") is None


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        pytest.param(600, 512, id="the family's"),
        pytest.param(64, 64, id="never beyond the model's own"),
    ],
)
def test_a_snapshot_of_a_known_family_reads_its_length(tmp_path: Path, longest: int, expected: int):
    snapshot = tmp_path / "models--hotchpotch--japanese-reranker-tiny-v2" / "snapshots" / "0123abcd"
    reranker = load_cross_encoder(str(make_reranker(snapshot, likes=LIKED, longest=longest)), "cpu")
    assert (reranker.name, reranker.max_tokens) == ("japanese-reranker-tiny-v2", expected)


def test_an_absent_model_is_one_line_with_the_command():
    name = "hotchpotch/japanese-reranker-absent-v2"
    with pytest.raises(ModelUnavailable, match=f"hf download {name}`, set retrieval.reranker to") as caught:
        load_cross_encoder(name)
    assert "\n" not in str(caught.value)


def test_a_device_that_is_not_there_is_a_setting(checkpoint: Path):
    with pytest.raises(SettingsError, match=r"retrieval\.rerank_device = 'gpu9'"):
        load_cross_encoder(str(checkpoint), "gpu9")


def test_pickled_weights_are_refused(copy: Path):
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match=r"re-ranker .* holds pytorch_model\.bin as a pickle"):
        load_cross_encoder(str(copy), "cpu")


def test_an_embedder_is_no_cross_encoder(tiny_embedder: Path):
    """sentence-transformers would put a head of random weights on it."""
    with pytest.raises(ModelUnavailable, match=r"is no cross-encoder but BertModel: set retrieval\.reranker"):
        load_cross_encoder(str(tiny_embedder), "cpu")


def test_an_entailment_model_is_no_re_ranker(tmp_path: Path):
    folder = make_reranker(tmp_path / "nli", likes=LIKED, labels=("entailment", "neutral", "contradiction"))
    with pytest.raises(ModelUnavailable, match=r"3 scores a pair \(entailment, neutral, contradiction\)"):
        load_cross_encoder(str(folder), "cpu")


def test_a_folder_without_a_tokenizer_is_refused(copy: Path):
    """transformers would make one for which every word is unknown."""
    for name in ("tokenizer.json", "vocab.txt"):
        (copy / name).unlink()
    with pytest.raises(ModelUnavailable, match="has no tokenizer"):
        load_cross_encoder(str(copy), "cpu")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("config.json", "{", id="broken config"),
        pytest.param("model.safetensors", "これは重みではない", id="broken weights"),
    ],
)
def test_a_damaged_checkpoint_is_one_line(copy: Path, name: str, content: str):
    (copy / name).write_text(content, encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="cannot be loaded") as caught:
        load_cross_encoder(str(copy), "cpu")
    assert "\n" not in str(caught.value)


def test_an_empty_folder_is_one_line(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_cross_encoder(str(tmp_path), "cpu")


def test_code_that_comes_with_a_model_is_not_run(copy: Path):
    ran = copy / "ran"
    (copy / "own.py").write_text(f"open({str(ran)!r}, 'w')\nclass Head: ...\n", encoding="utf-8")
    module = {"idx": 0, "name": "0", "path": "", "type": "own.Head"}
    (copy / "modules.json").write_text(json.dumps([module]), encoding="utf-8")
    saved = {"model_type": "CrossEncoder"}
    (copy / "config_sentence_transformers.json").write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"own\.Head"):
        load_cross_encoder(str(copy), "cpu")
    assert not ran.exists()


class FullMemory:
    """A model on a GPU that has no room left."""

    def predict(self, pairs: list[tuple[str, str]], **options: object) -> np.ndarray:
        import torch

        raise torch.OutOfMemoryError("CUDA out of memory")


class Overflown:
    """A model whose numbers ran over."""

    def predict(self, pairs: list[tuple[str, str]], **options: object) -> np.ndarray:
        return np.full(len(pairs), np.nan, dtype=np.float32)


@pytest.mark.parametrize(
    ("model", "told"),
    [(FullMemory(), "ran out of GPU memory"), (Overflown(), "gives scores that are no numbers")],
)
def test_what_goes_wrong_while_scoring_is_one_line(model: object, told: str):
    wanted = Wanted("re-ranker", "ruri", "retrieval.reranker", "'bundled'", "cuda", "retrieval.rerank_device")
    reranker = CrossEncoderReranker("ruri", PairModel(wanted, model, ["LABEL_0"]))
    with pytest.raises(ModelUnavailable, match=rf"re-ranker ruri {told}.*retrieval\.rerank_device to cpu"):
        reranker.score(QUESTION, hits_of(TEXTS))
