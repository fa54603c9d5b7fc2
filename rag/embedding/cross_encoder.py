"""Any sentence-transformers cross-encoder as a re-ranker: it reads question and chunk together.

A score is the model's logit, not the share between 0 and 1 that models are shown with: the order is the
same, but shares crowd near 1, where float32 soon takes two good chunks for equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.embedding.base import embedded_text
from rag.embedding.checkpoints import Wanted, find_folder, find_row, model_name
from rag.embedding.pairs import PairModel, load_pair_model
from rag.errors import ModelUnavailable
from rag.types import Hit, Question


@dataclass(frozen=True, slots=True)
class Preset:
    """How a family of re-rankers is used: the longest pair in tokens, and whether float16 is enough on a GPU.

    ``pattern`` matches the last part of a name or folder, case ignored. None of these families wants words
    before question or document; a model that does brings its own prompt, which sentence-transformers puts on.
    """

    pattern: str
    max_tokens: int
    half_on_gpu: bool
    licence: str


PRESETS = (
    Preset(r"japanese-reranker-(?:tiny|xsmall|small|base)-v2", 512, True, "MIT"),
    Preset(r"japanese-reranker-cross-encoder-(?:xsmall|small|base|large)-v1", 512, True, "MIT"),
    Preset(r"ruri-v3-reranker-\d+m", 8_192, False, "Apache-2.0"),
    Preset(r"bge-reranker-v2-m3", 8_192, False, "Apache-2.0"),
)
"""As a public benchmark sets them: the first two with 512 tokens, and float16 on a GPU."""

_MAX_QUESTION_CHARS = 2_000


def load_cross_encoder(model: str, device: str = "auto") -> CrossEncoderReranker:
    """Load ``hotchpotch/japanese-reranker-small-v2``, or a folder; on a GPU when there is one.

    Raises ModelUnavailable with the command that fetches the model, or why it is no re-ranker;
    SettingsError for an unknown device.
    """
    wanted = Wanted(
        "re-ranker", model, "retrieval.reranker", "'bundled' or 'none'", device, "retrieval.rerank_device"
    )
    folder = find_folder(wanted)
    loaded = load_pair_model(wanted, folder)
    if len(loaded.labels) != 1:
        raise ModelUnavailable(
            f"{wanted} is no re-ranker: it gives {len(loaded.labels)} scores a pair "
            f"({', '.join(loaded.labels)}), not one; set {wanted.setting} to another model, or to 'bundled'"
        )
    preset = find_preset(folder)
    if preset:
        loaded.shorten(preset.max_tokens)
        if preset.half_on_gpu:
            loaded.halve_on_gpu()
    return CrossEncoderReranker(model_name(folder), loaded)


def find_preset(name_or_path: str | Path) -> Preset | None:
    """The preset of a re-ranker by its name or folder; None when we do not know it."""
    return find_row(PRESETS, name_or_path)


class CrossEncoderReranker:
    """Scores hits by a model that sees the question beside each; safe to call from several threads."""

    def __init__(self, name: str, model: PairModel) -> None:
        self.name = name
        self._model = model

    @property
    def max_tokens(self) -> int:
        """Question and chunk together; of a longer pair the end of the longer text is not read."""
        return self._model.max_tokens

    def score(self, question: Question, hits: Sequence[Hit]) -> list[float]:
        """One logit a hit, in their order; higher is better, any size and sign."""
        asked = question.text[:_MAX_QUESTION_CHARS]
        pairs = [(asked, embedded_text(hit.document, hit.chunk)) for hit in hits]
        scores: list[float] = self._model.logits(pairs)[:, 0].tolist()
        return scores

    def understands(self, question: Question) -> bool:
        """Always: what it was trained on is its own business."""
        return True

    def are_enough(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Always: how deep it reads is ``retrieval.rerank_depth``, for a pair costs much."""
        return True

    def choose(self, question: Question, hits: Sequence[Hit], count: int) -> Sequence[Hit]:
        """The first: to tell which are worth reading it would have to read them."""
        return hits[:count]
