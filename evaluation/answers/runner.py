"""Asks every question as it is, and once more with its gold withheld."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evaluation.answers.citations import SupportJudge, judge_citations
from evaluation.answers.measures import char_f1, exact_match, holds_answer
from evaluation.answers.runs import AnswerOutcome, AnswerRun, Refusal, Withheld
from evaluation.answers.withholding import WithholdingStore
from evaluation.corpus import Corpus
from evaluation.datasets.base import AskedQuestion, Dataset
from evaluation.gold import DocumentJudge, GoldFinder, Judge, SpanJudge
from evaluation.progress import Phase, Tell, say_nothing
from evaluation.runner import describe_circumstances
from rag.answering.flow import AnswerFlow
from rag.assembly import load_wanted_generator
from rag.errors import SettingsError
from rag.types import Answer, Citation, Hit, Question

STAGES = ("retrieval", "embedding", "ingest", "generation", "answering")


def run_answers(
    dataset: Dataset,
    corpus: Corpus,
    judge: SupportJudge,
    *,
    withheld: Withheld = "paragraph",
    swapped: Mapping[str, str] | None = None,
    part: str = "all",
    tell: Tell = say_nothing,
) -> AnswerRun:
    """Measure the answers that the settings give to the questions of ``dataset``.

    ``swapped`` are questions without an answer by the ids of those they were made from.

    Questions that the set itself calls unanswerable are left out. Raises SettingsError when none is left.
    """
    asked = _answerable(dataset.questions)
    if not asked:
        raise SettingsError(f"{dataset.name} has no question with an answer in the part {part!r}")
    began = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    asking = _Asking.of(corpus, dataset, judge, swapped or {})
    outcomes = []
    for done, one in enumerate(asked, start=1):
        outcomes.append(asking.ask(one, withheld))
        tell(Phase.SEARCHING, done, len(asked))
    facts = describe_circumstances(dataset, corpus, part, began, STAGES)
    return AnswerRun(
        facts,
        asking.answerer,
        judge.name,
        withheld,
        tuple(outcomes),
        _notes(dataset, corpus, outcomes, asked),
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """The flow of the settings, and the same with abstention switched off, over a store that withholds."""

    corpus: Corpus
    finder: GoldFinder
    articles: Mapping[str, frozenset[str]]
    store: WithholdingStore
    flow: AnswerFlow
    forced: AnswerFlow
    judge: SupportJudge
    swapped: Mapping[str, str]

    @classmethod
    def of(cls, corpus: Corpus, dataset: Dataset, judge: SupportJudge, swapped: Mapping[str, str]) -> _Asking:
        store = WithholdingStore(corpus.assembly.store)
        assembly = replace(corpus.assembly, store=store.as_store())
        generator = load_wanted_generator(assembly.settings)
        always = replace(assembly, settings=assembly.settings.with_values({"answering.abstain_below": 0.0}))
        flows = assembly.build_flow(generator), always.build_flow(generator)
        finder = GoldFinder(corpus, dataset.questions)
        return cls(corpus, finder, _articles(corpus), store, *flows, judge, swapped)

    @property
    def answerer(self) -> str:
        """Who answers: ``extractive`` or ``generative``."""
        return self.flow.answerer.name

    def ask(self, asked: AskedQuestion, withheld: Withheld) -> AnswerOutcome:
        """One question, with all that is measured of it."""
        question = Question(asked.text, self.corpus.scope)
        gold = self.finder.judge(asked.gold)
        began = time.perf_counter()
        answer = self.flow.answer(question)
        elapsed = time.perf_counter() - began
        said = self.forced.answer(question) if answer.abstained else answer
        first = next(iter(said.citations), None)
        spoken = said.short_answer or (first.quote if first else "")
        figures = judge_citations(said, self.judge)
        return AnswerOutcome(
            asked.id,
            asked.text,
            asked.group,
            asked.answers,
            first.quote if first else "",
            f"{first.document.source}#{first.start}" if first else "",
            said.short_answer,
            answer.confidence,
            answer.abstained,
            any(gold.grade(hit) > 0 and _may_answer(hit, asked) for hit in answer.hits),
            bool(first and _holds(first, asked, gold)),
            bool(first and first.document.id in _gold_documents(gold)),
            exact_match(spoken, asked.answers) if asked.answers else None,
            char_f1(spoken, asked.answers) if asked.answers else None,
            figures.recall if figures else None,
            figures.precision if figures else None,
            1_000 * elapsed,
            self._without(asked, question, gold, withheld),
        )

    def _without(
        self, asked: AskedQuestion, question: Question, gold: Judge, withheld: Withheld
    ) -> Refusal | None:
        """None where nothing is withheld, or where it is not known what proves the answer."""
        if withheld == "swapped":
            return _refusal(self.flow.answer(replace(question, text=self.swapped[asked.id])))
        documents = _gold_documents(gold)
        if withheld == "none" or not documents:
            return None
        if withheld == "article":
            documents = frozenset[str]().union(*(self.articles[one] for one in documents))
        with self.store.without(documents):
            answer = self.flow.answer(question)
            self.store.check(answer.hits)
        return _refusal(answer)


def _refusal(answer: Answer) -> Refusal:
    first = next(iter(answer.citations), None)
    return Refusal(answer.confidence, answer.abstained, first.quote if first else "")


def _answerable(questions: Sequence[AskedQuestion]) -> list[AskedQuestion]:
    """Where a set has answers in words, questions without one are what SQuAD 2.0 calls impossible."""
    in_words = [one for one in questions if one.answers]
    return in_words or list(questions)


def _holds(citation: Citation, asked: AskedQuestion, gold: Judge) -> bool:
    """By the answer in words; else by the gold sentence; else by the gold document."""
    if asked.answers:
        return holds_answer(citation.quote, asked.answers)
    if isinstance(gold, SpanJudge):
        return any(
            2 * (min(citation.end, span.end) - max(citation.start, span.start)) > span.end - span.start
            for span in gold.spans.get(citation.document.id, ())
        )
    return citation.document.id in _gold_documents(gold)


def _may_answer(hit: Hit, asked: AskedQuestion) -> bool:
    return not asked.answers or holds_answer(hit.chunk.text, asked.answers)


def _gold_documents(gold: Judge) -> frozenset[str]:
    match gold:
        case DocumentJudge(grades):
            return frozenset(grades)
        case SpanJudge(spans):
            return frozenset(document for document, found in spans.items() if found)
        case _:
            return frozenset()


def _articles(corpus: Corpus) -> dict[str, frozenset[str]]:
    """For every document those that share its title: the paragraphs of one article."""
    by_title: defaultdict[str, set[str]] = defaultdict(set)
    infos = corpus.assembly.store.document_infos(corpus.scope)
    for info in infos:
        by_title[info.title or info.id].add(info.id)
    frozen = {title: frozenset(ids) for title, ids in by_title.items()}
    return {info.id: frozen[info.title or info.id] for info in infos}


def _notes(
    dataset: Dataset, corpus: Corpus, outcomes: Sequence[AnswerOutcome], asked: Sequence[AskedQuestion]
) -> tuple[str, ...]:
    notes = list(corpus.notes)
    if left_out := len(dataset.questions) - len(asked):
        notes.append(f"questions without a gold answer, left out: {left_out}")
    if asked and not any(one.short for one in outcomes):
        notes.append("no short answers: exact match and F1 are those of the whole cited sentence")
    return tuple(notes)
