"""Fits the weights of the extractive summary: ``python -m training.summaries ../shared/data``.

Half of the abstracts with titles and of the articles with descriptions (half 0 by the SHA-256 of the id; the
other half is only ever reported), and pages of ``corpus/technical.jsonl.xz`` with the description in their
front matter; none of those is among the articles. The weights make a softmax over the sentences (or clauses)
of each text expect the highest mean of ROUGE-1, ROUGE-2 and ROUGE-L: what is fitted is the choice itself.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.abstracts import Example, load_examples
from evaluation.rouge import Words, analysed_words, rouge, words_of
from rag.assembly import load_bundled_embedder
from rag.bundled import bundled_path
from rag.errors import ReadError
from rag.summary.base import BUDGETS, Length
from rag.summary.clause_features import CLAUSE_FEATURES, clause_features
from rag.summary.clauses import Clause, clauses
from rag.summary.extractive import MAX_CLAUSE_SENTENCES
from rag.summary.features import SENTENCE_FEATURES, sentence_features
from rag.summary.grounds import Grounds, gather
from rag.summary.material import prepare
from rag.text.analyzer import load_analyzer

Array = NDArray[np.float64]

NUM_PAGES = 1_500
MAX_PAGE_CHARS = 6_000
MIN_PAGE_CHARS = 1_200
MIN_DESCRIPTION_CHARS = 30
DECAY = 0.01
STEPS = 400
RATE = 0.05


@dataclass(frozen=True, slots=True)
class Choice:
    """One text: the features of what can be chosen, shape (choices, features), and what each is worth."""

    features: Array
    worth: Array


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in one text as sentences and as clauses."""

    sentences: Choice
    clauses: Choice


class Workshop:
    """Examples → choices, with one analyzer and one embedder."""

    def __init__(self) -> None:
        self._analyzer = load_analyzer()
        self._embedder = load_bundled_embedder()

    def choices(self, examples: Iterable[Example]) -> Iterator[Choices]:
        """The choices of each text that has any."""
        for example in examples:
            facts = gather(prepare(example.document(), self._analyzer), self._embedder, self._analyzer)
            reference = words_of(example.summary, self._analyzer)
            found = self._clauses(facts)
            if found:
                yield Choices(
                    self._sentence_choice(facts, reference), self._clause_choice(facts, found, reference)
                )

    def _clauses(self, facts: Grounds) -> list[Clause]:
        room = BUDGETS[Length.LINE].max_chars
        return [one for sentence in facts.readable[:MAX_CLAUSE_SENTENCES] for one in clauses(sentence, room)]

    def _sentence_choice(self, facts: Grounds, reference: Words) -> Choice:
        features = sentence_features(facts, facts.readable)
        words = [analysed_words(one.text, one.analysis) for one in facts.readable]
        return Choice(features.astype(np.float64), _worth(words, reference))

    def _clause_choice(self, facts: Grounds, found: Sequence[Clause], reference: Words) -> Choice:
        features = clause_features(facts, found, self._embedder)
        words = [analysed_words(one.text, one.analysis) for one in found]
        return Choice(features.astype(np.float64), _worth(words, reference))


def _worth(words: Sequence[Words], reference: Words) -> Array:
    return np.asarray([rouge(one, reference).mean for one in words])


def fit(choices: Sequence[Choice]) -> Array:
    """Weights by Adam on the expected worth, features brought to one scale and back."""
    together = np.concatenate([one.features for one in choices])
    scale = together.std(axis=0) + 1e-3
    scaled = [Choice(one.features / scale, one.worth) for one in choices]
    weights = np.zeros(together.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = sum((_slope(one, weights) for one in scaled), np.zeros_like(weights))
        slope = 10 * slope / len(scaled) - DECAY * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        weights += RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights / scale


def _slope(choice: Choice, weights: Array) -> Array:
    scores = choice.features @ weights
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    return choice.features.T @ (shares * (choice.worth - shares @ choice.worth))


def pages(file: Path) -> list[Example]:
    """Pages whose front matter describes them in a sentence that does not stand in the page."""
    found = []
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            values = json.loads(line)
            page = re.match(r"---\n(.*?)\n---\n(.*)", values["text"], re.DOTALL)
            told = page and re.search(r"^description:\s*(.+)$", page[1], re.MULTILINE)
            if page and told:
                found.append(Example(values["id"], page[2], told[1].strip().strip("'\"")))
    usable = [page for page in found if _is_usable(page)]
    usable.sort(key=lambda page: hashlib.sha256(page.id.encode()).hexdigest())
    return [
        Example(one.id, f"# {one.text.lstrip('# ')}"[:MAX_PAGE_CHARS], one.summary)
        for one in usable[:NUM_PAGES]
    ]


def _is_usable(page: Example) -> bool:
    says = page.summary
    is_sentence = "。" in says or "ます" in says
    long_enough = len(says) >= MIN_DESCRIPTION_CHARS and len(page.text) >= MIN_PAGE_CHARS
    return is_sentence and long_enough and says not in page.text


def main(data: Path) -> None:
    """Fit the three models and write ``data/models/summary.json``."""
    workshop = Workshop()
    folder = data / "summarization"
    titles = [e for e in load_examples(folder / "nlp2025_title.half-a.jsonl.gz") if e.half == 0]
    articles = [e for e in load_examples(folder / "windowsserver_description.jsonl.gz") if e.half == 0]
    described = [*articles, *pages(data / "corpus" / "technical.jsonl.xz")]
    plain = list(workshop.choices(titles))
    headed = list(workshop.choices(described))
    print(f"{len(plain)} texts without headings, {len(headed)} with")
    weights = {
        "sentence": _named(SENTENCE_FEATURES, fit([one.sentences for one in (*plain, *headed)])),
        "plain": _named(CLAUSE_FEATURES, fit([one.clauses for one in plain])),
        "headed": _named(CLAUSE_FEATURES, fit([one.clauses for one in headed])),
    }
    file = bundled_path("models", "summary.json")
    file.write_text(json.dumps(weights, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {file}")


def _named(names: Sequence[str], weights: Array) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        raise SystemExit("usage: python -m training.summaries ../shared/data")
    try:
        main(Path(sys.argv[1]))
    except ReadError as error:
        raise SystemExit(str(error)) from error
