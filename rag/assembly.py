"""Settings → working parts. Every face builds what it needs here, once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rag.answering.base import Answerer
from rag.answering.calibration import load_calibration
from rag.answering.conflicts import ConflictFinder
from rag.answering.conversation import Rewriter
from rag.answering.conversation_rules import RuleRewriter
from rag.answering.extractive import ExtractiveAnswerer, load_answer_model
from rag.answering.features import SentenceJudge
from rag.answering.flagging import flag_citations
from rag.answering.flow import AnswerFlow
from rag.answering.hit_reader import HitReader
from rag.answering.missing import MissingWords
from rag.answering.versions import OutdatedNotes
from rag.bundled import bundled_path
from rag.comprehension import SpanReader, load_span_reader
from rag.embedding.base import Embedder
from rag.embedding.static import StaticEmbedder, load_static_embedder
from rag.errors import ModelUnavailable, SettingsError
from rag.generation.base import Generator
from rag.retrieval.base import Retriever
from rag.retrieval.dense import DenseLeg
from rag.retrieval.folding import FoldingRetriever
from rag.retrieval.health import SearchHealth
from rag.retrieval.hybrid import HybridRetriever, WeightedLeg
from rag.retrieval.keyword import KeywordLeg
from rag.retrieval.rerank import Ranking, Reranker, RerankingRetriever, SpanReranker, load_ranking
from rag.settings import EmbeddingSettings, GenerationSettings, RetrievalSettings, Settings
from rag.store.base import Store
from rag.store.local import create_store, open_store, store_exists
from rag.text.analyzer import Analyzer, load_analyzer
from rag.text.fold import FOLD_VERSION
from rag.text.synonyms import SynonymFile
from rag.text.terms import TERMS_VERSION
from rag.types import IndexIdentity

if TYPE_CHECKING:
    from rag.answering.evidence import EvidenceChecker
    from rag.chain import AnswerChain
    from rag.records.keeping import AnswerRecorder

DENSE_WEIGHTS = {"static-ja": 0.2}
"""Share of the dense leg, fitted per embedder (docs/evaluation.md); others get `DEFAULT_DENSE_WEIGHT`."""

DEFAULT_DENSE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts that a face works with; a context manager that closes the store."""

    settings: Settings
    analyzer: Analyzer
    embedder: Embedder
    store: Store

    def build_retriever(self) -> Retriever:
        """The retriever that the settings describe."""
        return build_retriever(self.settings.retrieval, self.store, self.analyzer, self.embedder)

    def build_health(self) -> SearchHealth:
        """What looks at each search and says what is wrong with it."""
        retrieval = self.settings.retrieval
        legs = [weighted.leg for weighted in weigh_legs(retrieval, self.store, self.embedder)]
        return SearchHealth(self.store, self.analyzer, legs, load_synonyms(retrieval))

    def build_flow(self, generator: Generator | None = None) -> AnswerFlow:
        """Retrieve, answer, cite; a ``generator`` of the caller's own stands in for the settings'."""
        generator = generator or load_wanted_generator(self.settings)
        return AnswerFlow(
            self.build_retriever(),
            build_answerer(self, generator),
            top_k=self.settings.retrieval.top_k,
            rewriter=build_rewriter(self, generator),
            history_tokens=self.settings.answering.history_tokens,
            finishers=(
                ConflictFinder(),
                OutdatedNotes(),
                MissingWords(self.store, self.analyzer),
                flag_citations,
                self.build_health(),
            ),
            keep=self.build_recorder() if self.settings.records.path else None,
        )

    def build_recorder(self) -> AnswerRecorder:
        """What makes records of answers; it keeps them where the settings say so."""
        from rag.records.keeping import AnswerRecorder

        return AnswerRecorder(self.store, self.settings, self.settings.records.path)

    def build_chain(self, generator: Generator | None = None) -> AnswerChain:
        """The flow as a LangChain Runnable, the model's calls traced as well."""
        from rag.chain import AnswerChain, TracedGenerator

        generator = generator or load_wanted_generator(self.settings)
        return AnswerChain(self.build_flow(TracedGenerator(generator) if generator else None))

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_assembly(settings: Settings, *, create: bool = False) -> Assembly:
    """Load analyzer and embedder and open the store.

    With ``create`` a store that is not there is made; else StoreNotFound says how to make one.
    """
    analyzer = load_analyzer(settings.ingest.user_dictionary)
    embedder = load_embedder(settings.embedding)
    identity = index_identity(analyzer, embedder)
    path = settings.store.path
    opened = create_store if create and not store_exists(path) else open_store
    store = opened(path, identity, keep_originals=settings.store.keep_originals)
    return Assembly(settings, analyzer, embedder, store)


def index_identity(analyzer: Analyzer, embedder: Embedder) -> IndexIdentity:
    """What an index made with these parts is made with."""
    return IndexIdentity(
        embedder.identity, analyzer.version, analyzer.dictionary, FOLD_VERSION, TERMS_VERSION
    )


def load_embedder(settings: EmbeddingSettings) -> Embedder:
    """The bundled embedder, or a sentence-transformers model by name or folder."""
    if settings.model == "bundled":
        return load_bundled_embedder()
    from rag.embedding.transformer import load_transformer_embedder

    return load_transformer_embedder(settings)


@lru_cache(maxsize=1)
def load_bundled_embedder() -> StaticEmbedder:
    """The embedder that comes with the package, loaded once a process."""
    return load_static_embedder(bundled_path("models", "static-ja"))


