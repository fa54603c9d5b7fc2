"""The sentence-transformers embedder, on a tiny checkpoint loaded through the real code."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.transformer import TransformerEmbedder, find_preset, load_transformer_embedder
from rag.errors import ModelUnavailable, SettingsError
from rag.settings import EmbeddingSettings
from rag.types import EmbedderIdentity

TEXTS = ["年次有給休暇は二十日です。", "経費は月末までに申請してください。", "資料"]


@pytest.fixture(scope="module")
def embedder(tiny_embedder: Path) -> TransformerEmbedder:
    return load_transformer_embedder(
        EmbeddingSettings(model=str(tiny_embedder), device="cpu", query_prefix="質問: ", batch_size=2)
    )


def test_rows_are_unit_float32_in_the_order_of_the_texts(embedder: TransformerEmbedder):
    vectors = embedder.embed_documents(TEXTS, [])
    assert vectors.shape == (3, 32)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    alone = np.vstack([embedder.embed_documents([text], []) for text in TEXTS])
    np.testing.assert_allclose(vectors, alone, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" 　\n", id="white space"),
        pytest.param("※…！？", id="only symbols"),
    ],
)
def test_a_text_without_anything_to_embed_is_a_row_of_zeros(embedder: TransformerEmbedder, text: str):
    vectors = embedder.embed_documents([text, "資料"], [])
    assert not vectors[0].any()
    assert vectors[1].any()
    assert embedder.embed_queries([], []).shape == (0, 32)


def test_the_query_prefix_goes_before_queries_alone(embedder: TransformerEmbedder):
    question = embedder.embed_queries(["有給"], [])
    np.testing.assert_allclose(question, embedder.embed_documents(["質問: 有給"], []), atol=1e-5)
    assert not np.allclose(question, embedder.embed_documents(["有給"], []), atol=1e-3)


def test_the_identity_names_model_dimension_and_prefixes_but_no_folder(
    embedder: TransformerEmbedder, tiny_embedder: Path
):
    identity = embedder.identity
    assert (identity.name, identity.dimension) == ("model", 32)
    assert (identity.query_prefix, identity.document_prefix) == ("質問: ", "")
    assert str(tiny_embedder.parent) not in repr(identity)


def test_the_revision_is_that_of_the_files(
    embedder: TransformerEmbedder, tiny_embedder: Path, tmp_path: Path
):
    copy = tmp_path / "model"
    shutil.copytree(tiny_embedder, copy)
    (copy / "README.md").write_text("別の説明", encoding="utf-8")
    settings = EmbeddingSettings(model=str(copy), device="cpu")
    assert load_transformer_embedder(settings).identity.revision == embedder.identity.revision
    vocabulary = copy / "tokenizer.json"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_transformer_embedder(settings).identity.revision != embedder.identity.revision


def test_a_known_model_brings_its_prefixes(tiny_embedder: Path, tmp_path: Path):
    folder = tmp_path / "ruri-v3-30m"
    shutil.copytree(tiny_embedder, folder)
    identity = load_transformer_embedder(EmbeddingSettings(model=str(folder))).identity
    assert (identity.query_prefix, identity.document_prefix) == ("検索クエリ: ", "検索文書: ")
    settings = EmbeddingSettings(model=str(folder), query_prefix="", document_prefix="文: ")
    identity = load_transformer_embedder(settings).identity
    assert (identity.query_prefix, identity.document_prefix) == ("", "文: "), "the settings win, empty too"


def test_a_snapshot_of_the_cache_is_named_by_model_and_commit(tiny_embedder: Path, tmp_path: Path):
    snapshot = tmp_path / "models--intfloat--multilingual-e5-small" / "snapshots" / "0123abcd"
    shutil.copytree(tiny_embedder, snapshot)
    identity = load_transformer_embedder(EmbeddingSettings(model=str(snapshot))).identity
    assert (identity.name, identity.revision) == ("multilingual-e5-small", "0123abcd")
    assert identity.document_prefix == "passage: "


def test_an_unknown_model_brings_its_own_prompts(tiny_embedder: Path, tmp_path: Path):
    folder = tmp_path / "someone-elses"
    shutil.copytree(tiny_embedder, folder)
    (folder / "config_sentence_transformers.json").write_text(
        '{"model_type": "SentenceTransformer", "prompts": {"query": "Q: ", "document": "D: "}, '
        '"default_prompt_name": "query"}',
        encoding="utf-8",
    )
    embedder = load_transformer_embedder(EmbeddingSettings(model=str(folder)))
    assert (embedder.identity.query_prefix, embedder.identity.document_prefix) == ("Q: ", "D: ")
    plain = load_transformer_embedder(EmbeddingSettings(model=str(folder), query_prefix="Q: Q: "))
    assert not np.allclose(
        embedder.embed_queries(["資料"], []), plain.embed_queries(["資料"], []), atol=1e-4
    ), "the prefix must be put on once"


@pytest.mark.parametrize(
    ("name", "query_prefix"),
    [
        ("cl-nagoya/ruri-v3-310m", "検索クエリ: "),
        ("intfloat/multilingual-e5-large", "query: "),
        ("pkshatech/GLuCoSE-base-ja-v2", "query: "),
        ("BAAI/bge-m3", ""),
        ("hotchpotch/static-embedding-japanese", ""),
    ],
)
def test_every_listed_model_has_a_preset(name: str, query_prefix: str):
    preset = find_preset(name)
    assert preset is not None
    assert preset.query_prefix == query_prefix


def test_no_preset_for_a_model_that_was_trained_otherwise():
    assert find_preset("intfloat/multilingual-e5-large-instruct") is None


def test_an_absent_model_is_one_line_with_the_command():
    with pytest.raises(ModelUnavailable, match="hf download cl-nagoya/ruri-v3-absent") as caught:
        load_transformer_embedder(EmbeddingSettings(model="cl-nagoya/ruri-v3-absent"))
    assert "\n" not in str(caught.value)


def test_a_path_that_is_no_model_name_is_the_same_line(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="is not on this machine"):
        load_transformer_embedder(EmbeddingSettings(model=str(tmp_path / "無い")))


def test_a_folder_without_a_model_says_so(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="cannot be loaded") as caught:
        load_transformer_embedder(EmbeddingSettings(model=str(tmp_path)))
    assert "\n" not in str(caught.value)


def test_pickled_weights_are_refused(tiny_embedder: Path, tmp_path: Path):
    folder = tmp_path / "old"
    shutil.copytree(tiny_embedder, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match=r"pytorch_model\.bin as a pickle"):
        load_transformer_embedder(EmbeddingSettings(model=str(folder)))


class FullMemory:
    """A model on a GPU that has no room left."""

    def encode(self, texts: list[str], **options: object) -> np.ndarray:
        import torch

        raise torch.OutOfMemoryError("CUDA out of memory")


def test_a_full_gpu_is_one_line_that_says_what_to_lower():
    embedder = TransformerEmbedder(FullMemory(), EmbedderIdentity("ruri", "1", 4), batch_size=64)
    with pytest.raises(ModelUnavailable, match=r"64 texts at once: lower embedding\.batch_size"):
        embedder.embed_documents(["資料"], [])


def test_a_device_that_is_not_there_is_a_setting(tiny_embedder: Path):
    with pytest.raises(SettingsError, match=r"embedding\.device = 'gpu9'"):
        load_transformer_embedder(EmbeddingSettings(model=str(tiny_embedder), device="gpu9"))
