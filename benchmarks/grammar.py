"""How well grammar patterns are found: ``python -m benchmarks.grammar``.

On the sentences written for the project (``tests/golden/grammar.tsv``), and on sentences drawn by hash
from the shared examples and works of Aozora Bunko, labelled by hand (``tests/golden/grammar_drawn.tsv``:
places and labels alone).
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path

from ingest.readers.aozora_line import parse_line
from rag.learner.grammar.catalog import bundled_patterns
from rag.learner.grammar.search import find_in_sentence
from rag.learner.library import read_text
from rag.text.analyzer import MecabAnalyzer, load_analyzer

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
PATTERNS = {pattern.name: pattern for pattern in bundled_patterns()}


def main() -> None:
    analyzer = load_analyzer()
    written: Counter[str] = Counter()
    for name, kind, text in _rows("grammar.tsv"):
        _count(written, {name} & _found(text, analyzer), {name} if kind != "miss" else set())
    _report("written for the project", written)
    drawn: Counter[str] = Counter()
    for where, labels in _rows("grammar_drawn.tsv"):
        _count(drawn, _found(_sentence(where, analyzer), analyzer), set(filter(None, labels.split("/"))))
    _report("drawn and labelled by hand", drawn)


def _rows(name: str) -> list[list[str]]:
    lines = (ROOT / "tests" / "golden" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def _found(text: str, analyzer: MecabAnalyzer) -> set[str]:
    patterns = tuple(PATTERNS.values())
    return {e.pattern.name for one in read_text(text, analyzer) for e in find_in_sentence(one, patterns)}


def _count(counts: Counter[str], found: set[str], wanted: set[str]) -> None:
    counts["sentences"] += 1
    counts["right"] += len(found & wanted)
    counts["wrong"] += len(found - wanted)
    counts["missed"] += len(wanted - found)


def _report(name: str, counts: Counter[str]) -> None:
    right = counts["right"]
    precision, recall = right / (right + counts["wrong"]), right / (right + counts["missed"])
    print(f"{name}: {counts['sentences']} sentences, precision {precision:.3f}, recall {recall:.3f}")


@cache
def _examples() -> list[str]:
    with gzip.open(SHARED / "learner" / "examples_ja_en.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["ja"] for line in lines]


def _sentence(where: str, analyzer: MecabAnalyzer) -> str:
    source, _, place = where.rpartition(":")
    if source == "examples":
        return _examples()[int(place)]
    raw = (SHARED / "formats" / "txt" / f"{source}.txt").read_bytes().decode("cp932", errors="replace")
    text = "\n".join(parse_line(line).text for line in raw.split("-" * 55)[-1].split("\n"))
    return next(iter(read_text(text[int(place) : int(place) + 200], analyzer))).text


if __name__ == "__main__":
    main()
