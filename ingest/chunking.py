"""How large chunks may be: in characters, in tokens of an embedder that reads only so many; their overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.embedding.base import Embedder
from rag.embedding.tokens import load_token_counter
from rag.embedding.transformer import TransformerEmbedder
from rag.errors import SettingsError
from rag.settings import IngestSettings
from rag.types import Document, Span

SPECIAL_TOKENS = 4
"""What a model puts around a text, and a little more: pieces counted alone may join to one token more."""

MIN_TOKENS = 32
"""Title and headings may take so much of an embedder's length that no less is left for the text."""

Ruler = Callable[[Sequence[Span]], Sequence[int]]
"""Spans of a document's text → their sizes; those of a chunk may add up to ``max_chars``."""


@dataclass(frozen=True, slots=True)
class Chunking:
    """Sizes of chunks; ``tokenizer`` is the folder of the model that counts ``max_tokens``.

    ``overlap_sentences`` of them stand at the end of one chunk and again at the beginning of the next, where
    both are of one section.
    """

    max_chars: int
    overlap_sentences: int = 0
    max_tokens: int | None = None
    tokenizer: str | None = None
    prefix: str = ""

    @classmethod
    def of(cls, settings: IngestSettings, embedder: Embedder | None = None) -> Chunking:
        """What the settings say, within what the embedder reads.

        Raises SettingsError for a number of tokens where the embedder has none, or fewer than that.
        """
        own = cls(settings.max_chunk_chars, settings.overlap_sentences)
        model = embedder if isinstance(embedder, TransformerEmbedder) else None
        limit = model.max_tokens if model else None
        wanted = settings.max_chunk_tokens
        if wanted is not None and (limit is None or wanted > limit):
            reads = "has no tokens: leave it out" if limit is None else f"reads {limit}: set {limit} or less"
            raise SettingsError(f"ingest.max_chunk_tokens = {wanted}, but the embedder {reads}")
        if model is None or limit is None or model.folder is None:
            return own
        prefix = model.identity.document_prefix
        return replace(own, max_tokens=wanted or limit, tokenizer=str(model.folder.resolve()), prefix=prefix)

    @property
    def recipe(self) -> str:
        """What shapes chunks besides the text: ``400``, ``400/1`` with overlap, ``400/0/512`` in tokens."""
        parts = [self.max_chars, self.overlap_sentences or None, self.max_tokens]
        while parts[-1] is None:
            parts.pop()
        return "/".join(str(part or 0) for part in parts)


class Measure:
    """Sizes of spans in characters, or in tokens that are told as characters.

    A span of 100 tokens is as large as 100 of ``max_tokens`` are of ``max_chars``, so that one number is
    packed against one limit, whichever of the two is reached first.
    """

    def __init__(self, chunking: Chunking) -> None:
        self._chunking = chunking
        folder = chunking.tokenizer
        self._counter = load_token_counter(Path(folder or "")) if chunking.max_tokens else None

    def ruler(self, document: Document) -> Ruler | None:
        """The ruler for one document; None where every character counts one."""
        if self._counter is None or self._chunking.max_tokens is None:
            return None
        counter, max_chars = self._counter, self._chunking.max_chars
        paths = {" ".join(section.path) for section in document.sections}
        prefix, title, *headings = counter.count([self._chunking.prefix, document.title, *paths])
        taken = SPECIAL_TOKENS + prefix + title + max(headings, default=0)
        max_tokens = max(self._chunking.max_tokens - taken, min(MIN_TOKENS, self._chunking.max_tokens))

        def sizes(spans: Sequence[Span]) -> list[int]:
            tokens = counter.count([document.text[start:end] for start, end in spans])
            return [
                max(end - start, -(-number * max_chars // max_tokens))
                for (start, end), number in zip(spans, tokens, strict=True)
            ]

        return sizes
