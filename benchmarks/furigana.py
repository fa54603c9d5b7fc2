"""How well kanji are read: ``python -m benchmarks.furigana``.

First against the ruby of the Aozora works in ``../shared/data/formats/txt``: the ruby is taken out, every
reading is predicted from the bare text, and compared. Works are split by the hash of their name; rules and
tables were tuned on one half, the other is reported. Ateji and readings of the author's own (no dictionary
or character reading makes them up) are counted apart. Then against the sample documents, whose every
reading was checked by hand (``tests/golden/furigana``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.document import build_document
from ingest.readers.aozora_line import parse_line
from ingest.readers.registry import read
from rag.learner.comparison import Reading, compare_readings
from rag.learner.furigana import FuriganaReader, Ruby
from rag.learner.kana import has_kanji, to_hiragana
from rag.learner.readings import LITERARY_SHARE
from rag.text.analyzer import load_analyzer
from rag.types import Document

SHARED = Path(__file__).parents[2] / "shared" / "data"
SAMPLE = Path(__file__).parents[1] / "data" / "sample"
GOLD = Path(__file__).parents[1] / "tests" / "golden" / "furigana"
OLD_KANA = ("ゐ", "ゑ", "でせう", "いふ", "思ふ", "やうに", "やうな")
_VOICED = str.maketrans(
    "かきくけこさしすせそたちつてとはひふへほ", "がぎぐげござじずぜぞだぢづでどばびぶべぼ"
)
_HALF = str.maketrans("はひふへほ", "ぱぴぷぺぽ")


@dataclass
class Score:
    """Counts of one group of works."""

    regular: int = 0
    right: int = 0
    own: int = 0
    own_right: int = 0
    missed: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def row(self, name: str) -> tuple[str, ...]:
        """The cells of the table."""
        total, right = self.regular + self.own, self.right + self.own_right
        return (
            name,
            f"{self.regular:,}",
            f"{self.right / max(1, self.regular):.1%}",
            f"{self.own:,}",
            f"{self.own_right / max(1, self.own):.1%}",
            f"{right / max(1, total):.1%}",
        )


def main(arguments: list[str]) -> None:
    verbose = "--missed" in arguments
    readers = {
        "dictionary alone": FuriganaReader(load_analyzer(), rules=False, literary_share=2),
        "all": FuriganaReader(load_analyzer(), literary_share=LITERARY_SHARE),
    }
    scores = {
        (kana, half, name): Score()
        for kana in ("new", "old")
        for half in ("tuned", "reported")
        for name in readers
    }
    for path in sorted((SHARED / "formats" / "txt").glob("*_ruby_*.txt")):
        text = path.read_bytes().decode("cp932", errors="replace")
        kana = "new" if sum(map(text.count, OLD_KANA)) <= len(text) / 2_000 else "old"
        half = "tuned" if int(hashlib.sha256(path.name.encode()).hexdigest(), 16) % 2 else "reported"
        for name, reader in readers.items():
            _measure(reader, text, scores[kana, half, name])
    table = Table(title="ruby of 66 works, predicted from the bare text")
    for column in ("works", "readings", "right", "ateji, own", "right", "all right"):
        table.add_column(column, justify="right")
    for (kana, half, name), score in scores.items():
        table.add_row(*score.row(f"{kana} kana, {half} half, {name}"))
    Console(width=120).print(table)
    _report_gold(FuriganaReader(load_analyzer()))
    if verbose:
        for missed, number in scores["new", "tuned", "all"].missed.most_common(300):
            print(number, *missed, sep="\t")


def _report_gold(reader: FuriganaReader) -> None:
    """The sample documents; ruby that they carry themselves is given, and not counted."""
    num_right = num_all = 0
    for path in sorted(GOLD.glob("*.tsv")):
        document, expected = load_gold(path)
        rubies = reader.read(document.text, annotations=document.annotations)
        right, differences = compare_readings(document.text, expected, rubies)
        num_right, num_all = num_right + right, num_all + len(expected)
        for one in differences:
            print(path.stem, document.text[one.start : one.end], one.expected, one.found, sep="\t")
    print(f"sample documents: {num_right:,} of {num_all:,} readings right, {num_right / num_all:.2%}")


def load_gold(path: Path) -> tuple[Document, list[Reading]]:
    """The sample document of a gold file, and its readings checked by hand."""
    name, _, rest = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").partition(":")
    source = SAMPLE / name
    document = build_document(
        read(source.read_bytes(), name), source=name, collection="", sha256="", size_bytes=0
    ).document
    if hashlib.sha256(document.text.encode()).hexdigest() != rest.split()[-1]:
        raise ValueError(f"{name} has changed: check its readings again")
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return document, [Reading(int(place), int(place) + len(base), kana) for place, base, kana in rows]


def _measure(reader: FuriganaReader, text: str, score: Score) -> None:
    for raw in text.split("\n"):
        if "《" not in raw or raw.startswith(("《", "（例）", "底本")):
            continue
        line = parse_line(raw)
        rubies = reader.read(line.text)
        for one in line.annotations:
            base = line.text[one.start : one.end]
            if one.kind != "ruby" or not has_kanji(base):
                continue
            gold = to_hiragana(one.value)
            predicted = _reading(line.text, rubies, one.start, one.end, gold)
            right = _same(predicted, gold)
            if _is_regular(base, gold):
                score.regular += 1
                score.right += right
            else:
                score.own += 1
                score.own_right += right
            if not right:
                score.missed[base, gold, predicted] += 1


def _same(predicted: str, gold: str) -> bool:
    """Equal up to ぢ, づ and iteration marks."""
    fold = str.maketrans("ぢづ", "じず")
    return predicted.translate(fold) == gold.translate(fold)


def _reading(text: str, rubies: list[Ruby], start: int, end: int, gold: str) -> str:
    """The predicted reading of a span; a piece that reaches beyond it is cut where its kanji allow."""
    parts, place = [], start
    for ruby in rubies:
        if ruby.end <= start or ruby.start >= end:
            continue
        parts.append(to_hiragana(text[place : ruby.start]) if ruby.start > place else "")
        parts.append(_cut(text, ruby, start, end))
        place = min(ruby.end, end)
    parts.append(to_hiragana(text[place:end]))
    return "".join(parts)


def _cut(text: str, ruby: Ruby, start: int, end: int) -> str:
    first, last = max(start, ruby.start), min(end, ruby.end)
    if (first, last) == (ruby.start, ruby.end):
        return ruby.reading
    shares = split_kanji(text[ruby.start : ruby.end], ruby.reading)
    return "".join(shares[first - ruby.start : last - ruby.start]) if shares else "?"


@cache
def _kanji_readings() -> dict[str, frozenset[str]]:
    known = {}
    with gzip.open(SHARED / "learner" / "kanji_jouyou.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            plain = set(entry["readings_on"])
            for reading in entry["readings_kun"]:
                stem, _, okurigana = reading.strip("-").partition(".")
                plain |= {stem, stem + okurigana}
            known[entry["kanji"]] = frozenset(filter(None, plain))
    return known


@cache
def _variants(kanji: str) -> frozenset[str]:
    """Readings of a character with the changes that compounds bring: rendaku, doubling."""
    found = set()
    for reading in _kanji_readings().get(kanji, ()):
        kana = to_hiragana(reading)
        heads = {
            kana,
            kana[0].translate(_VOICED) + kana[1:],
            kana[0].translate(_HALF) + kana[1:],
        }
        found |= heads | {head[:-1] + "っ" for head in heads if head[-1] in "つくちき" and len(head) > 1}
    return frozenset(found)


def split_kanji(kanji: str, reading: str) -> list[str] | None:
    """The reading's shares by character, None when the characters do not make it up."""
    if not kanji:
        return [] if not reading else None
    choices = _variants(kanji[0]) or (
        frozenset(reading[:n] for n in range(1, 5)) if kanji[0] not in "々" else ()
    )
    for share in sorted(choices, key=len, reverse=True):
        if share and reading.startswith(share):
            rest = split_kanji(kanji[1:], reading[len(share) :])
            if rest is not None:
                return [share, *rest]
    return None


@cache
def _is_regular(base: str, gold: str) -> bool:
    """Whether dictionary or characters know the reading; rare characters may have any."""
    if gold in _dictionary_readings(base):
        return True
    spread = "".join(base[n - 1] if char == "々" and n else char for n, char in enumerate(base))
    return split_kanji(spread, gold) is not None


@cache
def _dictionary_readings(base: str) -> frozenset[str]:
    words = load_analyzer_once().analyze(base).morphemes()
    return frozenset({to_hiragana("".join(word.feature.reading for word in words))})


@cache
def load_analyzer_once():  # noqa: ANN201
    return load_analyzer()


if __name__ == "__main__":
    main(sys.argv[1:])
