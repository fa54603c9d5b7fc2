"""The settings of each stage: frozen, and strict about unknown keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Stage(BaseModel):
    """What every section has in common: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def default_store_path() -> Path:
    """The user's data folder, such as ``~/.local/share/swallow-rag/store``."""
    return Path(platformdirs.user_data_dir("swallow-rag", appauthor=False)) / "store"


class StoreSettings(Stage):
    """Where documents and indexes stand."""

    path: Path = Field(default_factory=default_store_path, description="Folder of the store.")
    keep_originals: bool = Field(
        True, description="Keep every original file beside the store, under its hash."
    )


class IngestSettings(Stage):
    """Reading files and cutting them into chunks."""

    collection: str = Field("default", min_length=1, description="Collection that documents go to.")
    workers: int = Field(0, ge=0, le=256, description="Reading processes; 0 takes one per core.")
    max_file_bytes: int = Field(200_000_000, gt=0, description="Larger files are reported and not read.")
    timeout_seconds: float = Field(120.0, gt=0, description="Time that one file may take to be read.")
    max_memory_bytes: int = Field(
        4_000_000_000, gt=0, description="Memory that one reading process may take."
    )
    max_chunk_chars: int = Field(
        400, ge=50, le=8_000, description="Longest chunk in characters; one sentence may be longer."
    )
    max_chunk_tokens: int | None = Field(
        None,
        ge=16,
        description="Longest chunk in tokens, with title and headings; unset takes what the embedder reads.",
    )
    overlap_sentences: int = Field(
        0, ge=0, le=10, description="Sentences of a chunk that stand in the next one of its section again."
    )
    user_dictionary: Path | None = Field(
        None,
        description="Words of your own for MeCab, a CSV: 表層形,読み. The index depends on it.",
    )
    ocr: Literal["auto", "off"] = Field(
        "auto", description="Text recognition of pictures and scanned pages: `auto` where tesseract is there."
    )
    ocr_timeout_seconds: float = Field(
        1800.0, gt=0, description="Time that text recognition of one file may take; further pages are named."
    )
    password: SecretStr | None = Field(
        None, description="Opens locked PDFs and archives. Only from the environment or --password."
    )


class EmbeddingSettings(Stage):
    """Which model makes vectors."""

    model: str = Field(
        "bundled", min_length=1, description="`bundled`, or a sentence-transformers name or folder."
    )
    device: str = Field("auto", description="`auto`, `cpu`, `cuda`, `cuda:1`.")
    batch_size: int = Field(32, gt=0, description="Texts embedded at once.")
    query_prefix: str | None = Field(None, description="Put before a query; unset takes the model's own.")
    document_prefix: str | None = Field(None, description="Put before a chunk; unset takes the model's own.")


class RetrievalSettings(Stage):
    """How chunks are found."""

    mode: Literal["hybrid", "keyword", "dense"] = Field("hybrid", description="Which legs search.")
    top_k: int = Field(16, gt=0, le=1_000, description="How many hits a question gets.")
    candidates: int = Field(50, gt=0, le=10_000, description="How many hits each leg hands to the fusion.")
    dense_weight: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Share of the dense leg in the fused score; unset takes the embedder's own.",
    )
    reranker: str = Field(
        "bundled",
        min_length=1,
        description="`bundled`, `none`, or a cross-encoder's name or folder. Orders the first hits anew.",
    )
    rerank_depth: int = Field(10, gt=0, le=1_000, description="How many hits the re-ranker reads.")
    rerank_reach: int = Field(
        100,
        ge=0,
        le=1_000,
        description="Of so many hits of the dense leg and a third of the keyword leg it chooses what "
        "it reads when no hit has most of the question's words; 0 never.",
    )
    rerank_device: str = Field("auto", description="Of a cross-encoder: `auto`, `cpu`, `cuda`, `cuda:1`.")
    synonyms: Path | None = Field(
        None,
        description="Words that mean the same, one group a line: 休暇, 休み. Read again when it changes.",
    )
    fold_duplicates: bool = Field(True, description="Show hits that say nearly the same once.")
    max_per_document: int = Field(
        0,
        ge=0,
        le=1_000,
        description="Hits that one document gets before all others have theirs; 0 is no limit.",
    )


PRESETS: Mapping[str, Mapping[str, float]] = {
    "evidence": {},
    "model-card": {"max_new_tokens": 128, "temperature": 0.99, "top_p": 0.95},
}
"""Sampling by name; what is set beside it wins. ``model-card`` is the snippet of Swallow's model card."""


