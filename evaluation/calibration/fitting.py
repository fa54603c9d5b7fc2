"""One's own documents → questions → a calibration, and what it does on documents it was not fitted on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any

from evaluation.answers.judges import load_judge
from evaluation.answers.measures import Working, area_under_curve, bare, holds_answer, workings
from evaluation.answers.runner import run_answers
from evaluation.answers.runs import AnswerOutcome, Withheld
from evaluation.calibration.questions import MadeQuestion, make_questions
from evaluation.corpus import Corpus
from evaluation.datasets.base import AskedQuestion, Dataset, GoldSentences
from evaluation.halves import half_of
from evaluation.progress import Tell, say_nothing
from evaluation.questions import GoldSentence
from rag.answering.calibration import Calibration, fit_scaling, model_hash
from rag.answering.extractive import load_answer_model
from rag.assembly import Assembly
from rag.bundled import bundled_path
from rag.errors import SettingsError
from rag.types import Scope

MIN_QUESTIONS = 20
"""With fewer, the figures say nothing and the fit changes nothing."""
_PER_DOCUMENT = 25
_MUCH = 0.4
_THRESHOLDS = tuple(step / 10 for step in range(1, 10))


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """A calibration with the scores of all questions, read by a fit on the other half of the documents.

    ``dropped`` are questions whose answer stands elsewhere, too, so that withholding did not make them
    unanswerable. ``abstain_below`` is the setting as it is.
    """

    calibration: Calibration
    num_documents: int
    kinds: Mapping[str, int]
    answerable: tuple[float, ...]
    unanswerable: tuple[float, ...]
    dropped: int
    abstain_below: float
    outcomes: tuple[AnswerOutcome, ...]

    @property
    def curve(self) -> list[Working]:
        """False answers against false refusals at every threshold."""
        return workings(self.answerable, self.unanswerable)

    def at(self, threshold: float) -> Working:
        """What one value of ``answering.abstain_below`` does."""
        return Working(
            threshold,
            sum(one < threshold for one in self.answerable) / max(1, len(self.answerable)),
            sum(one >= threshold for one in self.unanswerable) / max(1, len(self.unanswerable)),
        )

    def table(self) -> Iterator[Working]:
        """The tenths, and the setting as it is among them."""
        yield from map(self.at, sorted({*_THRESHOLDS, self.abstain_below}))

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints."""
        return {
            "num_documents": self.num_documents,
            "num_answerable": len(self.answerable),
            "num_unanswerable": len(self.unanswerable),
            "num_answered_elsewhere": self.dropped,
            "kinds": dict(self.kinds),
            "slope": self.calibration.slope,
            "offset": self.calibration.offset,
            "auroc": self.calibration.auroc,
            "abstain_below": self.abstain_below,
            "now": self.at(self.abstain_below)._asdict(),
            "curve": [one._asdict() for one in self.curve],
        }


def calibrate(
    assembly: Assembly,
    scope: Scope,
    *,
    limit: int = 300,
    withheld: Withheld = "paragraph",
    tell: Tell = say_nothing,
) -> CalibrationReport:
    """Make questions from the documents in scope, ask them with and without their source, and fit.

    Raises SettingsError when there are too few documents or sentences to ask about.
    """
    dataset, kinds, num_documents = own_questions(assembly, scope, limit)
    uncalibrated = assembly.settings.with_values({"answering.calibration": "none"})
    corpus = Corpus("own", "", replace(assembly, settings=uncalibrated), scope)
    run = run_answers(dataset, corpus, load_judge(), withheld=withheld, tell=tell)
    asked = {one.id: one for one in dataset.questions}
    kept = [one for one in run.outcomes if one.without and not _answered_elsewhere(one, asked[one.id])]
    answerable, unanswerable = _read_by_others(kept)
    slope, offset = fit_scaling(*_scores(kept))
    model = load_answer_model(bundled_path("models", "answering.json"))
    calibration = Calibration(
        round(slope, 4),
        round(offset, 4),
        len(kept),
        len(kept),
        round(area_under_curve(answerable, unanswerable) or 0.0, 4),
        dt.date.today().isoformat(),
        model_hash(model),
    )
    return CalibrationReport(
        calibration,
        num_documents,
        kinds,
        tuple(answerable),
        tuple(unanswerable),
        len(run.outcomes) - len(kept),
        assembly.settings.answering.abstain_below,
        run.outcomes,
    )


def own_questions(assembly: Assembly, scope: Scope, limit: int) -> tuple[Dataset, dict[str, int], int]:
    """At most ``limit`` questions, from as many documents as possible, always the same; kinds; documents."""
    infos = assembly.store.document_infos(scope)
    order = sorted(infos, key=lambda info: hashlib.sha256(info.id.encode()).hexdigest())
    by_document: list[list[AskedQuestion]] = []
    kinds: dict[str, str] = {}
    for info in order[: max(limit, 1)]:
        document = assembly.store.document(info.id, scope)
        made = sorted(make_questions(document.text, assembly.analyzer), key=_draw)[:_PER_DOCUMENT]
        by_document.append(
            [_asked(info.id, info.source, document.text, number, one) for number, one in enumerate(made)]
        )
        kinds |= {f"{info.id}/{number}": one.kind for number, one in enumerate(made)}
    turns = chain.from_iterable(zip_longest(*by_document))
    questions = [one for one in turns if one is not None][:limit]
    if len(questions) < MIN_QUESTIONS or len({one.group for one in questions}) == 1:
        raise SettingsError(
            f"only {len(questions)} questions could be made from {len(infos)} documents: calibration needs "
            f"{MIN_QUESTIONS}, from two documents or more; ingest more first"
        )
    counts = Counter(kinds[one.id] for one in questions)
    return Dataset("own", "", tuple(questions)), dict(counts), len({one.group for one in questions})


def _draw(made: MadeQuestion) -> str:
    return hashlib.sha256(made.text.encode()).hexdigest()


def _asked(document_id: str, source: str, text: str, number: int, made: MadeQuestion) -> AskedQuestion:
    sentence = text[made.span.start : made.span.end].strip()
    gold = GoldSentences((GoldSentence(source, sentence),))
    return AskedQuestion(f"{document_id}/{number}", made.text, gold, document_id, (made.answer,))


def _answered_elsewhere(one: AnswerOutcome, asked: AskedQuestion) -> bool:
    """Whether another document says the same: its sentence holds the answer and much of the question."""
    if one.without is None or not holds_answer(one.without.cited, asked.answers):
        return False
    words = {bare(asked.text)[place : place + 2] for place in range(len(bare(asked.text)) - 1)}
    cited = bare(one.without.cited)
    return sum(word in cited for word in words) >= _MUCH * len(words)


def _scores(outcomes: Sequence[AnswerOutcome]) -> tuple[list[float], list[float]]:
    return [one.confidence for one in outcomes], [one.without.confidence for one in outcomes if one.without]


def _read_by_others(outcomes: Sequence[AnswerOutcome]) -> tuple[list[float], list[float]]:
    """Every score as a fit on the other half of the documents reads it: what the figures are of."""
    answerable: list[float] = []
    unanswerable: list[float] = []
    for half, other in (("tuning", "reported"), ("reported", "tuning")):
        fitted = _scores([one for one in outcomes if half_of(one.group) == other])
        slope, offset = fit_scaling(*fitted) if all(fitted) else (1.0, 0.0)
        reader = Calibration(slope, offset, 0, 0, 0.0, "", "")
        read = _scores([one for one in outcomes if half_of(one.group) == half])
        answerable += map(reader.confidence, read[0])
        unanswerable += map(reader.confidence, read[1])
    return answerable, unanswerable
