"""Cuts a document into stretches whose prompts fit a model's context, along its own sections.

Sentences are counted with the model's own tokenizer, in one call; the rendered prompt is counted once more
as it will be sent, and gives sentences back to the next stretch until prompt and answer fit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.errors import ContextTooLong
from rag.generation.base import Generator, Prompt
from rag.generation.escaping import escape
from rag.summary.material import Kind, Material, Sentence

Render = Callable[[str], Prompt]
"""Text for the 入力 slot → prompt."""

OVERHEAD_TOKENS = 8
"""New lines and headings between sentences, roughly; the rendered prompt is counted exactly."""

MIN_FILL = 0.5
"""A stretch that is fuller than this ends where a section ends."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One unit that is packed: a sentence of the document, or a statement of an earlier round."""

    text: str
    part: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces in a row (``places``) and the prompt that shows them; ``num_cut_chars`` did not fit."""

    places: range
    prompt: Prompt
    prompt_tokens: int
    num_cut_chars: int = 0


def pack_stretches(
    pieces: Sequence[Piece],
    titles: Sequence[str],
    generator: Generator,
    render: Render,
    *,
    max_new_tokens: int,
) -> Iterator[Stretch]:
    """Stretches that tile ``pieces``, each with a prompt that fits.

    ``prompt_tokens + max_new_tokens <= generator.context_tokens`` holds for each. A single piece that does
    not fit is cut by characters until it does. Raises ContextTooLong when not even the instruction fits.
    """
    limit = generator.context_tokens - max_new_tokens
    frame = generator.count_prompt(render("資料"))
    if frame >= limit:
        raise ContextTooLong(
            f"the instruction for summaries takes {frame} tokens, {generator.name} leaves {limit} beside an "
            f"answer of {max_new_tokens}: lower generation.max_new_tokens"
        )
    costs = generator.count_tokens([escape(piece.text) for piece in pieces]) if pieces else []
    start = 0
    while start < len(pieces):
        end = _fill(pieces, costs, start, limit - frame)
        prompt, tokens = _rendered(pieces[start:end], titles, generator, render)
        while tokens > limit and end - start > 1:
            end -= max(1, (end - start) // 8)
            prompt, tokens = _rendered(pieces[start:end], titles, generator, render)
        num_cut = 0
        if tokens > limit:
            kept = _fitting(pieces[start], generator, render, limit)
            num_cut = len(pieces[start].text) - len(kept.text)
            prompt, tokens = _rendered([kept], (), generator, render)
        yield Stretch(range(start, end), prompt, tokens, num_cut)
        start = end


def _fill(pieces: Sequence[Piece], costs: Sequence[int], start: int, room: int) -> int:
    """Where the stretch ends that begins at ``start``: full, or at the end of a section when half full."""
    used, end, border = 0, start, start
    while end < len(pieces):
        is_new = end > start and pieces[end].part != pieces[end - 1].part
        if is_new and used >= room * MIN_FILL:
            border = end
        cost = costs[end] + 1 + (OVERHEAD_TOKENS if is_new or end == start else 0)
        if used + cost > room:
            break
        used, end = used + cost, end + 1
    if end < len(pieces) and border > start:
        return border
    return max(end, start + 1)


def _rendered(
    pieces: Sequence[Piece], titles: Sequence[str], generator: Generator, render: Render
) -> tuple[Prompt, int]:
    prompt = render(slot(pieces, titles))
    return prompt, generator.count_prompt(prompt)


def _fitting(piece: Piece, generator: Generator, render: Render, limit: int) -> Piece:
    """The longest beginning of one piece that fits, found by halving."""
    low, high = 0, len(piece.text)
    while high - low > 1:
        middle = (low + high) // 2
        _, tokens = _rendered([Piece(piece.text[:middle], piece.part)], (), generator, render)
        low, high = (middle, high) if tokens <= limit else (low, middle)
    if not low:
        raise ContextTooLong(
            f"not one character of a sentence fits into {generator.name}: lower generation.max_new_tokens"
        )
    return Piece(piece.text[:low], piece.part)


def slot(pieces: Sequence[Piece], titles: Sequence[str]) -> str:
    """What the 入力 slot shows: the text, each section under its heading."""
    lines: list[str] = []
    last = None
    for piece in pieces:
        if titles and piece.part != last:
            lines.append(f"■ {titles[piece.part]}")
            last = piece.part
        lines.append(piece.text)
    return "\n".join(lines)


def pieces_of(material: Material) -> tuple[list[Sentence], list[Piece]]:
    """Everything but headings, which stand over their sections anyway."""
    sentences = [one for one in material.sentences if one.kind is not Kind.HEADING]
    return sentences, [Piece(one.text, one.part) for one in sentences]
