"""The network in numpy says what the one that was trained says, and passages do not see each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rag.assembly import load_bundled_embedder
from rag.comprehension import Passage, Reading, SpanReader
from rag.comprehension.network import Network, gelu, normalised, softmax, weight_shapes
from rag.comprehension.reader import READ_AT_ONCE
from rag.comprehension.words import NUM_PARTS_OF_SPEECH, WordTable
from rag.text.analyzer import Analysis, load_analyzer
from training.span_examples import number_words
from training.span_model import Batch, SpanModel

SIZE = 16
ANALYZER = load_analyzer()
QUESTION = ANALYZER.analyze("試用期間は何か月ですか？")
TEXTS = (
    ("就業規則\n第二章 採用", "新たに採用した者の試用期間は、採用の日から三か月とする。"),
    ("旅費規程", "宿泊料は一泊一万二千円（税別）を限度とする。"),
    ("", "「ＡＢＣ－１２３」は製造を終えた。"),
)
PASSAGES = [Passage(ANALYZER.analyze(body), ANALYZER.analyze(heading)) for heading, body in TEXTS]


@pytest.fixture(scope="module")
def model() -> SpanModel:
    features = [f for part in (QUESTION, *(a for p in PASSAGES for a in p)) for f in part.features]
    torch.manual_seed(3)
    words = WordTable(load_bundled_embedder())(list(number_words(features)))
    return SpanModel(words, SIZE).eval()


@pytest.fixture(scope="module")
def reader(model: SpanModel) -> SpanReader:
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    return SpanReader(Network(weights), WordTable(load_bundled_embedder()))


def test_the_model_has_the_weights_that_the_network_wants(model: SpanModel) -> None:
    dimension = load_bundled_embedder().identity.dimension
    shapes = {name: tuple(weight.shape) for name, weight in model.state_dict().items()}
    assert shapes == weight_shapes(SIZE, dimension, NUM_PARTS_OF_SPEECH)


@pytest.mark.parametrize("place", range(len(PASSAGES)))
def test_numpy_and_torch_agree(model: SpanModel, reader: SpanReader, place: int) -> None:
    features = [f for part in (QUESTION, *(a for p in PASSAGES for a in p)) for f in part.features]
    numbers = number_words(features)
    body, heading = PASSAGES[place]
    texts = (QUESTION, body, heading)
    batch = Batch(*(torch.tensor([[numbers[f] for f in text.features]], dtype=torch.long) for text in texts))
    with torch.no_grad():
        expected = model(batch)
    found = reader.read(QUESTION, PASSAGES)[place]
    assert found.starts == pytest.approx(expected.starts[0].numpy(), abs=2e-3)
    assert found.ends == pytest.approx(expected.ends[0].numpy(), abs=2e-3)
    assert found.relevance == pytest.approx(expected.relevance.item(), abs=2e-3)


def test_a_passage_is_read_alike_alone_and_among_others(reader: SpanReader) -> None:
    together = reader.read(QUESTION, PASSAGES)
    alone = [SpanReader(reader._network, reader.words).read(QUESTION, [one])[0] for one in PASSAGES]
    for one, other in zip(together, alone, strict=True):
        assert one.starts == pytest.approx(other.starts, abs=1e-4)
        assert one.ends == pytest.approx(other.ends, abs=1e-4)
        assert one.relevance == pytest.approx(other.relevance, abs=1e-4)


def test_many_passages_are_read_in_parts_and_alike(reader: SpanReader) -> None:
    many = [Passage(ANALYZER.analyze(f"試用期間は{number}か月とする。"), EMPTY) for number in range(20)]
    found = reader.read(QUESTION, many)
    assert len(found) == len(many) > READ_AT_ONCE
    (last,) = SpanReader(reader._network, reader.words).read(QUESTION, many[-1:])
    assert found[-1].starts == pytest.approx(last.starts, abs=1e-4)


def test_what_was_read_once_is_not_read_again(reader: SpanReader) -> None:
    first, second = reader.read(QUESTION, PASSAGES), reader.read(QUESTION, PASSAGES[::-1])
    assert [id(one) for one in first] == [id(one) for one in second[::-1]]


EMPTY = Analysis(QUESTION.analyzer, (), (), ())


@pytest.mark.parametrize(
    ("question", "passage", "reason"),
    [
        (QUESTION, Passage(EMPTY, EMPTY), "a passage of white space"),
        (EMPTY, PASSAGES[0], "a question of white space"),
    ],
)
def test_nothing_is_irrelevant(reader: SpanReader, question: Analysis, passage: Passage, reason: str) -> None:
    (found,) = reader.read(question, [passage])
    assert found.relevance < -1_000, reason
    assert len(found.starts) == len(passage.body.features), reason
    assert (found.starts < -1_000).all(), reason


def test_words_beyond_the_limit_never_win(reader: SpanReader) -> None:
    long = ANALYZER.analyze("犬と猫がいる。" * 100)
    (found,) = reader.read(QUESTION, [Passage(long, EMPTY)])
    assert len(found.starts) == len(long.features)
    assert (found.starts[:288] > -1_000).all()
    assert (found.starts[288:] < -1_000).all()


def test_no_passages_no_readings(reader: SpanReader) -> None:
    assert reader.read(QUESTION, []) == []


def test_a_short_reading_is_a_value(reader: SpanReader) -> None:
    (found,) = reader.read(QUESTION, PASSAGES[:1])
    assert isinstance(found, Reading)
    assert -100 < found.relevance < 100


def test_functions_agree_with_torch() -> None:
    values = np.linspace(-6, 6, 101, dtype=np.float32).reshape(1, -1)
    assert gelu(values) == pytest.approx(torch.nn.functional.gelu(torch.tensor(values)).numpy(), abs=2e-3)
    assert softmax(values) == pytest.approx(torch.tensor(values).softmax(-1).numpy(), abs=1e-6)
    layer = torch.nn.LayerNorm(101)
    expected = layer(torch.tensor(values)).detach().numpy()
    ones, zeros = np.ones(101, np.float32), np.zeros(101, np.float32)
    assert normalised(values, ones, zeros) == pytest.approx(expected, abs=1e-4)
