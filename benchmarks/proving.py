"""How well follow-ups are understood, and how quietly commands and conflicts are looked for.

    python -m benchmarks.proving

Follow-ups: the table of the tests, two that were written after the rules, and conversations about the sample
documents as asked and as searched.
Standing alone: questions of sets that were asked alone, each after another one of them, that must not change.
Commands to a model: the hand-written table, and alarms in manuals that hold none that is meant.
Sets under ../shared/data are left out where they are not there.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ingest.pipeline import ingest
from rag.answering.conversation_rules import RuleRewriter
from rag.assembly import Assembly, open_assembly
from rag.bundled import bundled_path
from rag.settings import load_settings
from rag.text.analyzer import load_analyzer
from rag.text.injection import find_instructions
from rag.types import Question, Turn

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
NUM_QUESTIONS = 1_500
MAX_FILE_BYTES = 300_000
MANUALS = ("office-js-ja", "react-ja", "vue-ja", "httpd-manual-ja", "windowsserver-ja")


def main() -> int:
    """Print every figure on a line of its own."""
    sys.path.insert(0, str(ROOT))
    rules = RuleRewriter(load_analyzer())
    for label, value in (*follow_ups(rules), *standing_alone(rules), *talks(), *commands()):
        print(f"{label:<64} {value}", flush=True)
    return 0


def follow_ups(rules: RuleRewriter) -> Iterator[tuple[str, str]]:
    """The table of the tests, and the time that one rewriting takes."""
    from tests.answering.follow_ups import FOLLOW_UPS, STANDALONE
    from tests.answering.fresh_follow_ups import FRESH, FRESHER

    times, right = [], 0
    for before, asked, meant, _ in FOLLOW_UPS:
        began = time.perf_counter()
        right += rules.rewrite(asked, [Turn(before)]).query == meant
        times.append(1000 * (time.perf_counter() - began))
    yield "follow-ups made standalone as written by hand", f"{right} of {len(FOLLOW_UPS)}"
    for label, table in (("before the last mending", FRESH), ("after it", FRESHER)):
        good = sum(
            rules.rewrite(asked, [Turn(before)]).query in accepted for before, asked, accepted in table
        )
        yield f"… written after the rules, {label}", f"{good} of {len(table)}"
    yield "milliseconds a rewriting, p50", f"{statistics.median(times):.2f}"
    alone = [asked for asked, _ in STANDALONE]
    yield "standalone questions left alone", f"{len(alone) - num_changed(rules, alone)} of {len(alone)}"


def standing_alone(rules: RuleRewriter) -> Iterator[tuple[str, str]]:
    """Questions that people asked alone, each after another one of its set."""
    own = [
        json.loads(line)["question"]
        for name in ("natural", "paraphrase", "sample")
        for line in (ROOT / "data" / "eval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    sets = {"data/eval": own}
    for name, file in (("JSQuAD", "jsquad/test-v1.3.half-a"), ("JaQuAD", "jaquad/train")):
        if (path := SHARED / f"{file}.json.gz").is_file():
            sets[name] = some_questions(path)
    for name, asked in sets.items():
        yield f"questions asked alone that changed, {name}", f"{num_changed(rules, asked)} of {len(asked)}"


def some_questions(file: Path) -> list[str]:
    """`NUM_QUESTIONS` of a set in SQuAD's format, always the same."""
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        articles = json.load(stream)["data"]
    asked = [one["question"] for a in articles for paragraph in a["paragraphs"] for one in paragraph["qas"]]
    random.Random(0).shuffle(asked)
    return asked[:NUM_QUESTIONS]


def num_changed(rules: RuleRewriter, asked: Sequence[str]) -> int:
    """How many are not what they were after the one before them."""
    return sum(
        rules.rewrite(question, [Turn(before)]).query != question.strip()
        for before, question in pairwise([asked[-1], *asked])
    )


def talks() -> Iterator[tuple[str, str]]:
    """Whether the first hits hold the answer of a follow-up, as it was asked and as it was searched."""
    from tests.answering.talks import TALKS

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(arguments={"store.path": Path(folder) / "store"})
        with open_assembly(settings, create=True) as assembly:
            ingest([bundled_path("sample")], assembly.store, assembly.embedder, settings.ingest)
            rules = RuleRewriter(assembly.analyzer)
            for near in (1, 3):
                asked = [found(assembly, near, text, *place) for _, text, *place in TALKS]
                searched = [
                    found(assembly, near, rules.rewrite(text, [Turn(before)]).query, *place)
                    for before, text, *place in TALKS
                ]
                told = f"{sum(asked)} → {sum(searched)} of {len(TALKS)}"
                yield f"follow-ups answered in the first {near} hits, asked → searched", told


def found(assembly: Assembly, near: int, query: str, source: str, anchor: str) -> bool:
    """Whether a chunk of that document with these words is among the first."""
    hits = assembly.build_retriever().retrieve(Question(query), near)
    return any(hit.document.name == source and anchor in hit.chunk.text for hit in hits)


def commands() -> Iterator[tuple[str, str]]:
    """The table of the tests, then alarms in public manuals and the speed of looking."""
    from tests.text.instructions_in_documents import COMMANDS, HARMLESS

    flagged = [sum(any(find_instructions(text)) for text, _ in table) for table in (COMMANDS, HARMLESS)]
    yield "commands to a model flagged", f"{flagged[0]} of {len(COMMANDS)}"
    yield "harmless sentences flagged", f"{flagged[1]} of {len(HARMLESS)}"
    num_chars, num_alarms, seconds = 0, 0, 0.0
    for text in manuals():
        began = time.perf_counter()
        num_alarms += sum(1 for _ in find_instructions(text))
        seconds += time.perf_counter() - began
        num_chars += len(text)
    if num_chars:
        yield "alarms in public manuals", f"{num_alarms} in {num_chars / 1e6:.1f} million characters"
        yield "million characters looked through a second", f"{num_chars / seconds / 1e6:.1f}"


def manuals() -> Iterator[str]:
    """Every page of the archives that are there."""
    for name in MANUALS:
        path = SHARED / "docs" / f"{name}.tar.gz"
        if not path.is_file():
            continue
        with tarfile.open(path) as archive:
            for member in archive:
                wanted = member.name.endswith((".md", ".html", ".txt")) and member.size < MAX_FILE_BYTES
                stream = archive.extractfile(member) if member.isfile() and wanted else None
                if stream is not None:
                    yield stream.read().decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main())
