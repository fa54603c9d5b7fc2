"""The generative answerer: prompt, generate, cut into statements, hold each against the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.base import AnswerDone, AnswerEvent, StatementVerified, TextDrafted, TextGenerated
from rag.answering.candidates import Candidate, collect_candidates
from rag.answering.evidence import Draft, EvidenceChecker, Finding, cut_drafts
from rag.answering.extractive import cite
from rag.generation.base import Generator, Sampling
from rag.generation.budget import Packed, pack
from rag.settings import AnsweringSettings, GenerationSettings
from rag.store.base import Store
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.types import ABSTENTION, Answer, Citation, Hit, Question, Statement, Verdict

_SAYS_NOTHING_FOUND = fold_text(ABSTENTION).rstrip("。")
CUT = "回答は長さの上限 (generation.max_new_tokens) で切れています"
_MAX_DIFFERENCES = 3
CARRIED = frozenset({Verdict.VERBATIM, Verdict.SUPPORTED, Verdict.PARTLY})


class GenerativeAnswerer:
    """Lets a model write from the evidence, and shows of it what the evidence carries."""

    name = "generative"

    def __init__(
        self,
        generator: Generator,
        store: Store,
        analyzer: Analyzer,
        generation: GenerationSettings,
        answering: AnsweringSettings,
        *,
        checker: EvidenceChecker | None = None,
    ) -> None:
        self._generator = generator
        self._store = store
        self._analyzer = analyzer
        self._sampling = Sampling(
            generation.max_new_tokens, generation.temperature, generation.top_p, generation.seed
        )
        self._answering = answering
        self._checker = checker or EvidenceChecker(analyzer)

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        """Drafts as they are written (unless unsupported statements are removed), then verdicts.

        Without hits the model is not asked: there is nothing that it could answer from. Raises
        ContextTooLong and ModelUnavailable.
        """
        if not hits:
            yield AnswerDone(Answer(question.text, (), (), True, 0.0, self.name))
            return
        packed = pack(question.text, hits, self._generator, max_new_tokens=self._sampling.max_new_tokens)
        written, cuts = [], []
        sampling = replace(self._sampling, on_cut=lambda: cuts.append(CUT))
        for piece in self._generator.stream(packed.prompt, sampling):
            written.append(piece)
            if self._answering.unsupported == "mark":
                yield TextDrafted(piece)
        text = "".join(written)
        yield TextGenerated(self._generator.name, packed.prompt, self._sampling, text)
        drafts = cut_drafts(text)
        if not drafts or _SAYS_NOTHING_FOUND in fold_text(drafts[0].text):
            notes = (*_notes(packed), *cuts)
            yield AnswerDone(Answer(question.text, (), tuple(hits), True, 0.0, self.name, notes))
            return
        evidence = self._evidence(packed)
        findings = [self._checker.check(draft, evidence) for draft in drafts]
        statements = self._verified(drafts, findings)
        for statement in statements:
            yield StatementVerified(statement)
        # Of a statement that is not shown nobody wonders what the sources say instead.
        shown = findings if self._answering.unsupported == "mark" else ()
        told = (*_notes(packed), *cuts, *_differences(shown))
        yield AnswerDone(self._whole(question, hits, drafts, statements, told))

    def _verified(self, drafts: Sequence[Draft], findings: Sequence[Finding]) -> list[Statement]:
        """Each draft with its verdict; citations are numbered by first use, one number a sentence."""
        numbers: dict[tuple[str, int, int], Citation] = {}
        statements = []
        for draft, finding in zip(drafts, findings, strict=True):
            citations = tuple(
                numbers.setdefault((one.hit.document.id, *one.span), cite(one, len(numbers) + 1))
                for one in finding.candidates
            )
            if self._answering.unsupported == "mark" or finding.verdict in CARRIED:
                statements.append(Statement(draft.text, citations, finding.verdict))
        return statements

    def _evidence(self, packed: Packed) -> list[tuple[int, Candidate]]:
        """Every sentence that the prompt showed, with the number of its block."""
        hits = [
            replace(block.hit, chunk=replace(block.hit.chunk, sentences=block.sentences))
            for block in sorted(packed.evidence, key=lambda block: block.number)
        ]
        candidates = collect_candidates(hits, self._store, self._analyzer)
        numbers = {block.hit.chunk.id: block.number for block in packed.evidence}
        return [(numbers[candidate.hit.chunk.id], candidate) for candidate in candidates]

    def _whole(
        self,
        question: Question,
        hits: Sequence[Hit],
        drafts: Sequence[Draft],
        statements: Sequence[Statement],
        told: Sequence[str],
    ) -> Answer:
        carried = sum(statement.verdict in CARRIED for statement in statements)
        share = carried / len(drafts)
        notes = list(told)
        if removed := len(drafts) - len(statements):
            notes.append(f"資料で確かめられない文を{removed}つ除きました")
        abstained = not statements
        return Answer(
            question.text, tuple(statements), tuple(hits), abstained, share, self.name, tuple(notes)
        )


def _differences(findings: Sequence[Finding]) -> Iterator[str]:
    """What the sources say otherwise, each once: 「20日」は資料では「10日」です."""
    found = (one for finding in findings for one in finding.discrepancies if one.said and one.found)
    lines = dict.fromkeys(f"「{one.said}」は資料では「{one.found}」です" for one in found)
    yield from list(lines)[:_MAX_DIFFERENCES]


def _notes(packed: Packed) -> tuple[str, ...]:
    if not packed.left_out:
        return ()
    count = sum(len(left.sentences) for left in packed.left_out)
    numbers = "、".join(f"[{left.number}]" for left in packed.left_out)
    return (f"文脈の長さに入らなかった文が{count}つあります ({numbers})",)
