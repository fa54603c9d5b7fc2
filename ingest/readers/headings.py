"""Headings of documents that do not mark them: 「１．業務目的」 over its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.outline import numbered_level
from ingest.readers.base import Block, BlockKind

_CANDIDATES = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_AT_LEAST = 2


def promote_numbered(blocks: Sequence[Block]) -> list[Block]:
    """Make numbered titles headings where a document has no heading at all.

    A title is short, ends no sentence, and stands over text that is not numbered in the same way. One
    alone proves nothing: there must be two.
    """
    if any(block.kind is BlockKind.HEADING for block in blocks):
        return list(blocks)
    levels = [numbered_level(block.text.strip()) if block.kind in _CANDIDATES else None for block in blocks]
    promoted = [
        replace(block, kind=BlockKind.HEADING, level=level) if level and level != after else block
        for block, (level, after) in zip(blocks, pairwise([*levels, -1]), strict=True)
    ]
    num_headings = sum(block.kind is BlockKind.HEADING for block in promoted)
    return promoted if num_headings >= _AT_LEAST else list(blocks)
