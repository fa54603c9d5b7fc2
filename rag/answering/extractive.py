"""The extractive answerer: verbatim sentences of the sources, chosen by the question. No model writes.

Every sentence of the hits is scored by a small linear model over `rag.answering.features`; a second
one judges from the best sentence and the search whether the documents answer at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering.answerability import ANSWER_FEATURES, answer_features
from rag.answering.base import AnswerDone, AnswerEvent, StatementVerified
from rag.answering.candidates import Candidate, collect_candidates
from rag.answering.features import SENTENCE_FEATURES, Focus, SentenceJudge
from rag.errors import ModelUnavailable
from rag.retrieval.base import Query
from rag.settings import AnsweringSettings
from rag.store.base import Store
from rag.text.analyzer import Analyzer
from rag.types import Answer, Citation, Hit, Question, Statement, Verdict

EXPLAINED = frozenset({"why", "how", "yes-no"})
"""Kinds of questions that no few words answer."""


WITHOUT_AMOUNT = 0.2
"""What the confidence is multiplied with where an amount is asked for and the best sentence has none."""


@dataclass(frozen=True, slots=True)
class AnswerModel:
    """Weights of both linear models, in the order of the feature names."""

    sentence: NDArray[np.float32]
    answer: NDArray[np.float32]
    bias: float
    also_above: float
    """A further sentence is added when its score is within this much of the best."""


def load_answer_model(file: Path) -> AnswerModel:
    """Read ``answering.json``; ModelUnavailable when it is absent or made for other features."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        return AnswerModel(
            np.asarray([values["sentence"][name] for name in SENTENCE_FEATURES], np.float32),
            np.asarray([values["answer"][name] for name in ANSWER_FEATURES], np.float32),
            float(values["bias"]),
            float(values["also_above"]),
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            f"the weights of the extractive answerer in {file} cannot be used ({error!r}): "
            "install swallow-rag again"
        ) from error


class ExtractiveAnswerer:
    """Answers with sentences as they stand in the documents, or abstains."""

    name = "extractive"

    def __init__(
        self,
        store: Store,
        analyzer: Analyzer,
        judge: SentenceJudge,
        model: AnswerModel,
        settings: AnsweringSettings,
    ) -> None:
        self._store = store
        self._analyzer = analyzer
        self._judge = judge
        self._model = model
        self._settings = settings

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        """One to ``max_statements`` verbatim statements, best first; none when it abstains."""
        candidates = collect_candidates(hits, self._store, self._analyzer)
        if not candidates:
            yield AnswerDone(Answer(question.text, (), tuple(hits), True, 0.0, self.name))
            return
        focus = Focus.from_query(Query.from_question(question, self._analyzer), self._store)
        features = self._judge.features(focus, candidates)
        scores = features @ self._model.sentence
        confidence = self._confidence(focus, candidates, features, scores, hits)
        abstained = confidence < self._settings.abstain_below
        statements = () if abstained else self._statements(candidates, scores)
        for statement in statements:
            yield StatementVerified(statement)
        short = "" if abstained else self._short_answer(focus, candidates[int(np.argmax(scores))])
        answer = Answer(question.text, statements, tuple(hits), abstained, confidence, self.name)
        yield AnswerDone(replace(answer, short_answer=short))

    def _short_answer(self, focus: Focus, candidate: Candidate) -> str:
        """The words of the sentence that are asked for: 「20日」; empty where a few words are no answer."""
        if focus.kind is not None and focus.kind.name in EXPLAINED:
            return ""
        return self._judge.reader.short_answer(focus.query.analysis, candidate)

    def _confidence(
        self,
        focus: Focus,
        candidates: Sequence[Candidate],
        features: NDArray[np.float32],
        scores: NDArray[np.float32],
        hits: Sequence[Hit],
    ) -> float:
        ranked = self._judge.reader.rank(focus.query.analysis, candidates)
        known = answer_features(focus, candidates, features, scores, hits, ranked=ranked)
        confidence = float(1 / (1 + np.exp(-(known @ self._model.answer + self._model.bias))))
        best = candidates[int(np.argmax(scores))]
        lacks = focus.kind and focus.kind.wants_amount and not focus.kind.answered.search(best.folded)
        return confidence * WITHOUT_AMOUNT if lacks else confidence

    def _statements(
        self, candidates: Sequence[Candidate], scores: NDArray[np.float32]
    ) -> tuple[Statement, ...]:
        order = np.argsort(-scores, kind="stable")
        best = scores[order[0]]
        chosen: list[Candidate] = []
        for index in order:
            candidate = candidates[index]
            if len(chosen) == self._settings.max_statements or scores[index] < best - self._model.also_above:
                break
            if all(candidate.folded != other.folded for other in chosen):
                chosen.append(candidate)
        return tuple(
            Statement(candidate.text, (cite(candidate, number),), Verdict.VERBATIM)
            for number, candidate in enumerate(chosen, start=1)
        )


def cite(candidate: Candidate, number: int) -> Citation:
    """The citation of one sentence, down to its page or line."""
    chunk = candidate.hit.chunk
    return Citation(
        number,
        candidate.hit.document,
        chunk.id,
        candidate.span.start,
        candidate.span.end,
        candidate.text,
        chunk.heading_path,
        chunk.locator.label if chunk.locator else "",
    )
