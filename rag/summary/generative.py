"""The summary that a model writes: each stretch of the document by itself, then the parts together.

What a model says is never believed: every sentence is held against the sentences that its prompt showed. In
the last round those are the source sentences behind the partial statements, so that a citation always
leads to the document and never to an intermediate text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from rag.answering.candidates import Candidate
from rag.answering.evidence import cut_drafts
from rag.answering.generative import CARRIED
from rag.generation.base import Generator, Sampling
from rag.summary.base import Chapter, Request
from rag.summary.cache import PartialResults, result_key
from rag.summary.citing import Citer
from rag.summary.extractive import Outline, outline
from rag.summary.instructing import build_render
from rag.summary.material import Material
from rag.summary.packing import Piece, Stretch, pack_stretches, pieces_of
from rag.text.analyzer import Analyzer
from rag.types import Span, Statement

Progress = Callable[[int, int], None]
"""Told how many prompts of how many are done."""

MAX_ROUNDS = 6
"""Each round makes the text several times shorter; six are more than any document needs."""


def say_nothing(_done: int, _total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the model wrote of a document, checked; ``num_prompts`` were sent or found in the cache."""

    chapters: tuple[Chapter, ...]
    num_prompts: int
    num_resumed: int
    num_removed: int
    notes: tuple[str, ...] = ()


class GenerativeSummarizer:
    """Map-reduce over one document. Raises ContextTooLong and ModelUnavailable."""

    name = "generative"

    def __init__(
        self,
        generator: Generator,
        analyzer: Analyzer,
        sampling: Sampling,
        results: PartialResults,
        *,
        num_parallel: int = 1,
        unsupported: str = "mark",
    ) -> None:
        self._generator = generator
        self._analyzer = analyzer
        self._sampling = sampling
        self._results = results
        self._num_parallel = num_parallel
        self._unsupported = unsupported

    def write(self, material: Material, request: Request, progress: Progress = say_nothing) -> Written:
        """The checked summary, citations numbered by first use."""
        run = _Run(self, material, request, progress)
        outlines = outline(material) if request.by_chapter else [Outline("", range(len(material.parts)))]
        chapters = [Chapter(one.title, run.summary_of(one)) for one in outlines]
        kept = [self._kept(chapter) for chapter in chapters]
        removed = sum(len(a.statements) - len(b.statements) for a, b in zip(chapters, kept, strict=True))
        return Written(
            tuple(_renumbered(kept)), run.num_prompts, self._results.num_found, removed, run.notes()
        )

    def _kept(self, chapter: Chapter) -> Chapter:
        if self._unsupported == "mark":
            return chapter
        return replace(chapter, statements=tuple(s for s in chapter.statements if s.verdict in CARRIED))

    def answers(self, stretches: Sequence[Stretch], told: Callable[[], None]) -> Iterator[str]:
        """What the model says to each prompt, in order; several at once where it takes several."""
        if self._num_parallel == 1 or len(stretches) == 1:
            for stretch in stretches:
                yield self._answer(stretch)
                told()
            return
        with ThreadPoolExecutor(self._num_parallel, "summary") as pool:
            for text in pool.map(self._answer, stretches):
                yield text
                told()

    def _answer(self, stretch: Stretch) -> str:
        key = result_key(self._generator.name, stretch.prompt, self._sampling)
        known = self._results.get(key)
        if known is not None:
            return known
        text = "".join(self._generator.stream(stretch.prompt, self._sampling))
        self._results.put(key, text)
        return text

    def stretches(
        self, pieces: Sequence[Piece], titles: Sequence[str], request: Request, *, is_partial: bool
    ) -> list[Stretch]:
        """The prompts over some pieces."""
        return list(
            pack_stretches(
                pieces,
                titles,
                self._generator,
                build_render(self._generator.prompt_style, request, is_partial=is_partial),
                max_new_tokens=self._sampling.max_new_tokens,
            )
        )


