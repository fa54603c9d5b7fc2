"""A tiny cross-encoder made here, loaded by name through the code that loads a real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.evidence import EvidenceChecker
from rag.answering.evidence.entailment import weigh
from rag.embedding.entailment import Probabilities, load_entailment_model
from rag.errors import ModelUnavailable
from rag.text.analyzer import load_analyzer
from rag.types import Verdict

LABELS = ("CONTRADICTION", "ENTAILMENT", "NEUTRAL")


def make_cross_encoder(folder: Path, labels: tuple[str, ...], *, says: int | None = None) -> Path:
    """A BERT over a few characters with one logit a label; with ``says`` that label always wins."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"休暇は年日です。0123456789"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), do_lower_case=False).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    if says is not None:
        with torch.no_grad():
            model.classifier.weight.zero_()
            model.classifier.bias.zero_()
            model.classifier.bias[says] = 8.0
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("label", "expected"),
    [("CONTRADICTION", "contradicted"), ("ENTAILMENT", "entailed"), ("NEUTRAL", "neutral")],
)
def test_labels_are_read_from_the_model(tmp_path: Path, label: str, expected: str):
    folder = make_cross_encoder(tmp_path / "nli", LABELS, says=LABELS.index(label))
    found = load_entailment_model(str(folder), device="cpu").judge("休暇は年10日です。", "休暇は10日です。")
    assert getattr(found, expected) > 0.99
    assert sum(found) == pytest.approx(1)


def test_a_model_without_neutral(tmp_path: Path):
    folder = make_cross_encoder(tmp_path / "nli", ("entailment", "contradiction"), says=0)
    assert load_entailment_model(str(folder), device="cpu").judge("a", "b").neutral == 0


def test_facts_stay_with_the_rules(tmp_path: Path):
    folder = make_cross_encoder(tmp_path / "nli", LABELS, says=LABELS.index("ENTAILMENT"))
    checker = EvidenceChecker(load_analyzer(), load_entailment_model(str(folder), device="cpu"))
    source = "年次有給休暇は、勤続六か月で十日を与える。"
    assert checker.compare("有休は半年勤めると十日もらえる。", source).verdict is Verdict.SUPPORTED
    assert checker.compare("年次有給休暇は六か月で20日を与える。", source).verdict is Verdict.CONTRADICTED
    assert checker.compare(source, source).verdict is Verdict.VERBATIM


WEIGHED = [
    (Probabilities(0.9, 0.1, 0.0), Verdict.SUPPORTED),
    (Probabilities(0.1, 0.8, 0.1), Verdict.UNSUPPORTED),
    (Probabilities(0.1, 0.2, 0.7), Verdict.CONTRADICTED),
    (Probabilities(0.4, 0.3, 0.3), Verdict.PARTLY),
]


@pytest.mark.parametrize(("found", "expected"), WEIGHED)
def test_a_sure_model_decides(found: Probabilities, expected: Verdict):
    assert weigh(Verdict.PARTLY, found) is expected


def test_a_model_that_is_not_there(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"is not on this machine.*answering\.entailment_model"):
        load_entailment_model(str(tmp_path / "nothing"), device="cpu")


def test_a_model_of_another_kind(tmp_path: Path):
    folder = make_cross_encoder(tmp_path / "topics", ("sports", "politics"))
    with pytest.raises(ModelUnavailable, match="its labels are sports, politics"):
        load_entailment_model(str(folder), device="cpu")
