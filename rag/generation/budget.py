"""Fits evidence into a model's context, sentence by sentence, and says what was left out.

Order: hits come best first and are numbered by their rank, so ``[2]`` is the second hit whatever was
left out. Each hit gives the longest beginning of whole sentences that still fits; a hit of which
not one sentence fits is left out, and the next is tried. Nothing is ever cut inside a sentence.

The prompt shows the best evidence first and the second best last, because models overlook what stands
in the middle of a long prompt: 1, 3, 5, 6, 4, 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.errors import ContextTooLong
from rag.generation.base import Generator, Prompt, Sampling
from rag.generation.escaping import escape, escape_block_numbers
from rag.generation.prompts import render_answer
from rag.types import Hit, Span


@dataclass(frozen=True, slots=True)
class EvidenceBlock:
    """What the prompt shows of one hit: ``number`` is its rank, ``sentences`` in document offsets."""

    number: int
    hit: Hit
    sentences: tuple[Span, ...]

    @property
    def text(self) -> str:
        r"""The block as the prompt shows it, before markers are escaped.

        「[1] 就業規則 > 第3章 休暇\n年次有給休暇は…」
        """
        return f"{_heading(self.number, self.hit)}\n{_passage(self.hit, self.sentences)}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Sentences of a hit that did not fit, in document offsets."""

    number: int
    hit: Hit
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """A prompt that fits, with what is in it, in the order in which it stands there, and what is not."""

    prompt: Prompt
    evidence: tuple[EvidenceBlock, ...]
    left_out: tuple[LeftOut, ...]
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A hit with what its heading and each of its sentences cost in tokens."""

    number: int
    hit: Hit
    sentences: tuple[Span, ...]
    heading_tokens: int
    sentence_tokens: tuple[int, ...]


def pack(question: str, hits: Sequence[Hit], generator: Generator, *, max_new_tokens: int) -> Packed:
    """The answering prompt with as much evidence as the model's context holds beside the answer.

    Tokens are the generator's own: one call counts every sentence, one or two count the prompt as it
    will be sent, so ``prompt_tokens + max_new_tokens <= generator.context_tokens`` is exact. Raises
    ContextTooLong when not even one sentence fits beside the question.
    """
    limit = generator.context_tokens - max_new_tokens
    candidates = _count(hits, generator)
    frame_tokens = generator.count_prompt(render_answer(generator.prompt_style, question, "資料"))
    kept = _choose(candidates, limit - frame_tokens)
    while True:
        blocks = _best_at_both_ends(_blocks(candidates, kept))
        evidence = "\n\n".join(block.text for block in blocks)
        prompt = render_answer(generator.prompt_style, question, evidence)
        prompt_tokens = generator.count_prompt(prompt)
        if not blocks and (hits or prompt_tokens > limit):
            raise ContextTooLong(
                f"the question and one sentence of evidence do not fit into {generator.name}: "
                f"context {generator.context_tokens} − answer {max_new_tokens} leaves {limit} tokens, the "
                f"question with its instructions takes {frame_tokens}; "
                "lower generation.max_new_tokens or ask a shorter question"
            )
        if prompt_tokens <= limit:
            return Packed(prompt, blocks, tuple(_left_out(candidates, kept)), prompt_tokens)
        kept = _give_back(candidates, kept, prompt_tokens - limit)


def check_fits(generator: Generator, prompt_tokens: int, sampling: Sampling) -> None:
    """Raise ContextTooLong when prompt and answer do not fit into the context together."""
    if prompt_tokens + sampling.max_new_tokens > generator.context_tokens:
        raise ContextTooLong(
            f"the prompt has {prompt_tokens} tokens and the answer may have {sampling.max_new_tokens}, but "
            f"{generator.name} takes {generator.context_tokens} together: "
            "lower generation.max_new_tokens or retrieval.top_k"
        )


def _count(hits: Sequence[Hit], generator: Generator) -> list[_Candidate]:
    """One call counts all headings and sentences; joined text takes about their sum."""
    sentences = [hit.chunk.sentences or (Span(hit.chunk.start, hit.chunk.end),) for hit in hits]
    texts = []
    for number, (hit, spans) in enumerate(zip(hits, sentences, strict=True), start=1):
        texts.append(f"\n\n{_heading(number, hit)}\n")
        texts.extend(_passage(hit, (span,)) for span in spans)
    counts = iter(generator.count_tokens([escape(text) for text in texts]) if texts else ())
    return [
        _Candidate(number, hit, spans, next(counts), tuple(next(counts) for _ in spans))
        for number, (hit, spans) in enumerate(zip(hits, sentences, strict=True), start=1)
    ]


def _choose(candidates: Sequence[_Candidate], room: int) -> list[int]:
    """How many sentences each candidate may keep."""
    kept = []
    for candidate in candidates:
        num_kept, cost = 0, candidate.heading_tokens
        for tokens in candidate.sentence_tokens:
            if cost + tokens > room:
                break
            num_kept, cost = num_kept + 1, cost + tokens
        kept.append(num_kept)
        room -= cost if num_kept else 0
    return kept


def _give_back(candidates: Sequence[_Candidate], kept: Sequence[int], overflow: int) -> list[int]:
    """Take the last sentences away until about ``overflow`` tokens are free; at least one goes."""
    fewer = list(kept)
    for i in reversed(range(len(fewer))):
        while fewer[i] and overflow > 0:
            fewer[i] -= 1
            overflow -= candidates[i].sentence_tokens[fewer[i]]
            overflow -= 0 if fewer[i] else candidates[i].heading_tokens
    return fewer


def _blocks(candidates: Sequence[_Candidate], kept: Sequence[int]) -> tuple[EvidenceBlock, ...]:
    return tuple(
        EvidenceBlock(candidate.number, candidate.hit, candidate.sentences[:num_kept])
        for candidate, num_kept in zip(candidates, kept, strict=True)
        if num_kept
    )


def _best_at_both_ends(blocks: Sequence[EvidenceBlock]) -> tuple[EvidenceBlock, ...]:
    """From best to worst 1, 2, 3, 4, 5 → 1, 3, 5, 4, 2."""
    return (*blocks[::2], *reversed(blocks[1::2]))


def _left_out(candidates: Sequence[_Candidate], kept: Sequence[int]) -> Iterator[LeftOut]:
    for candidate, num_kept in zip(candidates, kept, strict=True):
        if num_kept < len(candidate.sentences):
            yield LeftOut(candidate.number, candidate.hit, candidate.sentences[num_kept:])


def _heading(number: int, hit: Hit) -> str:
    """「[1] 就業規則 > 第3章 休暇」; a title that the headings repeat is shown once."""
    path = [hit.document.title or hit.document.name, *hit.chunk.heading_path]
    parts = [" ".join(part.split()) for part in path]
    if len(parts) > 1 and parts[0] == parts[1]:
        parts = parts[1:]
    return f"[{number}] {' > '.join(part for part in parts if part)}"


def _passage(hit: Hit, sentences: Sequence[Span]) -> str:
    """The text from the first sentence to the last, as it stands in the document but for block numbers."""
    chunk = hit.chunk
    text = chunk.text[sentences[0].start - chunk.start : sentences[-1].end - chunk.start]
    return escape_block_numbers(text.strip())
