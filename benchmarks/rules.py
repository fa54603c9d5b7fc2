"""Rules of a folder: what their references mean, and whether an article is found when it is asked for.

    python -m benchmarks.rules FOLDER [--articles N]

Printed are the references whose place in the document is known, those that name another law, and numbers that
are neither (most are numbers of laws). Then ``N`` articles of each rule are asked for, 「第20条」 and in a
sentence, within that rule: how often the article itself comes first and among the first five.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.pipeline import ingest
from ingest.references import numbers_without_meaning
from rag.assembly import Assembly, open_assembly
from rag.settings import load_settings
from rag.types import EVERYTHING, Annotation, Document, Question, Scope
from rag.types.targets import Target

QUESTIONS = ("{}", "{}には何と書いてありますか")
FIRST = 5


def rules(assembly: Assembly) -> Iterator[Document]:
    """The documents that have articles."""
    for info in assembly.store.document_infos(EVERYTHING):
        document = assembly.store.document(info.id, EVERYTHING)
        if any(one.kind == "article" for one in document.annotations):
            yield document


def count_references(documents: Sequence[Document]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for document in documents:
        counts["rules"] += 1
        counts["articles"] += sum(one.kind == "article" for one in document.annotations)
        counts["definitions"] += sum(one.kind == "definition" for one in document.annotations)
        references = [one for one in document.annotations if one.kind == "reference"]
        here = sum(Target.from_value(one.value).span is not None for one in references)
        counts["references to a place in the document"] += here
        counts["references to another law"] += len(references) - here
        counts["numbers without a meaning"] += numbers_without_meaning(document.text, references)
    return counts


def ask_for_articles(assembly: Assembly, documents: Sequence[Document], num_articles: int) -> Counter[str]:
    retriever, counts = assembly.build_retriever(), Counter[str]()
    for document in documents:
        articles = {one.value: one for one in reversed(document.annotations) if one.kind == "article"}
        chosen = random.Random(document.title).sample(sorted(articles), min(num_articles, len(articles)))
        for label in chosen:
            for question in QUESTIONS:
                scope = Scope(sources=frozenset({document.source}))
                hits = retriever.retrieve(Question(question.format(label), scope=scope), FIRST)
                found = [_holds(hit.chunk.start, hit.chunk.end, articles[label]) for hit in hits]
                counts["asked"] += 1
                counts["first"] += any(found[:1])
                counts[f"among {FIRST}"] += any(found)
    return counts


def _holds(start: int, end: int, article: Annotation) -> bool:
    return start < article.end and end > article.start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=6)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(arguments={"store.path": Path(place) / "store"})
        with open_assembly(settings, create=True) as assembly:
            ingest([chosen.folder], assembly.store, assembly.embedder, settings.ingest)
            documents = list(rules(assembly))
            for name, count in count_references(documents).items():
                print(f"{name:<42}{count:>8,}")
            counts = ask_for_articles(assembly, documents, chosen.articles)
            print(f"{'articles asked for':<42}{counts['asked']:>8,}")
            for name in ("first", f"among {FIRST}"):
                print(f"articles asked for, {name:<22}{counts[name] / max(counts['asked'], 1):>8.1%}")


if __name__ == "__main__":
    main()
