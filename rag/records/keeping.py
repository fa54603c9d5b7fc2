"""Events of a question → a record of its answer, kept in a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.answering.base import AnswerDone, AnswerEvent, HitsFound, QuestionRewritten, TextGenerated
from rag.errors import RecordError
from rag.records.answers import (
    AnswerRecord,
    RecordedCitation,
    RecordedGeneration,
    RecordedHit,
    RecordedIndex,
    RecordedLeg,
    RecordedScope,
    RecordedStatement,
    RecordedTurn,
    save_record,
)
from rag.settings import Settings
from rag.store.base import Store
from rag.types import Answer, Citation, Hit, Question, Scope, Turn

RECORDED_STAGES = ("embedding", "retrieval", "generation", "answering")
"""The settings that shape an answer; secrets are never among what is written."""

_SECRETS = {"generation": {"api_key"}}


class AnswerRecorder:
    """Makes records of one store under one set of settings; writes them when it has a folder."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        folder: Path | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._store = store
        self._settings = {
            stage: getattr(settings, stage).model_dump(mode="json", exclude=_SECRETS.get(stage))
            for stage in RECORDED_STAGES
        }
        self._folder = folder
        self._now = now

    def __call__(self, question: Question, happened: Sequence[AnswerEvent]) -> None:
        """Keep a record of what happened; RecordError when it cannot be written."""
        if self._folder is not None:
            save_record(self.make(question, happened), self._folder)

    def make(self, question: Question, happened: Sequence[AnswerEvent]) -> AnswerRecord:
        """The record of a question whose last event is `AnswerDone`."""
        done = happened[-1] if happened else None
        if not isinstance(done, AnswerDone):
            raise RecordError("there is no record of a question that was not answered")
        answer = done.answer
        rewritten = next((event for event in happened if isinstance(event, QuestionRewritten)), None)
        hits = next((event.hits for event in happened if isinstance(event, HitsFound)), answer.hits)
        generated = next((event for event in happened if isinstance(event, TextGenerated)), None)
        return AnswerRecord(
            time=self._now(),
            question=question.text,
            history=tuple(RecordedTurn(**asdict(turn)) for turn in question.history),
            query=answer.query or question.text,
            rewritten_by=rewritten.by if rewritten else "",
            scope=_scope(question.scope),
            index=RecordedIndex(
                identity=asdict(self._store.identity), change_number=self._store.change_number()
            ),
            settings=self._settings,
            hits=tuple(map(_hit, hits)),
            generation=_generation(generated) if generated else None,
            **_outcome(answer),
        )


def recorded_question(record: AnswerRecord) -> Question:
    """The question of a record, to be asked again: scope and history included."""
    scope = record.scope
    return Question(
        record.question,
        Scope(
            scope.user,
            frozenset(scope.collections),
            frozenset(scope.sources),
            scope.date_from,
            scope.date_to,
            scope.as_of,
        ),
        tuple(Turn(turn.question, turn.answer) for turn in record.history),
    )


def _scope(scope: Scope) -> RecordedScope:
    return RecordedScope(
        user=scope.user,
        collections=tuple(sorted(scope.collections)),
        sources=tuple(sorted(scope.sources)),
        date_from=scope.date_from,
        date_to=scope.date_to,
        as_of=scope.as_of,
    )


def _hit(hit: Hit) -> RecordedHit:
    chunk = hit.chunk
    return RecordedHit(
        source=hit.document.source,
        collection=hit.document.collection,
        title=hit.document.title,
        heading_path=chunk.heading_path,
        place=chunk.locator.label if chunk.locator else "",
        start=chunk.start,
        end=chunk.end,
        score=float(hit.score),
        legs=tuple(RecordedLeg(leg=leg.leg, rank=leg.rank, score=float(leg.score)) for leg in hit.legs),
        change_number=hit.document.change_number,
        text=chunk.text,
    )


def _generation(event: TextGenerated) -> RecordedGeneration:
    sampling = event.sampling
    return RecordedGeneration(
        model=event.model,
        prompt=event.prompt.text,
        messages=event.prompt.messages,
        parameters={
            "max_new_tokens": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "stop": list(event.prompt.stop),
        },
        output=event.text,
    )


def _outcome(answer: Answer) -> dict[str, Any]:
    return {
        "answerer": answer.answerer,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "answer": answer.text,
        "statements": tuple(
            RecordedStatement(
                text=one.text, verdict=one.verdict.value, citations=tuple(map(_citation, one.citations))
            )
            for one in answer.statements
        ),
        "conflicts": tuple(tuple(map(_citation, conflict.citations)) for conflict in answer.conflicts),
        "missing": answer.missing,
        "notes": answer.notes,
        "elapsed_seconds": answer.elapsed_seconds,
    }


def _citation(citation: Citation) -> RecordedCitation:
    return RecordedCitation(
        number=citation.number,
        source=citation.document.source,
        place=citation.place,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
    )