@lru_cache(maxsize=1)
def load_bundled_reader() -> SpanReader:
    """The span reader that comes with the package; what it has read is shared by all who use it."""
    return load_span_reader(bundled_path("models", "span-reader"), load_bundled_embedder())


def load_bundled_ranking() -> Ranking:
    """The weights of the bundled re-ranker."""
    return load_ranking(bundled_path("models", "reranking.json"))


def build_retriever(
    settings: RetrievalSettings, store: Store, analyzer: Analyzer, embedder: Embedder
) -> Retriever:
    """One leg or two, by ``settings.mode``; hits folded where the settings say so."""
    legs = weigh_legs(settings, store, embedder)
    synonyms = load_synonyms(settings)
    legs_together = HybridRetriever(store, analyzer, legs, settings.candidates, synonyms)
    found: Retriever = legs_together
    if settings.reranker != "none":
        reranker = load_reranker(settings, store, analyzer)
        found = RerankingRetriever(legs_together, reranker, settings.rerank_depth, settings.rerank_reach)
    if not (settings.fold_duplicates or settings.max_per_document):
        return found
    return FoldingRetriever(found, fold=settings.fold_duplicates, max_per_document=settings.max_per_document)


def weigh_legs(settings: RetrievalSettings, store: Store, embedder: Embedder) -> list[WeightedLeg]:
    """The legs of ``settings.mode`` with their shares of the score."""
    keyword, dense = KeywordLeg(store), DenseLeg(store, embedder)
    share = settings.dense_weight
    if share is None:
        share = DENSE_WEIGHTS.get(embedder.identity.name, DEFAULT_DENSE_WEIGHT)
    legs = {
        "keyword": [WeightedLeg(keyword, 1.0)],
        "dense": [WeightedLeg(dense, 1.0)],
        "hybrid": [WeightedLeg(keyword, 1.0 - share), WeightedLeg(dense, share)],
    }
    return legs[settings.mode]


def load_reranker(settings: RetrievalSettings, store: Store, analyzer: Analyzer) -> Reranker:
    """The bundled re-ranker, or a cross-encoder by name or folder."""
    if settings.reranker == "bundled":
        return SpanReranker(store, analyzer, load_bundled_reader(), load_bundled_ranking())
    from rag.embedding.cross_encoder import load_cross_encoder

    return load_cross_encoder(settings.reranker, settings.rerank_device)


def load_synonyms(settings: RetrievalSettings) -> SynonymFile | None:
    """The file of ``retrieval.synonyms``, followed while it changes; SettingsError when it is broken."""
    return SynonymFile(settings.synonyms) if settings.synonyms else None


def load_wanted_generator(settings: Settings) -> Generator | None:
    """The model that the settings ask for; None when answers are extractive.

    A server that does not answer now may do so later: until then its questions are answered without
    it, each with the reason. A model of this process that cannot be loaded is an error.
    """
    wanted, backend = settings.answering.answerer, settings.generation.backend
    if wanted == "extractive" or (wanted == "auto" and backend == "none"):
        return None
    if backend == "none":
        raise SettingsError(
            "answering.answerer = 'generative' needs a model: "
            "set generation.backend to 'transformers' or 'openai', or answering.answerer to 'extractive'"
        )
    load = partial(load_generator, settings.generation)
    try:
        return load()
    except ModelUnavailable as error:
        if backend != "openai":
            raise
        from rag.generation.late import LateGenerator

        return LateGenerator(settings.generation.model, load, error)


def load_generator(settings: GenerationSettings) -> Generator:
    """Any generator that can be named in the settings; LangChain's come through the chain, their one home."""
    if settings.backend == "langchain":
        from rag.chain import load_chat_model

        return load_chat_model(settings)
    from rag.generation import load_generator as load_own

    return load_own(settings)


def build_answerer(assembly: Assembly, generator: Generator | None) -> Answerer:
    """Extractive without a model; else generative, falling back to extractive when the model fails."""
    settings = assembly.settings
    model = load_answer_model(bundled_path("models", "answering.json"))
    if settings.answering.calibration == "auto":
        calibration = load_calibration(settings.store.path, model)
        model = calibration.apply(model) if calibration else model
    # The weights were fitted with the bundled embedder, whichever one searches.
    judge = SentenceJudge(load_bundled_embedder(), HitReader(load_bundled_reader(), load_bundled_ranking()))
    extractive = ExtractiveAnswerer(assembly.store, assembly.analyzer, judge, model, settings.answering)
    if generator is None:
        return extractive
    from rag.answering.fallback import FallbackAnswerer
    from rag.answering.generative import GenerativeAnswerer

    generative = GenerativeAnswerer(
        generator,
        assembly.store,
        assembly.analyzer,
        settings.generation,
        settings.answering,
        checker=load_checker(settings, assembly.analyzer),
    )
    return FallbackAnswerer(generative, extractive)


def load_checker(settings: Settings, analyzer: Analyzer) -> EvidenceChecker:
    """The evidence check, with the entailment model of the settings where one is named."""
    from rag.answering.evidence import EvidenceChecker

    name = settings.answering.entailment_model
    if not name:
        return EvidenceChecker(analyzer)
    from rag.embedding.entailment import load_entailment_model

    return EvidenceChecker(analyzer, load_entailment_model(name, device=settings.embedding.device))


def build_rewriter(assembly: Assembly, generator: Generator | None) -> Rewriter:
    """By rule without a model; else by the model, with the rules as judge."""
    rules = RuleRewriter(assembly.analyzer)
    if generator is None:
        return rules
    from rag.answering.conversation_model import ModelRewriter

    return ModelRewriter(generator, rules, assembly.analyzer, assembly.settings.answering.history_tokens)
