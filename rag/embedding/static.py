"""The bundled embedder: a weighted sum of word vectors, numpy alone, nothing downloaded.

A text becomes the sum over its words of √count × weight × vector, brought to length 1. Words are the
base forms of the analysis; a word without a row is tried by its lemma (引越す → 引っ越す), then put
together from the rows of its characters and character n-grams, so that every word has a vector. How
the vectors were learned: docs/embedder.md.

The model folder holds plain files: ``config.json``, ``words.txt`` (a word a line, in the order of the
rows), ``vectors.npy`` (int8: rows of words, then of n-grams) and ``scales.npy`` (float16: what a row
is multiplied with, its weight included). Their SHA-256 stand in the config and are checked at loading.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from rag.embedding.base import Vectors
from rag.embedding.word_codes import NO_ROW, Codes
from rag.errors import ModelError, ModelUnavailable
from rag.text.analyzer import Analysis, Feature
from rag.text.columns import Columns, Integers, ranges
from rag.text.vocabulary import Word, WordTable
from rag.types import EmbedderIdentity

FORMAT = 1
CONFIG_FILE, WORDS_FILE, VECTORS_FILE, SCALES_FILE = "config.json", "words.txt", "vectors.npy", "scales.npy"
MODEL_FILES = (WORDS_FILE, VECTORS_FILE, SCALES_FILE)

MAX_REMEMBERED_WORDS = 200_000
_CODE_BITS = 32
_CODES = (1 << _CODE_BITS) - 1
_TEXTS_AT_ONCE = 128


class StaticConfig(BaseModel):
    """``config.json`` of a static model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    name: str
    revision: str
    dimension: int
    num_words: int
    num_ngram_rows: int
    licence: str
    sha256: dict[str, str]


