"""Reads a question beside passages: for every word how likely an answer begins or ends there.

The weights are in ``data/models/span-reader`` (``config.json`` and ``weights.npz``), fitted by
``training/span_reader.py``. Its words have the vectors of the bundled static embedder that it was fitted
with; another revision of it is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from threadpoolctl import threadpool_limits

from rag.comprehension.looking import look
from rag.comprehension.matching import Matching
from rag.comprehension.network import Layout, Network, weight_shapes
from rag.comprehension.words import NUM_PARTS_OF_SPEECH, Matrix, WordTable
from rag.embedding.static import StaticEmbedder
from rag.errors import ModelError, ModelUnavailable
from rag.text.analyzer import Analysis, Feature

FORMAT = 1
CONFIG_FILE, WEIGHTS_FILE = "config.json", "weights.npz"

MAX_QUESTION_WORDS = 40
MAX_PASSAGE_WORDS = 288
MAX_HEADING_WORDS = 24
"""What is read of each, as in training; what is beyond gets logits that never win."""

NEVER = -1e4

READ_AT_ONCE = 16
"""More passages together no longer fit the processor's cache: 48 take 38 ms, three times 16 take 30."""

MAX_REMEMBERED = 256
"""Readings kept: the re-ranker and the answerer read the same hits for the same question."""


class ReaderConfig(BaseModel):
    """``config.json`` of a span reader."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    size: int
    embedder_revision: str
    origin: str
    licence: str
    sha256: str


class Passage(NamedTuple):
    """A chunk's analysis, and that of its title and headings."""

    body: Analysis
    heading: Analysis


@dataclass(frozen=True, slots=True)
class Reading:
    """What one passage is to the question.

    ``starts`` and ``ends`` are a logit for each word of the passage's body; those of passages read together
    may be compared. ``relevance`` is the logit that the passage answers.
    """

    starts: Matrix
    ends: Matrix
    relevance: float


Features = tuple[Feature, ...]


_TELLING = 8


class _Key:
    """What a reading depends on; its hash looks at a few words, and is worked out once."""

    __slots__ = ("_hash", "asked", "body", "heading")

    def __init__(self, asked: Features, body: Features, heading: Features) -> None:
        self.asked = asked
        self.body = body
        self.heading = heading
        self._hash = hash((asked[:_TELLING], len(body), body[:_TELLING], body[-_TELLING:], heading))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Key) or self._hash != other._hash:
            return False
        return (self.asked, self.body, self.heading) == (other.asked, other.body, other.heading)


class _Computed(NamedTuple):
    """Logits of start and end by row, relevance by passage, and where these stand."""

    logits: Matrix
    relevance: Matrix
    layout: Layout


