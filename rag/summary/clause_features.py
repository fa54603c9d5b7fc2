"""What is known of a clause, told in numbers: what is known of its sentence, and of the clause itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder
from rag.summary.centrality import unit
from rag.summary.clauses import Clause
from rag.summary.features import (
    CONCLUDES,
    EXPLAINS,
    ITSELF,
    PROPOSES,
    SENTENCE_FEATURES,
    sentence_features,
    share_of,
)
from rag.summary.grounds import Grounds
from rag.text.terms import content_terms

Matrix = NDArray[np.float32]
Column = NDArray[np.float32]

CLAUSE_FEATURES = (
    *SENTENCE_FEATURES,
    "whole",
    "whole_start",
    "whole_first",
    "whole_first_of_part",
    "whole_explains",
    "whole_itself",
    "whole_near_title",
    "ends_in_noun",
    "behind_itself",
    "behind_topic",
    "behind_comma",
    "before_proposing",
    "before_object",
    "before_topic",
    "before_comma",
    "before_other",
    "before_suru",
    "clause_length",
    "clause_length_squared",
    "clause_short",
    "clause_mass",
    "clause_density",
    "clause_near_centre",
    "clause_near_title",
    "clause_title_covered",
    "clause_repeated",
    "clause_repeated_last",
    "clause_repeated_first",
    "clause_brackets",
    "clause_commas",
    "clause_itself",
    "clause_explains",
    "clause_proposes",
    "clause_concludes",
    "clause_starts_verb",
)


def clause_features(facts: Grounds, found: Sequence[Clause], embedder: Embedder) -> Matrix:
    """One row a clause, one column a name of `CLAUSE_FEATURES`; float32."""
    if not found:
        return np.zeros((0, len(CLAUSE_FEATURES)), np.float32)
    sentences = list({one.sentence.number: one.sentence for one in found}.values())
    of_sentence = dict(zip((s.number for s in sentences), sentence_features(facts, sentences), strict=True))
    analyses = [one.analysis for one in found]
    vectors = unit(embedder.embed_documents([one.text for one in found], analyses))
    middle = unit(facts.rows[:, : vectors.shape[1]].sum(axis=0, keepdims=True))[0]
    near = vectors @ np.stack([middle, facts.title_row], axis=1)
    rows = [
        (
            *of_sentence[one.sentence.number],
            *_borders_of(one, of_sentence[one.sentence.number]),
            *_size(one),
            *_said(facts, one, content_terms(one.text, analysis).base, near[index]),
            *_signs(one),
        )
        for index, (one, analysis) in enumerate(zip(found, analyses, strict=True))
    ]
    return np.asarray(rows, np.float32)


def _borders_of(one: Clause, row: Column) -> tuple[float, ...]:
    known = dict(zip(SENTENCE_FEATURES, row.tolist(), strict=True))
    features = one.sentence.analysis.features
    last = features[one.last - 1]
    behind = features[one.last].base if one.last < len(features) else ""
    behind_lemma = features[one.last].lemma if one.last < len(features) else ""
    ahead = features[one.first - 1] if one.first else None
    noun = not one.is_whole and last.pos.startswith(("名詞", "接尾辞"))
    after = one.after[:14]
    return (
        float(one.is_whole),
        float(one.is_whole and one.first == 0),
        float(one.is_whole) * known["first"],
        float(one.is_whole) * known["first_of_part"],
        float(one.is_whole) * known["explains"],
        float(one.is_whole) * known["speaks_of_itself"],
        float(one.is_whole) * known["near_title"],
        float(noun),
        float(bool(ITSELF.search(one.before[-14:]))),
        float(ahead is not None and ahead.pos == "助詞-係助詞"),
        float(ahead is not None and ahead.base in "、，,"),
        float(not one.is_whole and bool(PROPOSES.search(after))),
        float(behind == "を"),
        float(behind == "は"),
        float(behind in {"、", "，", ","}),
        float(behind in {"の", "と", "で", "に", "が"}),
        float(behind_lemma == "為る"),
    )


def _size(one: Clause) -> tuple[float, ...]:
    share = (one.end - one.start) / 60
    return (
        share,
        share * share,
        float(one.end - one.start < 16),  # noqa: PLR2004
    )


def _said(facts: Grounds, one: Clause, terms: Mapping[str, int], near: Column) -> tuple[float, ...]:
    frequencies = facts.material.document_frequencies
    mass = sum(facts.masses.get(term, 0.0) for term in terms)
    content = [term for term in terms if not term.isdecimal()]
    again = sum(frequencies[term] > 1 for term in content)
    return (
        mass,
        min(1.0, 20 * mass / max(8, one.end - one.start)),
        float(near[0]),
        float(near[1]),
        share_of(facts.title_terms, terms),
        again / max(1, len(content)),
        float(bool(content) and frequencies[content[-1]] > 1),
        float(bool(content) and frequencies[content[0]] > 1),
    )


def _signs(one: Clause) -> tuple[float, ...]:
    text = one.text
    return (
        float("(" in text or "（" in text),
        min(1.0, sum(map(text.count, "、，,")) / 3),
        float(bool(ITSELF.search(text))),
        float(bool(EXPLAINS.search(text))),
        float(bool(PROPOSES.search(text))),
        float(bool(CONCLUDES.search(text))),
        float(one.sentence.analysis.features[one.first].pos.startswith("動詞")),
    )