class StaticEmbedder:
    """An `Embedder` over words; questions and chunks are embedded alike.

    ``folder`` is where it was loaded from, so that another process can load the same.
    """

    def __init__(
        self,
        config: StaticConfig,
        words: Mapping[str, int],
        vectors: NDArray[np.int8],
        scales: NDArray[np.float32],
        *,
        folder: Path | None = None,
        max_remembered_words: int = MAX_REMEMBERED_WORDS,
    ) -> None:
        self.folder = folder
        self._config = config
        self._vectors = vectors
        self._scales = scales
        self._new_codes = partial(Codes, words, config.num_ngram_rows, max_remembered_words)
        self._codes = self._new_codes()
        self._code_table = WordTable(self._begin_columns)
        self._lock = threading.Lock()

    @property
    def identity(self) -> EmbedderIdentity:
        """Name, revision (a hash of the files) and dimension."""
        return EmbedderIdentity(self._config.name, self._config.revision, self._config.dimension)

    def embed_documents(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        """Unit vectors of chunks from their analyses; ``texts`` are not looked at."""
        return self._embed(texts, analyses)

    def embed_queries(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        """Unit vectors of questions from their analyses; ``texts`` are not looked at."""
        return self._embed(texts, analyses)

    def embed_columns(self, columns: Columns, parts: Integers) -> Vectors:
        """`embed_documents` of texts put together of others, such as title, headings and a chunk's own text.

        ``parts`` has shape (texts to embed, texts that each is made of), numbers of texts of ``columns``;
        the vectors have shape (len(parts), dimension).
        """
        vectors = np.zeros((len(parts), self._config.dimension), dtype=np.float32)
        with self._lock:
            owners, rows, weights = self._weighted_rows(columns, parts)
        bounds = np.searchsorted(owners, np.arange(len(parts) + 1)).tolist()
        for vector, first, last in zip(vectors, bounds, bounds[1:], strict=False):
            if last > first:
                used = self._vectors[rows[first:last]].astype(np.float32)
                np.matmul(weights[first:last], used, out=vector)
        return _normalised(vectors)

    def _weighted_rows(
        self, columns: Columns, parts: Integers
    ) -> tuple[Integers, Integers, NDArray[np.float32]]:
        """The rows that make up each text, with their weights, ascending by text."""
        codes = self._code_table.of(columns.vocabulary)[columns.numbers]
        words, owners = ranges(columns.bounds, parts.ravel())
        return self._rows_of(owners // parts.shape[1], codes[words], self._column_codes)

    def _rows_of(
        self, owners: Integers, codes: Integers, known: Codes
    ) -> tuple[Integers, Integers, NDArray[np.float32]]:
        """The same for words by their codes, each with the text that it stands in."""
        # As unsigned numbers own rows come first: the order in which they are summed up.
        keys = owners << _CODE_BITS | codes & _CODES
        met, counts = np.unique(keys, return_counts=True)
        owners, codes = met >> _CODE_BITS, met.astype(np.int32)
        kept = codes != NO_ROW
        owners, codes, factors = owners[kept], codes[kept], np.sqrt(counts[kept].astype(np.float32))
        without_row = codes < NO_ROW
        pieces = [known.pieces(code) for code in codes[without_row].tolist()]
        sizes = np.ones(len(codes), np.int64)
        sizes[without_row] = [len(rows) for rows in pieces]
        rows = np.repeat(codes, sizes)
        rows[np.repeat(without_row, sizes)] = np.fromiter(chain.from_iterable(pieces), np.int64)
        weights = np.repeat(factors / sizes.astype(np.float32), sizes) * self._scales[rows]
        return np.repeat(owners, sizes), rows, weights

    def _begin_columns(self) -> Callable[[Word], int]:
        self._column_codes = codes = self._new_codes()
        return lambda word: codes[word.feature]

    def word_vectors(self, features: Sequence[Feature]) -> Vectors:
        """The vectors of single words as texts are summed of, weight included; zeros for what does not count.

        Shape (len(features), dimension).
        """
        found = [self._codes.rows(feature) for feature in features]
        lengths = np.array([len(rows) for rows in found], dtype=np.intp)
        rows = np.array([row for rows in found for row in rows], dtype=np.intp)
        vectors = np.zeros((len(found), self._config.dimension), dtype=np.float32)
        if len(rows):
            parts = self._vectors[rows].astype(np.float32) * self._scales[rows, None]
            filled = lengths > 0
            begins = (np.cumsum(lengths) - lengths)[filled]
            vectors[filled] = np.add.reduceat(parts, begins, axis=0) / lengths[filled, None]
        return vectors

    def _embed(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        if len(texts) != len(analyses):
            raise ValueError(f"{len(texts)} texts came with {len(analyses)} analyses")
        vectors = np.zeros((len(analyses), self._config.dimension), dtype=np.float32)
        for first in range(0, len(analyses), _TEXTS_AT_ONCE):
            some = analyses[first : first + _TEXTS_AT_ONCE]
            self._sum_words([analysis.features for analysis in some], vectors[first : first + len(some)])
        return _normalised(vectors)

    def _sum_words(self, texts: Sequence[Sequence[Feature]], vectors: Vectors) -> None:
        """The sums of several texts, each row that they have in common unpacked once."""
        sizes = [len(features) for features in texts]
        with self._lock:
            self._codes.make_room()
            codes = np.fromiter(
                map(self._codes.__getitem__, chain.from_iterable(texts)), np.int64, sum(sizes)
            )
            owners, rows, weights = self._rows_of(np.repeat(np.arange(len(texts)), sizes), codes, self._codes)
        used, places = np.unique(rows, return_inverse=True)
        mixture = np.zeros((len(texts), len(used)), np.float32)
        np.add.at(mixture.ravel(), owners * len(used) + places, weights)
        np.matmul(mixture, self._vectors[used].astype(np.float32), out=vectors)


def _normalised(vectors: Vectors) -> Vectors:
    """The same rows, brought to length 1 in place; zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors


def load_static_embedder(folder: Path, *, max_remembered_words: int = MAX_REMEMBERED_WORDS) -> StaticEmbedder:
    """Load a static model; the vectors are mapped, not read into memory.

    The table of words met so far is begun again at ``max_remembered_words``. Raises ModelUnavailable when
    the folder holds no model, ModelError when its files are damaged or of another format.
    """
    config = _read_config(folder)
    _check_files(folder, config)
    words = (folder / WORDS_FILE).read_text(encoding="utf-8").split("\n")[:-1]
    vectors = np.asarray(np.load(folder / VECTORS_FILE, mmap_mode="r", allow_pickle=False))
    scales = np.load(folder / SCALES_FILE, allow_pickle=False).astype(np.float32)
    num_rows = config.num_words + config.num_ngram_rows
    shapes_agree = vectors.shape == (num_rows, config.dimension) and scales.shape == (num_rows,)
    if not shapes_agree or len(words) != config.num_words or vectors.dtype != np.int8:
        raise ModelError(f"the files of the model in {folder} do not fit each other: install it again")
    index = {word: row for row, word in enumerate(words)}
    return StaticEmbedder(
        config, index, vectors, scales, folder=folder, max_remembered_words=max_remembered_words
    )


def _read_config(folder: Path) -> StaticConfig:
    path = folder / CONFIG_FILE
    try:
        config = StaticConfig.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelUnavailable(
            f"no static model in {folder}: {CONFIG_FILE} is not there; install the package again"
        ) from error
    except (OSError, ValidationError) as error:
        raise ModelError(f"{path} cannot be used: it is damaged; install the package again") from error
    if config.format != FORMAT:
        raise ModelError(
            f"{path} has format {config.format}, this version reads {FORMAT}: update the package"
        )
    return config


def _check_files(folder: Path, config: StaticConfig) -> None:
    for name in MODEL_FILES:
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelUnavailable(f"{path} cannot be read: install the package again") from error
        if found != config.sha256.get(name):
            raise ModelError(f"{path} is damaged (its checksum differs): install the package again")


def revision_of(checksums: Mapping[str, str]) -> str:
    """The revision that belongs to the checksums of a model's files: 16 hex digits."""
    text = json.dumps(dict(sorted(checksums.items())))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def saturate(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a word weighs that occurs so often in a text: √count."""
    return np.sqrt(counts)
