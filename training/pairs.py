"""Training pairs: two stretches of words that ought to lie close to each other.

Each source teaches something else: questions find passages, headings find their text, English words
bring Japanese synonyms together (休み and 休暇 share "holiday"), captions of one picture paraphrase
each other. What is held out for measuring is cut here, by hash, and nowhere else.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from training.corpus import CORPORA, DATA, MANUALS, Kind
from training.thesaurus import Rewording, read_thesaurus
from training.words import Line, read_corpus_words, words_of_all

SYNONYMS = Path(__file__).with_name("synonyms.tsv")

HELD_OUT_SHARE = 0.15
SHARED_TITLE = "オスマン帝国"
"""The one article title that JaQuAD shares with JSQuAD; never trained on."""

_ENTAILED = "entailment"
_SIMILAR = 3.6
_COMMON_HEADING = 20
_MAX_MATES = 12


class Pair(NamedTuple):
    """Words of the left and of the right side; left is the question where there is one."""

    left: list[str]
    right: list[str]


def is_held_out(key: str, share: float = HELD_OUT_SHARE) -> bool:
    """Whether a title or picture belongs to the part that is only measured on."""
    digest = hashlib.sha256(f"held-out-1\0{key}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32 < share


def read_lines(path: str) -> Iterator[Any]:
    """The objects of a gzipped JSON-lines file of the shared data."""
    with gzip.open(DATA / path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_squad(path: str) -> list[Any]:
    """The articles of a gzipped SQuAD file of the shared data."""
    with gzip.open(DATA / path, "rt", encoding="utf-8") as file:
        articles: list[Any] = json.load(file)["data"]
        return articles


def trained_articles() -> list[Any]:
    """JaQuAD without the articles that are held out."""
    return [
        article
        for article in read_squad("jaquad/train.json.gz")
        if article["title"] != SHARED_TITLE and not is_held_out(article["title"])
    ]


def _questions() -> Iterator[tuple[str, str]]:
    for article in trained_articles():
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                yield qa["question"], paragraph["context"]


def _answer_sentences() -> Iterator[tuple[str, str]]:
    """Question → the sentence of its answer, with the one before."""
    for article in trained_articles():
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                start = qa["answers"][0]["answer_start"]
                first = context.rfind("。", 0, max(0, context.rfind("。", 0, start))) + 1
                last = context.find("。", start)
                yield qa["question"], context[first : last + 1 if last >= 0 else None]


def _choices() -> Iterator[tuple[str, str]]:
    for row in read_lines("jcommonsenseqa/train-v1.3.jsonl.gz"):
        yield row["question"], row[f"choice{row['label']}"]


def picture_of(row: Any) -> str:
    """The picture that both captions describe; JNLI and JSTS share pictures."""
    return re.split(r"[-_]", row["yjcaptions_id"])[0]


def _captions() -> Iterator[tuple[str, str]]:
    for row in read_lines("jnli/valid-v1.3.jsonl.gz"):
        if row["label"] == _ENTAILED and not is_held_out(picture_of(row), 0.5):
            yield row["sentence1"], row["sentence2"]
    for row in read_lines("jsts/valid-v1.3.jsonl.gz"):
        if row["label"] >= _SIMILAR and not is_held_out(picture_of(row), 0.5):
            yield row["sentence1"], row["sentence2"]


def _translations() -> Iterator[tuple[str, str]]:
    for row in read_lines("learner/examples_ja_en.jsonl.gz"):
        yield row["ja"], row["en"]


def _same_english() -> Iterator[tuple[str, str]]:
    """Two Japanese sentences with one English translation."""
    mates: dict[str, list[str]] = defaultdict(list)
    for row in read_lines("learner/examples_ja_en.jsonl.gz"):
        mates[" ".join(re.findall(r"[a-z]+", row["en"]))].append(row["ja"])
    for sentences in mates.values():
        yield from combinations(sorted(set(sentences))[:_MAX_MATES], 2)


def _glosses() -> Iterator[tuple[str, list[str]]]:
    """Word → its English meanings: 休暇 → holiday, day off, furlough."""
    for row in read_lines("learner/jlpt_vocab.jsonl.gz"):
        meanings = [meaning for part in re.split(r"[,;/]", row["gloss"]) if (meaning := _meaning(part))]
        yield row["kanji"] or row["kana"], meanings
    for row in read_lines("learner/kanji_jouyou.jsonl.gz"):
        yield row["kanji"], [m.lower() for m in row["meanings"] if "Radical" not in m]


def _meaning(gloss: str) -> str:
    bare = re.sub(r"\([^)]*\)?", "", gloss).strip().lower()
    return re.sub(r"^(to be|to|a|an|the) ", "", bare)


def _gloss_pairs() -> Iterator[tuple[str, str]]:
    for word, meanings in _glosses():
        yield from ((word, meaning) for meaning in meanings)


def _gloss_mates() -> Iterator[tuple[str, str]]:
    """Two Japanese words with one English meaning: 休み, 休暇."""
    mates: dict[str, set[str]] = defaultdict(set)
    for word, meanings in _glosses():
        for meaning in meanings:
            mates[meaning].add(word)
    for words in mates.values():
        if len(words) <= _MAX_MATES:
            yield from combinations(sorted(words), 2)


def synonym_groups() -> list[list[str]]:
    """The everyday and the official ways to say one thing, written for this project."""
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file, delimiter="\t") if row and not row[0].startswith("#")]


def _synonyms() -> Iterator[tuple[str, str]]:
    for group in synonym_groups():
        if not is_held_out(group[0]):
            yield from combinations(group, 2)


TEXT_SOURCES: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
    "questions": _questions,
    "answers": _answer_sentences,
    "choices": _choices,
    "captions": _captions,
    "translations": _translations,
    "same-english": _same_english,
    "glosses": _gloss_pairs,
    "gloss-mates": _gloss_mates,
    "synonyms": _synonyms,
    "thesaurus": read_thesaurus,
}
"""Sources that are read as text; those of `corpus_pairs` come as words."""


def text_pairs() -> dict[str, list[Pair]]:
    """Every text source as words; sides without a word are dropped."""
    texts = {name: list(read()) for name, read in TEXT_SOURCES.items()}
    distinct = sorted({text for pairs in texts.values() for pair in pairs for text in pair})
    words = dict(zip(distinct, words_of_all(distinct), strict=True))
    return {
        name: [Pair(words[left], words[right]) for left, right in pairs if words[left] and words[right]]
        for name, pairs in texts.items()
    }


def corpus_pairs(folder: Path) -> dict[str, list[Pair]]:
    """Headings with their text, headings with their English slugs, neighbouring blocks."""
    found: dict[str, list[Pair]] = {"headings": [], "slugs": [], "neighbours": []}
    for name in CORPORA:
        documents = list(read_corpus_words(folder, name))
        common = _common_headings(documents)
        for document in documents:
            _collect(document, common, found)
    return found


REWORDED = {MANUALS: 1.0, "technical": 0.5, "law": 0.5, "aozora": 0.15}
"""Of the blocks of each corpus."""


def reworded_pairs(folder: Path, thesaurus: Iterable[Pair], seed: int) -> list[Pair]:
    """A few words of a block, said otherwise, and the block; those of one document follow each other."""
    drawn = random.Random(seed)
    rewording = Rewording(thesaurus, drawn)
    return [
        Pair(question, words)
        for name, share in REWORDED.items()
        for document in read_corpus_words(folder, name)
        for kind, words in document
        if kind is Kind.TEXT and drawn.random() < share and (question := rewording.question(words))
    ]


def _common_headings(documents: list[list[Line]]) -> set[str]:
    """Headings such as 「定義」 or 「関連項目」, which do not tell one text from another."""
    counts = Counter(" ".join(words) for lines in documents for kind, words in lines if kind is Kind.HEADING)
    return {heading for heading, count in counts.items() if count > _COMMON_HEADING}


def _collect(lines: list[Line], common: set[str], found: dict[str, list[Pair]]) -> None:
    title: list[str] = []
    heading: list[str] = []
    previous: list[str] = []
    for kind, words in lines:
        if kind is Kind.TITLE:
            title = words
        elif kind is Kind.SLUG and heading and words:
            found["slugs"].append(Pair(heading, words))
        elif kind is Kind.HEADING:
            heading, previous = words, []
        elif kind is Kind.TEXT and words:
            if previous:
                found["neighbours"].append(Pair(previous, words))
            elif heading:
                name = heading if " ".join(heading) not in common else [*title, *heading]
                found["headings"].append(Pair(name, words))
            previous = words
