"""Settings → a summarizer; faces build theirs here."""

from __future__ import annotations

from pathlib import Path

from rag.bundled import bundled_path
from rag.embedding.base import Embedder
from rag.generation.base import Generator, Sampling
from rag.settings import AnsweringSettings, GenerationSettings
from rag.summary.cache import PartialResults
from rag.summary.extractive import ExtractiveSummarizer
from rag.summary.generative import GenerativeSummarizer
from rag.summary.model import load_summary_model
from rag.summary.summarizer import Summarizer
from rag.text.analyzer import Analyzer

SERVER_REQUESTS = 4
"""A server batches what comes at once."""


def build_summarizer(
    analyzer: Analyzer,
    embedder: Embedder,
    generator: Generator | None = None,
    *,
    generation: GenerationSettings | None = None,
    answering: AnsweringSettings | None = None,
    cache: Path | None = None,
) -> Summarizer:
    """Extractive without a generator, else map-reduce with it; ``embedder`` is always the bundled one."""
    model = load_summary_model(bundled_path("models", "summary.json"))
    extractive = ExtractiveSummarizer(analyzer, embedder, model)
    if generator is None:
        return Summarizer(analyzer, extractive)
    settings = generation or GenerationSettings()
    sampling = Sampling(settings.max_new_tokens, settings.temperature, settings.top_p, settings.seed)
    generative = GenerativeSummarizer(
        generator,
        analyzer,
        sampling,
        PartialResults(cache),
        num_parallel=SERVER_REQUESTS if settings.backend == "openai" else settings.max_requests,
        unsupported=(answering or AnsweringSettings()).unsupported,
    )
    return Summarizer(analyzer, extractive, generative)