class GenerationSettings(Stage):
    """Which model writes, and how."""

    backend: Literal["none", "transformers", "openai", "langchain"] = Field(
        "none",
        description="`none`: verbatim sentences; `transformers`: in this process; `openai`: a server; "
        "`langchain`: any chat model that LangChain knows, as `provider:model`.",
    )
    model: str = Field(
        "tokyotech-llm/Swallow-7b-instruct-hf", min_length=1, description="Name or folder of the model."
    )
    prompt_style: Literal["auto", "alpaca-ja", "llama2-chat-ja", "completion", "chat-template"] = Field(
        "auto", description="How the prompt is laid out; `auto` takes the catalog's entry of the model."
    )
    device: str = Field("auto", description="`auto`, `cpu`, `cuda`, `cuda:1`.")
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = Field(
        "auto", description="Number format of the weights."
    )
    quantization: Literal["none", "int8", "nf4", "fp8"] = Field(
        "none", description="Smaller weights for a model that does not fit; needs `swallow-rag[quantised]`."
    )
    attention: Literal["auto", "sdpa", "flash_attention_2", "eager"] = Field(
        "auto", description="`auto` takes flash attention on a GPU where it is installed, else SDPA."
    )
    decoding: Literal["auto", "static", "prompt-lookup", "plain"] = Field(
        "auto", description="One request at a time: `auto` is `static` on a GPU, `prompt-lookup` on a CPU."
    )
    max_requests: int = Field(
        1, gt=0, le=1_024, description="Answers written at once in this process; above 1 in batches."
    )
    max_waiting: int = Field(
        32,
        ge=0,
        le=100_000,
        description="Requests that may wait for their turn; one more is refused as busy.",
    )
    context_tokens: int | None = Field(
        None, gt=0, description="Context length; unset reads the model's own config."
    )
    preset: Literal["evidence", "model-card"] = Field(
        "evidence", description="Sampling by name: greedy, or as Swallow's card; what is set beside it wins."
    )
    max_new_tokens: int = Field(512, gt=0, description="Longest answer in tokens.")
    temperature: float = Field(0.0, ge=0, le=2, description="0 is greedy.")
    top_p: float = Field(
        0.95, gt=0, le=1, description="Nucleus sampling; used when the temperature is above 0."
    )
    seed: int = Field(0, ge=0, description="Seed for sampling.")
    base_url: str = Field("http://127.0.0.1:8000/v1", description="Address of an OpenAI-compatible server.")
    api: Literal["auto", "completions", "chat"] = Field(
        "auto", description="Which route of the server; `auto` follows the prompt style."
    )
    api_key: SecretStr | None = Field(None, description="Key of the server; only from the environment.")
    connect_seconds: float = Field(1.5, gt=0, description="Time that a server may take to be reached.")
    first_token_seconds: float = Field(
        60.0, gt=0, description="Time until an answer begins, waiting included."
    )
    between_tokens_seconds: float = Field(20.0, gt=0, description="Longest silence within an answer.")
    timeout_seconds: float = Field(120.0, gt=0, description="Time that one answer may take in all.")
    num_retries: int = Field(
        2, ge=0, le=10, description="How often a server is asked again before it has begun to answer."
    )

    @model_validator(mode="before")
    @classmethod
    def _apply_preset(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {**PRESETS.get(str(values.get("preset")), {}), **values}


class AnsweringSettings(Stage):
    """How an answer is made from hits."""

    answerer: Literal["auto", "extractive", "generative"] = Field(
        "auto", description="`auto` is generative when a generation backend is set, else extractive."
    )
    abstain_below: float = Field(
        0.3, ge=0, le=1, description="Below this score of answerability the answer abstains."
    )
    calibration: Literal["auto", "none"] = Field(
        "auto",
        description="`auto` reads the score as `swallow-rag calibrate` fitted it; `none` does not.",
    )
    unsupported: Literal["mark", "remove"] = Field(
        "mark", description="What happens to generated statements that no source carries."
    )
    entailment_model: str = Field(
        "",
        description="Name or folder of an NLI cross-encoder that judges statements beside the rules; "
        "empty: the rules alone.",
    )
    max_statements: int = Field(3, gt=0, le=50, description="Longest extractive answer in sentences.")
    history_tokens: int = Field(
        512, ge=0, description="How much of a conversation a follow-up question is read with; 0 reads none."
    )


class RecordsSettings(Stage):
    """Records of answers."""

    path: Path | None = Field(
        None, description="Folder that every answer is recorded in, with its question; unset keeps none."
    )


class LearnerSettings(Stage):
    """Reading help."""

    word_list: Path | None = Field(None, description="Words with their levels: .jsonl or .jsonl.gz.")
    glossary: Path | None = Field(None, description="Meanings: CSV or TSV with term, reading, meaning.")
    patterns: Path | None = Field(None, description="Grammar patterns of your own: TOML, CSV or TSV.")
    words: Path | None = Field(None, description="Saved words; unset is `words.sqlite` beside the store.")


class UiSettings(Stage):
    """The page."""

    host: str = Field("127.0.0.1", description="Address that the page listens on.")
    port: int = Field(8501, gt=0, lt=65_536, description="Port that the page listens on.")
