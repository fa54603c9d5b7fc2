"""What the models learn from, written for this project: well-formed, and apart from what is measured on."""

from __future__ import annotations

import json
import random
from typing import Any

from evaluation.datasets.registry import load_dataset
from rag.bundled import bundled_path
from training.asked import ASKED, read_asked
from training.thesaurus import Rewording, read_thesaurus

MAX_ANCHOR = 10


def test_no_document_is_asked_about_in_training_and_in_measuring() -> None:
    measured = set()
    for name in ("natural", "paraphrase"):
        assert load_dataset(bundled_path("eval", f"{name}.jsonl")).questions
        with bundled_path("eval", f"{name}.jsonl").open(encoding="utf-8") as lines:
            measured |= {(row["collection"], row["file"]) for row in map(json.loads, lines)}
    asked = {(one.collection, one.file) for one in read_asked()}
    assert len(asked) > 1_500
    assert not asked & measured


def test_of_a_passage_only_an_anchor_is_kept() -> None:
    asked = read_asked()
    assert len({one.id for one in asked}) == len(asked)
    for one in asked:
        assert 0 < len(one.anchor) <= MAX_ANCHOR, one.id
        assert one.natural.strip() and one.paraphrase.strip(), one.id
        assert not one.file.startswith("/"), one.id
        assert one.start >= 0, one.id
    assert 0.15 < sum(one.held_out for one in asked) / len(asked) < 0.25
    assert ASKED.name == "asked.jsonl"


def test_the_thesaurus_says_things_in_other_words() -> None:
    pairs = list(read_thesaurus())
    assert len(pairs) > 100_000
    assert all(headword and phrase and headword != phrase for headword, phrase in pairs)
    assert len(set(pairs)) == len(pairs)


class First(random.Random):
    """Draws the first of everything, and never leaves a word out."""

    def random(self) -> float:
        return 0.5

    def choice(self, seq: Any) -> Any:
        return seq[0]

    def randint(self, a: int, b: int) -> int:
        return b

    def randrange(self, *_: Any) -> int:
        return 0


def test_the_longest_expression_is_reworded() -> None:
    pairs = [(["有給", "休暇"], ["休む", "日"]), (["休暇"], ["休み"]), (["届け出る"], ["出す"])]
    rewording = Rewording(pairs, First())
    assert list(rewording.reword(["有給", "休暇", "届け出る", "人"])) == ["休む", "日", "出す", "人"]
    assert list(rewording.reword(["休み"])) == ["休暇"], "a short phrase stands for its headword too"
    assert rewording.question(["有給", "休暇"]) == [], "too short to be asked about"
    assert rewording.question(["人"] * 20) == ["人"] * 12
