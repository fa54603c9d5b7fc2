"""Models that read two texts together: cross-encoders, for re-ranking and for entailment."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.checkpoints import Wanted, explain_full_memory, first_line, load_checkpoint
from rag.errors import ModelUnavailable

_BATCH_SIZE = 32
_CLASSIFIER = "ForSequenceClassification"


class PairModel:
    """Gives the logits of pairs; safe to call from several threads.

    ``labels`` are the names of the logits, in their order.
    """

    def __init__(self, wanted: Wanted, model: Any, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._wanted = wanted
        self._model = model
        self._lock = threading.Lock()  # a fast tokenizer must not change its mode while it works

    @property
    def max_tokens(self) -> int:
        """Both texts together; of a longer pair the end of the longer text is not read."""
        limit: int = self._model.max_seq_length
        return limit

    def shorten(self, max_tokens: int) -> None:
        """Read no more of a pair than this, nor more than the model can."""
        self._model.max_seq_length = min(max_tokens, self.max_tokens)

    def halve_on_gpu(self) -> None:
        """Go on in float16 where the model runs on a GPU."""
        if self._model.device.type == "cuda":
            self._model.half()

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Shape (len(pairs), len(labels)), any size and sign."""
        full = f"{self._wanted} ran out of GPU memory: set {self._wanted.device_setting} to cpu"
        with explain_full_memory(full), self._lock:
            found = self._model.predict(list(pairs), batch_size=_BATCH_SIZE, show_progress_bar=False)
        logits = np.asarray(found, np.float64).reshape(len(pairs), len(self.labels))
        if not np.isfinite(logits).all():
            raise ModelUnavailable(
                f"{self._wanted} gives scores that are no numbers: set {self._wanted.device_setting} to cpu, "
                f"or {self._wanted.setting} to {self._wanted.instead}"
            )
        return logits


def load_pair_model(wanted: Wanted, folder: Path) -> PairModel:
    """Load a ``CrossEncoder`` in float32; its own activation is left out.

    Raises ModelUnavailable too for a checkpoint that was not trained to classify: sentence-transformers
    would give it a head of random weights, and say so only in its log.
    """
    _refuse_other_kinds(wanted, folder)
    model = load_checkpoint("CrossEncoder", wanted, folder)
    from torch.nn import Identity

    model.float()  # a checkpoint in bfloat16 would be run in it, and 8 bits leave hits tied
    model.activation_fn = Identity()
    labels = dict(model.config.id2label)
    return PairModel(wanted, model, [str(labels.get(place, place)) for place in range(model.num_labels)])


def _refuse_other_kinds(wanted: Wanted, folder: Path) -> None:
    """What is neither a ``…ForSequenceClassification`` nor saved as a cross-encoder."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        architecture = (config.get("architectures") or ["no architecture"])[0]
        saved = folder / "config_sentence_transformers.json"
        kind = json.loads(saved.read_text(encoding="utf-8")).get("model_type") if saved.is_file() else None
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{wanted} cannot be loaded from {folder}: {first_line(error)}") from error
    if kind != "CrossEncoder" and not architecture.endswith(_CLASSIFIER):
        raise ModelUnavailable(
            f"{wanted} is no cross-encoder but {architecture}: "
            f"set {wanted.setting} to a …{_CLASSIFIER} model, or to {wanted.instead}"
        )
