"""Train the bundled embedder from the shared data and write it to data/models/static-ja.

    python -m training.static_embedder --cache /tmp/static-ja

About ten minutes on two cores. The same data, versions and seed give the same model. What it learns
from, what is held out and how well it does: docs/embedder.md.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

import click
import torch

from rag.settings import load_settings
from training.asked import asked_pairs
from training.contrast import Recipe, number_pairs, train
from training.cooccurrence import word_vectors
from training.corpus import DATA
from training.export import export_model
from training.model import BagModel
from training.pairs import Pair, corpus_pairs, reworded_pairs, text_pairs
from training.turning import turn
from training.vocabulary import Vocabulary, build_vocabulary, count_corpus, spread
from training.words import write_corpus_words

DIMENSION = 256
MAX_WORD_ROWS = 62_000
NUM_NGRAM_ROWS = 20_000
UNKNOWN_LOG_WEIGHT = -0.1
SEED = 7
LONG_SOURCES = frozenset({"headings", "neighbours", "reworded", "asked"})
"""Their words stand in the corpora already and are not counted twice."""

_LOG = logging.getLogger("training")
_SMOOTHED = 0.99
_REPORT_EVERY = 250
_TARGET = Path(__file__).resolve().parents[1] / "data" / "models" / "static-ja"


def build_model(cache: Path, pairs: dict[str, list[Pair]]) -> tuple[BagModel, Vocabulary]:
    """The model as it begins: every word where its neighbours in the corpora put it."""
    in_pairs: Counter[str] = Counter()
    for name, source in pairs.items():
        if name not in LONG_SOURCES:
            in_pairs += spread(side for pair in source for side in pair)
    vocabulary = build_vocabulary(count_corpus(cache), in_pairs, max_rows=MAX_WORD_ROWS)
    _LOG.info("%d words, %d with a row", len(vocabulary.words), vocabulary.num_rows)
    vectors = word_vectors(cache, vocabulary.words[: vocabulary.num_rows], DIMENSION, SEED)
    _LOG.info("word vectors from neighbours are done")
    return BagModel(vocabulary, vectors, NUM_NGRAM_ROWS, UNKNOWN_LOG_WEIGHT), vocabulary


def train_and_report(model: BagModel, pairs: dict[str, list[Pair]], recipe: Recipe) -> None:
    """Contrastive training with a line of progress now and then."""
    numbered = {name: number_pairs(model.index, source) for name, source in pairs.items()}
    _LOG.info("pairs: %s", ", ".join(f"{name} {len(source)}" for name, source in numbered.items()))
    smoothed = 0.0
    for step, loss in enumerate(train(model, numbered, recipe)):
        smoothed = _SMOOTHED * smoothed + (1 - _SMOOTHED) * loss if step else loss
        if step % _REPORT_EVERY == 0:
            _LOG.info("step %d of %d, loss %.3f", step, recipe.num_steps, smoothed)


@click.command()
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="Folder for analysed text.")
@click.option("--target", type=click.Path(path_type=Path), default=_TARGET, help="Folder of the model.")
@click.option("--steps", default=3000, show_default=True, help="Contrastive steps.")
@click.option("--like", type=click.Path(path_type=Path), help="Turn the space towards that of this model.")
@click.option("--threads", default=2, show_default=True, help="CPU threads.")
def main(cache: Path, target: Path, steps: int, like: Path | None, threads: int) -> None:
    """Train the bundled embedder and write its files."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    torch.set_num_threads(threads)
    write_corpus_words(cache)
    pairs = {**text_pairs(), **corpus_pairs(cache)}
    pairs["reworded"] = reworded_pairs(cache, pairs["thesaurus"], SEED)
    pairs["asked"] = asked_pairs(DATA, cache / "documents", load_settings(environment={}))
    _LOG.info("text is analysed")
    model, vocabulary = build_model(cache, pairs)
    train_and_report(model, pairs, Recipe(num_steps=steps, seed=SEED))
    if like:
        _LOG.info("turned, mean cosine %.3f", turn(model, vocabulary.words, like))
    export_model(model, vocabulary.words, target)
    _LOG.info("written to %s", target)


if __name__ == "__main__":
    main()
