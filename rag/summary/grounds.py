"""What is worked out once for a document, before its sentences are judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder, Vectors
from rag.summary.centrality import centrality, centre, rarity, sentence_rows, unit
from rag.summary.material import Kind, Material, Sentence
from rag.summary.standalone import readable_span
from rag.text.analyzer import Analyzer
from rag.text.terms import content_terms

Column = NDArray[np.float32]


@dataclass(frozen=True)
class Grounds:
    """What is worked out once for a document: rows of its sentences, and where each stands."""

    material: Material
    rows: Vectors
    title_row: Column
    heading_rows: Mapping[int, Column]
    title_terms: frozenset[str]
    heading_terms: Mapping[int, frozenset[str]]

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """How rare each term is."""
        return rarity(self.material)

    @cached_property
    def masses(self) -> Mapping[str, float]:
        """Which share of the document's repeated words each term is."""
        counts: dict[str, float] = {}
        for term, number in self.material.document_frequencies.items():
            if number > 1 and not term.isdecimal():
                counts[term] = math.sqrt(number - 1)
        total = sum(counts.values()) or 1.0
        return {term: count / total for term, count in counts.items()}

    @cached_property
    def readable(self) -> list[Sentence]:
        """Sentences that can stand in a summary, in order."""
        return [one for one in self.material.sentences if readable_span(one) is not None]

    @cached_property
    def centrality(self) -> Column:
        """Of every sentence."""
        return centrality(self.rows)

    @cached_property
    def near_centre(self) -> Column:
        """The product of every sentence with the direction of the whole."""
        product: Column = self.rows @ centre(self.rows)
        return product

    @cached_property
    def order(self) -> Mapping[int, int]:
        """Number of a sentence of running text → its place among those."""
        prose = [one.number for one in self.material.sentences if one.kind in {Kind.PROSE, Kind.ASIDE}]
        return {number: place for place, number in enumerate(prose)}


def gather(material: Material, embedder: Embedder, analyzer: Analyzer) -> Grounds:
    """Work out what the features rest on; one pass over sentences and headings."""
    titles = [material.document.title, *(" ".join(part.path[-1:]) for part in material.parts)]
    analyses = [analyzer.analyze(title) for title in titles]
    terms = [frozenset(content_terms(t, a).base) for t, a in zip(titles, analyses, strict=True)]
    vectors = unit(embedder.embed_documents(titles, analyses))
    numbers = [part.number for part in material.parts]
    return Grounds(
        material,
        sentence_rows(material, embedder),
        vectors[0],
        dict(zip(numbers, vectors[1:], strict=True)),
        terms[0],
        dict(zip(numbers, terms[1:], strict=True)),
    )
