"""Text → words, through the analyzer and the word rule of the run time, cached as plain text.

The cache holds one line a block (``kind TAB word word …``) and an empty line between documents.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from rag.embedding.word_codes import is_embedded
from rag.text.analyzer import Analyzer, load_analyzer
from training.corpus import CORPORA, Block, Kind, read_documents

NUM_PROCESSES = 2

Line = tuple[Kind, list[str]]


@cache
def _analyzer() -> Analyzer:
    return load_analyzer()


def words_of(text: str) -> list[str]:
    """Base forms of the embedded words: 「申し込んだ人は」 → ``["申し込む", "人"]``."""
    features = _analyzer().analyze(text).features
    return [feature.base.replace(" ", "") for feature in features if is_embedded(feature)]


def words_of_all(texts: Iterable[str]) -> list[list[str]]:
    """`words_of` for many texts, in order, on two processes."""
    with multiprocessing.Pool(NUM_PROCESSES) as pool:
        return pool.map(words_of, texts, chunksize=500)


def _document_lines(blocks: list[Block]) -> str:
    return "".join(f"{block.kind}\t{' '.join(words_of(block.text))}\n" for block in blocks)


def write_corpus_words(folder: Path) -> None:
    """Analyse the corpora that are not in the cache yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in CORPORA:
        path = folder / f"{name}.words"
        if path.is_file():
            continue
        partial = path.with_suffix(".partial")
        with multiprocessing.Pool(NUM_PROCESSES) as pool, partial.open("w", encoding="utf-8") as file:
            for lines in pool.imap(_document_lines, read_documents(name), chunksize=16):
                file.write(lines + "\n")
        partial.rename(path)


def read_corpus_words(folder: Path, name: str) -> Iterator[list[Line]]:
    """The documents of one corpus, each as (kind, words) lines."""
    document: list[Line] = []
    with (folder / f"{name}.words").open(encoding="utf-8") as file:
        for raw in file:
            kind, tab, words = raw.rstrip("\n").partition("\t")
            if tab:
                document.append((Kind(kind), words.split(" ") if words else []))
            else:
                yield document
                document = []