class SpanReader:
    """The network with its words; build it with `load_span_reader`."""

    def __init__(self, network: Network, table: WordTable) -> None:
        self.words = table
        self._network = network
        self._known: dict[_Key, Reading] = {}

    def read(self, question: Analysis, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in their order; a passage without words is irrelevant.

        >>> reader.read(analyze("試用期間は何か月？"), [Passage(analyze("試用期間は三か月とする。"), …)])
        """
        asked = question.features[:MAX_QUESTION_WORDS]
        keys = [_Key(asked, passage.body.features, passage.heading.features) for passage in passages]
        known = self._known
        found = {key: known[key] for key in keys if key in known}
        missing = list(dict.fromkeys(key for key in keys if key not in found))
        for first in range(0, len(missing), READ_AT_ONCE):
            some = missing[first : first + READ_AT_ONCE]
            found.update(zip(some, self._read(asked, some), strict=True))
        if len(known) + len(missing) > MAX_REMEMBERED:
            known = self._known = {}  # others may still read from the old one
        known.update((key, found[key]) for key in missing)
        return [found[key] for key in keys]

    def look(self, question: Analysis, passages: Sequence[Passage]) -> Matrix:
        """`LOOKS` of each passage, shape (passages, 6): what can be told of many before some are read."""
        asked = question.features[:MAX_QUESTION_WORDS]
        bodies = [passage.body.features[:MAX_PASSAGE_WORDS] for passage in passages]
        headings = [passage.heading.features[:MAX_HEADING_WORDS] for passage in passages]
        return look(self.words, asked, bodies, headings)

    def _read(self, asked: Features, keys: Sequence[_Key]) -> list[Reading]:
        readings = [_nothing(len(key.body)) for key in keys]
        told = [place for place, key in enumerate(keys) if key.body]
        if not asked or not told:
            return readings
        bodies = [keys[place].body[:MAX_PASSAGE_WORDS] for place in told]
        headings = [keys[place].heading[:MAX_HEADING_WORDS] for place in told]
        computed = self._compute(asked, bodies, headings)
        for number, place in enumerate(told):
            words = slice(computed.layout.begins[number], computed.layout.ends[number])
            starts, ends = (_lengthened(column, len(keys[place].body)) for column in computed.logits[words].T)
            readings[place] = Reading(starts, ends, float(computed.relevance[number]))
        return readings

    def _compute(
        self,
        asked: Features,
        bodies: Sequence[Features],
        headings: Sequence[Features],
    ) -> _Computed:
        words, at = self.words.distinct([*asked, *chain.from_iterable(bodies)])
        question = words.take(at[: len(asked)])
        layout = Layout.of([len(body) for body in bodies])
        matching = Matching.of(words, question, at[len(asked) :], layout)
        asked_words = matching.asked(_above(asked, headings))
        network = self._network
        embedded = network.embed_words(words)
        questions = network.question(question, embedded[at[: len(asked)]], asked_words)
        read = network.passages(embedded, matching.told(asked_words), layout)
        joined = network.joined(read, questions, matching.near, layout)
        covered = matching.covered(asked_words)
        logits, relevance = network.judged(joined, questions, covered, layout)
        return _Computed(logits, relevance, layout)


def _above(asked: Features, headings: Sequence[Features]) -> Matrix:
    """Which words of the question stand in the headings of each passage; (passages, words)."""
    bases = [{feature.base for feature in heading} for heading in headings]
    return np.array([[feature.base in known for feature in asked] for known in bases], np.float32)


def _lengthened(logits: Matrix, num_words: int) -> Matrix:
    """Words beyond what is read never win."""
    never = np.full(num_words, NEVER, np.float32)
    never[: len(logits)] = logits
    return never


def _nothing(num_words: int) -> Reading:
    never = np.full(num_words, NEVER, np.float32)
    return Reading(never, never, NEVER)


def load_span_reader(folder: Path, embedder: StaticEmbedder) -> SpanReader:
    """Load the reader that was fitted with this embedder.

    From then on numpy multiplies matrices in one thread: those of a question are so small that a second one
    is mostly waited for, busily, which on a machine with other work to do took five times as long.
    Raises ModelUnavailable when the folder holds none, ModelError when its files are damaged or were
    fitted with other word vectors.
    """
    path = folder / CONFIG_FILE
    try:
        config = ReaderConfig.model_validate_json(path.read_bytes())
        data = (folder / WEIGHTS_FILE).read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"no span reader in {folder}: install the package again") from error
    except ValidationError as error:
        raise ModelError(f"{path} cannot be used: it is damaged; install the package again") from error
    if hashlib.sha256(data).hexdigest() != config.sha256:
        raise ModelError(
            f"{folder / WEIGHTS_FILE} is damaged (its checksum differs): install the package again"
        )
    if config.format != FORMAT or config.embedder_revision != embedder.identity.revision:
        raise ModelError(
            f"{path} was made for format {config.format} and word vectors {config.embedder_revision}, "
            f"here are {FORMAT} and {embedder.identity.revision}: install the package again"
        )
    with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as stored:
        weights = {name: stored[name].astype(np.float32) for name in stored.files}
    wanted = weight_shapes(config.size, embedder.identity.dimension, NUM_PARTS_OF_SPEECH)
    if {name: weight.shape for name, weight in weights.items()} != wanted:
        raise ModelError(f"the weights in {folder} do not fit this version: install the package again")
    threadpool_limits(limits=1, user_api="blas")
    return SpanReader(Network(weights), WordTable(embedder))