class _Run:
    """One document on its way through the rounds."""

    def __init__(
        self, summarizer: GenerativeSummarizer, material: Material, request: Request, progress: Progress
    ) -> None:
        self._by = summarizer
        self._material = material
        self._request = request
        self._progress = progress
        self._citer = Citer(material, summarizer._analyzer)
        self._titles = [part.title for part in material.parts]
        self._sentences, self._pieces = pieces_of(material)
        self._by_span = {Span(s.start, s.end): s for s in self._sentences}
        self._num_cut_chars = 0
        self._done = self.num_prompts = 0

    def notes(self) -> tuple[str, ...]:
        """What did not fit."""
        if not self._num_cut_chars:
            return ()
        return (f"文脈の長さに入らなかった文字が{self._num_cut_chars:,}字あります",)

    def summary_of(self, one: Outline) -> tuple[Statement, ...]:
        """The statements of one chapter, or of the whole document."""
        places = [i for i, sentence in enumerate(self._sentences) if sentence.part in one.parts]
        if not places:
            return ()
        sentences = [self._sentences[i] for i in places]
        pieces = [self._pieces[i] for i in places]
        first = self._by.stretches(pieces, self._titles, self._request, is_partial=False)
        if len(first) > 1:
            first = self._by.stretches(pieces, self._titles, self._request, is_partial=True)
        shown = [[sentences[i] for i in stretch.places] for stretch in first]
        statements = self._round(first, [list(map(self._citer.candidate, some)) for some in shown])
        for _ in range(MAX_ROUNDS):
            if len(first) == 1 or not statements:
                break
            first, statements = self._reduced(statements)
        return tuple(statements)

    def _reduced(self, statements: list[Statement]) -> tuple[list[Stretch], list[Statement]]:
        """One more round over statements; each may cite what the shown statements cite."""
        carried = [statement for statement in statements if statement.verdict in CARRIED] or statements
        pieces = [Piece(statement.text, self._part_of(statement)) for statement in carried]
        stretches = self._by.stretches(pieces, self._titles, self._request, is_partial=False)
        if len(stretches) >= len(pieces):
            return stretches[:1], statements  # each statement fills a prompt: no round makes it shorter
        evidence = [
            [*chain.from_iterable(self._behind(carried[i]) for i in stretch.places)] for stretch in stretches
        ]
        return stretches, self._round(stretches, evidence)

    def _round(
        self, stretches: Sequence[Stretch], evidence: Sequence[Sequence[Candidate]]
    ) -> list[Statement]:
        self.num_prompts += len(stretches)
        self._num_cut_chars += sum(stretch.num_cut_chars for stretch in stretches)
        self._progress(self._done, self.num_prompts)
        texts = self._by.answers(stretches, self._told)
        return [
            self._citer.check(draft, shown, 0)
            for text, shown in zip(texts, evidence, strict=True)
            for draft in cut_drafts(text)
        ]

    def _told(self) -> None:
        self._done += 1
        self._progress(self._done, self.num_prompts)

    def _behind(self, statement: Statement) -> Iterator[Candidate]:
        for citation in statement.citations:
            sentence = self._by_span.get(Span(citation.start, citation.end))
            if sentence is not None:
                yield self._citer.candidate(sentence)

    def _part_of(self, statement: Statement) -> int:
        starts = [citation.start for citation in statement.citations]
        return self._material.part_at(min(starts)).number if starts else 0


def _renumbered(chapters: Sequence[Chapter]) -> Iterator[Chapter]:
    """One number for each source sentence, in the order of first use; repeated statements once."""
    numbers: dict[Span, int] = {}
    said: set[str] = set()
    for chapter in chapters:
        statements = []
        for statement in chapter.statements:
            if statement.text in said:
                continue
            said.add(statement.text)
            citations = tuple(
                replace(one, number=numbers.setdefault(Span(one.start, one.end), len(numbers) + 1))
                for one in statement.citations
            )
            statements.append(replace(statement, citations=citations))
        yield replace(chapter, statements=tuple(statements))
