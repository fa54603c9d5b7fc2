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
import re
import threading
import zlib
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from rag.embedding.base import Vectors
from rag.errors import ModelError, ModelUnavailable
from rag.text.analyzer import Analysis, Feature
from rag.types import EmbedderIdentity

FORMAT = 1
CONFIG_FILE, WORDS_FILE, VECTORS_FILE, SCALES_FILE = "config.json", "words.txt", "vectors.npy", "scales.npy"
MODEL_FILES = (WORDS_FILE, VECTORS_FILE, SCALES_FILE)

_SKIPPED_POS = ("助詞", "助動詞", "補助記号", "記号", "空白")
MAX_REMEMBERED_WORDS = 200_000
NO_ROW = -1
_KANJI = re.compile(r"[㐀-鿿々]")


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


def is_embedded(feature: Feature) -> bool:
    """Whether a word counts: everything but particles, auxiliaries and signs."""
    return not feature.pos.startswith(_SKIPPED_POS)


def ngram_rows(word: str, num_rows: int) -> tuple[int, ...]:
    """Rows of the pieces of a word: its kanji, and the 2- and 3-grams of ``<word>``.

    「返金」 has the pieces 返, 金, ``<返``, 返金, ``金>``, ``<返金``, ``返金>``.
    """
    marked = f"<{word}>"
    pieces = _KANJI.findall(word)
    pieces += [marked[start : start + size] for size in (2, 3) for start in range(len(marked) - size + 1)]
    return tuple(zlib.crc32(piece.encode("utf-8", "replace")) % num_rows for piece in pieces)


class _Codes(dict[Feature, int]):
    """Feature → the row of its word, `NO_ROW` for a word that is not embedded, found once for each.

    A word without a row of its own has a code below that, which stands for the rows of its pieces.
    """

    def __init__(self, words: Mapping[str, int], num_ngram_rows: int, max_remembered: int) -> None:
        super().__init__()
        self._words = words
        self._num_ngram_rows = num_ngram_rows
        self._max_remembered = max_remembered
        self._pieces: list[tuple[int, ...]] = []

    def pieces(self, code: int) -> tuple[int, ...]:
        """The rows that a code below `NO_ROW` stands for."""
        return self._pieces[NO_ROW - 1 - code]

    def rows(self, feature: Feature) -> tuple[int, ...]:
        """The rows of a word: its own, or those of its pieces, or none."""
        code = self[feature]
        if code == NO_ROW:
            return ()
        return (code,) if code > NO_ROW else self.pieces(code)

    def make_room(self) -> None:
        """Begin again when many words have been met; no code may be in use."""
        if len(self) >= self._max_remembered:
            self.clear()
            self._pieces.clear()

    def __missing__(self, feature: Feature) -> int:
        self[feature] = code = self._find(feature) if is_embedded(feature) else NO_ROW
        return code

    def _find(self, feature: Feature) -> int:
        for word in (feature.base, feature.lemma):
            row = self._words.get(word)
            if row is not None:
                return row
        first = len(self._words)
        self._pieces.append(tuple(first + row for row in ngram_rows(feature.base, self._num_ngram_rows)))
        return NO_ROW - len(self._pieces)


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
        self._codes = _Codes(words, config.num_ngram_rows, max_remembered_words)
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
        for vector, analysis in zip(vectors, analyses, strict=True):
            self._sum_words(analysis.features, vector)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def _sum_words(self, features: Sequence[Feature], vector: NDArray[np.float32]) -> None:
        with self._lock:
            self._codes.make_room()
            codes = np.fromiter(map(self._codes.__getitem__, features), np.int64, len(features))
            rows, counts = np.unique(codes, return_counts=True)
            factors = np.sqrt(counts.astype(np.float32))
            own = int(np.searchsorted(rows, NO_ROW, side="right"))
            pieces = [self._codes.pieces(code) for code in rows[:own].tolist() if code < NO_ROW]
        sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
        shares = np.repeat(factors[: len(pieces)] / sizes.astype(np.float32), sizes)
        used = np.concatenate([rows[own:], np.fromiter(chain.from_iterable(pieces), np.int64, sizes.sum())])
        weights = np.concatenate([factors[own:], shares]) * self._scales[used]
        if len(used):
            np.matmul(weights, self._vectors[used].astype(np.float32), out=vector)


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
