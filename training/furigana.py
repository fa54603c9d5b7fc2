"""Counts how works with ruby read what the dictionary reads otherwise: ``python -m training.furigana``.

Reads the works in ``../shared/data/corpus/aozora.jsonl.xz`` (none of which is among those that
``benchmarks/furigana.py`` measures), new kana only, and writes ``rag/learner/data/literary.tsv``: words, and
stems of words that inflect, for which a reading with ruby stands in most works that write the word.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ingest.readers.aozora_line import parse_line
from rag.learner.align import align
from rag.learner.kana import has_kanji, is_kana, to_hiragana
from rag.learner.numbers import counters
from rag.text.analyzer import MecabAnalyzer, Morpheme, load_analyzer

CORPUS = Path(__file__).parents[2] / "shared" / "data" / "corpus" / "aozora.jsonl.xz"
TABLE = Path(__file__).parents[1] / "rag" / "learner" / "data" / "literary.tsv"
_RUBY = re.compile("《[^《》]*》|｜")
OLD_KANA = ("ゐ", "ゑ", "でせう", "いふ", "思ふ", "やうに", "やうな")
MAX_OLD_PER_CHAR = 1 / 2_000
MIN_WORKS = 2
MIN_SHARE = 0.6
MIN_RATE = 0.05
"""Of the works that write a word, so many must give this ruby; else the plain reading is the common one.

The share itself stands in the last column: `rag.learner.readings` asks for more than this.
"""


MIN_KANA_PER_KANJI = 1.5
_LONG = 3


class Key(NamedTuple):
    """What is read: a word (``kanji`` empty), or the kanji at the beginning of a base form."""

    written: str
    kanji: str


def main(arguments: list[str]) -> None:
    """Count and write; a number limits the works."""
    max_works = int(arguments[0]) if arguments else 10**9
    analyzer = load_analyzer()
    works: dict[Key, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    predictions: dict[Key, Counter[str]] = defaultdict(Counter)
    texts = []
    for number, text in enumerate(_works()):
        if number >= max_works:
            break
        texts.append(_RUBY.sub("", text))
        for key, reading, predicted in ruby_readings(analyzer, text):
            works[key][reading].add(number)
            predictions[key][predicted] += 1
    rows = sorted(filter(None, (_row(key, found, predictions[key], texts) for key, found in works.items())))
    header = (
        "# 文学作品のルビで数えた読み (辞書と違うもの)：表記または基本形、頭の漢字 (活用する語)、読み、割合\n"
        f"# training/furigana.py: {len(texts)} works in new kana of the corpus in docs/learner.md\n"
    )
    TABLE.write_text(header + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(texts)} works, {len(works)} keys, {len(rows)} rows in {TABLE.name}", file=sys.stderr)


def _works() -> Iterator[str]:
    with lzma.open(CORPUS, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            if is_new_kana(text):
                yield text


def is_new_kana(text: str) -> bool:
    """Whether a work is written in the kana of today."""
    return sum(map(text.count, OLD_KANA)) <= len(text) * MAX_OLD_PER_CHAR


def ruby_readings(analyzer: MecabAnalyzer, text: str) -> Iterator[tuple[Key, str, str]]:
    """Of every ruby: what it stands on, its reading, and that of the dictionary."""
    for raw in text.split("\n"):
        if "《" not in raw or raw.startswith(("《", "（例）", "底本")):
            continue
        line = parse_line(raw)
        rubies = [a for a in line.annotations if a.kind == "ruby"]
        if not rubies:
            continue
        words = list(analyzer.analyze(line.text).morphemes())
        for ruby in rubies:
            found = _key(line.text, words, ruby.start, ruby.end)
            if found:
                yield found[0], to_hiragana(ruby.value), found[1]


def _key(text: str, words: list[Morpheme], start: int, end: int) -> tuple[Key, str] | None:
    """What the ruby stands on as a key, and how the dictionary reads that."""
    covered = [word for word in words if word.start < end and word.end > start]
    if not covered or covered[0].start != start or not has_kanji(text[start:end]):
        return None
    if covered[-1].end == end:
        return Key(text[start:end], ""), to_hiragana("".join(word.feature.reading for word in covered))
    if len(covered) > 1:
        return None
    word = covered[0]
    pieces = align(text[word.start : word.end], word.feature.reading)
    if not pieces or pieces[0].start or pieces[0].end != end - start:
        return None
    return Key(word.feature.base, text[start:end]), pieces[0].reading


def _row(
    key: Key, found: dict[str, set[int]], predicted: Counter[str], texts: list[str]
) -> tuple[str, ...] | None:
    best, where = max(found.items(), key=lambda item: (len(item[1]), item[0]))
    with_ruby = set().union(*found.values())
    written = key.written[: len(key.kanji) + 1] if key.kanji else key.written
    if len(where) < max(MIN_WORKS, MIN_SHARE * len(with_ruby)) or predicted.most_common(1)[0][0] == best:
        return None
    if key.written in counters() or not is_kana(best):
        return None
    num_kanji = sum(map(has_kanji, key.written))
    if num_kanji >= _LONG and len(best) < num_kanji * MIN_KANA_PER_KANJI:
        return None  # the ruby of a part, whose beginning nobody marked: 一度自分《じぶん》
    num_writing = sum(written in text for text in texts)
    if len(where) < MIN_RATE * num_writing:
        return None
    return key.written, key.kanji, best, f"{min(1, len(where) / max(1, num_writing)):.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
