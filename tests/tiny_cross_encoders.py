"""Tiny cross-encoders in the real format, whose judgements a test can foresee; see `tests.tiny_models`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.tiny_models import SENTENCES

SCALE = 8.0


def make_reranker(
    folder: Path, *, likes: str, longest: int = 64, labels: Sequence[str] = ("LABEL_0",)
) -> Path:
    """A BERT over characters: the more of a pair's characters are among ``likes``, the higher its logits."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir(parents=True)
    characters = sorted({c for text in (*SENTENCES, likes) for c in text if not c.isspace()})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *(f"##{c}" for c in characters)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), do_lower_case=False).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=longest,
        layer_norm_eps=1.0,  # without it, norms would make every share of liked characters the same
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    liked = [place for place, word in enumerate(words) if word.removeprefix("##") in set(likes)]
    with torch.no_grad():
        _teach(model, liked)
    model.save_pretrained(folder)
    return folder


def _teach(model: Any, liked: Sequence[int]) -> None:
    """Liked tokens lie on one axis, all others at zero; attention takes the mean, the head reads the axis."""
    import torch

    for name, weights in model.named_parameters():
        if "LayerNorm" not in name:
            weights.zero_()
    bert = model.bert
    bert.embeddings.word_embeddings.weight[liked, 0] = SCALE
    attention = bert.encoder.layer[0].attention
    for passes_on in (attention.self.value, attention.output.dense, bert.pooler.dense):
        passes_on.weight.copy_(torch.eye(16))
    model.classifier.weight[:, 0] = SCALE
