"""How fast the text stage is: ``python -m benchmarks.text [FOLDER]``.

FOLDER holds text files (``*.txt``, ``*.md``, UTF-8); without one, texts of ``../shared/data`` are taken.
Every step runs in one process on chunks of 400 characters, as ingestion calls it. Seconds are those of
the processor, the best of three runs.
"""

from __future__ import annotations

import json
import lzma
import sys
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.store.analyses import pack_analyses, read_word, unpack_analysis
from rag.text.analyzer import load_analyzer
from rag.text.era import find_dates
from rag.text.fold import fold, fold_text
from rag.text.query_terms import query_terms
from rag.text.sentences import split_sentences
from rag.text.terms import index_terms

SHARED = Path(__file__).parents[2] / "shared" / "data"
CHUNK_CHARS = 400
SAMPLE_CHARS = 400_000
EVERY = 7
"""Of a collection every seventh text, so that the sample is not one author or one statute."""


def main(arguments: list[str]) -> None:
    samples = dict(_folder_samples(Path(arguments[0])) if arguments else _shared_samples())
    if not samples:
        sys.exit(f"no texts in {arguments[0] if arguments else SHARED}: name a folder with .txt or .md files")
    table = Table(title=f"characters (M) and UTF-8 bytes (MB) a second, chunks of {CHUNK_CHARS} characters")
    table.add_column("step")
    for name in samples:
        table.add_column(name, justify="right")
    columns = [_measure(text) for text in samples.values()]
    for row in zip(*columns, strict=True):
        table.add_row(row[0][0], *(figure for _, figure in row))
    Console(width=120).print(table)


def _measure(text: str) -> list[tuple[str, str]]:
    analyzer = load_analyzer()
    chunks = [text[place : place + CHUNK_CHARS] for place in range(0, len(text), CHUNK_CHARS)]
    analyses = [analyzer.analyze(chunk) for chunk in chunks]
    rows, words = pack_analyses(analyses)
    known = {number: read_word(word) for number, word in words.items()}
    title = "就業規則 第三章 休暇"
    context = analyzer.analyze(title)
    steps: dict[str, Callable[[], Iterable[object]]] = {
        "fold_text": lambda: map(fold_text, chunks),
        "fold with its map": lambda: map(fold, chunks),
        "split_sentences": lambda: map(split_sentences, chunks),
        "find_dates": lambda: map(find_dates, chunks),
        "analyze (MeCab with features)": lambda: map(analyzer.analyze, chunks),
        "pack_analyses": lambda: pack_analyses(analyses)[0],
        "unpack_analysis": lambda: (unpack_analysis(row, known) for row in rows),
        "index_terms": lambda: (
            index_terms(chunk, analysis, title, context, title, context)
            for chunk, analysis in zip(chunks, analyses, strict=True)
        ),
        "query_terms": lambda: map(query_terms, chunks, analyses),
    }
    num_bytes = len(text.encode(errors="replace"))
    figures = [(name, _figure(step, len(text), num_bytes)) for name, step in steps.items()]
    return [*figures, ("bytes of an analysis a character", f"{sum(map(len, rows)) / len(text):.2f}")]


def _figure(step: Callable[[], Iterable[object]], num_chars: int, num_bytes: int) -> str:
    seconds = min(_seconds(step) for _ in range(3))
    return f"{num_chars / seconds / 1e6:.2f} M  {num_bytes / seconds / 1e6:6.1f} MB"


def _seconds(step: Callable[[], Iterable[object]]) -> float:
    begun = time.process_time()
    for _ in step():
        pass
    return time.process_time() - begun


def _folder_samples(folder: Path) -> Iterator[tuple[str, str]]:
    files = sorted(path for pattern in ("*.txt", "*.md") for path in folder.rglob(pattern))
    text = _joined(path.read_text(encoding="utf-8", errors="replace") for path in files)
    if text:
        yield folder.name, text


def _shared_samples() -> Iterator[tuple[str, str]]:
    for name in ("aozora", "law"):
        path = SHARED / "corpus" / f"{name}.jsonl.xz"
        if path.exists():
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                yield name, _joined(json.loads(line)["text"] for line in islice(lines, 0, None, EVERY))
    path = SHARED / "docs" / "dotnet-ja.tar.gz"
    if path.exists():
        with tarfile.open(path) as archive:
            members = (archive.extractfile(member) for member in islice(archive, 0, None, EVERY))
            yield "docs", _joined(file.read().decode("utf-8", "replace") for file in members if file)


def _joined(texts: Iterable[str]) -> str:
    """The beginning of all texts together."""
    return "".join(islice(chain.from_iterable(texts), SAMPLE_CHARS))


if __name__ == "__main__":
    main(sys.argv[1:])
