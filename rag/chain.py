"""The retrieval chain as LangChain sees it: retrieve, answer, cite. The one home of LangChain.

Inside, everything speaks the project's own small protocols. Here they become a `BaseRetriever`, a
language model and a `Runnable`, so that callbacks, batching, async and composition work as LangChain
users expect; and any LangChain chat model can stand in as a generator.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.language_models.llms import LLM
from langchain_core.outputs import GenerationChunk
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict, Field

from rag.answering.base import AnswerDone, AnswerEvent, HitsFound, QuestionRewritten, StatementVerified
from rag.answering.flow import AnswerFlow, last_answer
from rag.errors import ModelUnavailable, SettingsError
from rag.generation.base import Generator, Prompt, Sampling
from rag.generation.wrapping import WrappedGenerator
from rag.settings import GenerationSettings
from rag.types import EVERYTHING, Answer, Conditions, Hit, Question, Scope

DEFAULT_CONTEXT_TOKENS = 8_192
"""What a chat model is believed to take unless ``generation.context_tokens`` says more."""

_TOKENS_PER_MESSAGE = 8
"""Room for the markers that a chat template puts around a message."""


class HitDocument(LangChainDocument):
    """A hit as a LangChain document: the chunk's text, plain metadata, and the hit itself."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    hit: Hit = Field(exclude=True, repr=False)

    @classmethod
    def from_hit(cls, hit: Hit) -> HitDocument:
        """Metadata hold source, title, heading, place, offsets and score as plain values."""
        chunk = hit.chunk
        metadata = {
            "source": hit.document.source,
            "title": hit.document.title,
            "collection": hit.document.collection,
            "heading": " > ".join(chunk.heading_path),
            "place": chunk.locator.label if chunk.locator else "",
            "start": chunk.start,
            "end": chunk.end,
            "score": hit.score,
        }
        return cls(id=str(chunk.id), page_content=chunk.text, metadata=metadata, hit=hit)


class StoreRetriever(BaseRetriever):
    """Our retriever as a LangChain retriever: ``invoke("有休は何日？")`` → documents, best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    retriever: Any
    scope: Scope = EVERYTHING
    conditions: Conditions | None = None
    top_k: int = 8

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        question = Question(query, self.scope, conditions=self.conditions)
        hits = self.retriever.retrieve(question, self.top_k)
        return [HitDocument.from_hit(hit) for hit in hits]


class GeneratorLLM(LLM):
    """Our generator as a LangChain language model; the prompt is sent as it is, stop strings too."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    generator: Any
    sampling: Sampling = Sampling()

    @property
    def _llm_type(self) -> str:
        return "swallow-rag"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.generator.name}

    def _call(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> str:
        return "".join(chunk.text for chunk in self._stream(prompt, stop, run_manager, **kwargs))

    def _stream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[GenerationChunk]:
        rendered = kwargs.get("rendered") or Prompt(prompt, stop=tuple(stop or ()))
        for piece in self.generator.stream(rendered, kwargs.get("sampling", self.sampling)):
            if run_manager:
                run_manager.on_llm_new_token(piece)
            yield GenerationChunk(text=piece)


class TracedGenerator(WrappedGenerator):
    """A generator that runs through LangChain, so that its calls reach the chain's callbacks."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        self._llm = GeneratorLLM(generator=generator)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text, reported to LangChain's callbacks as they come."""
        return self._llm.stream(prompt.text, rendered=prompt, sampling=sampling)


class ChatModelGenerator:
    """Any LangChain chat model in the generator's place.

    It does not show its tokenizer, so a character is counted as ``tokens_per_char`` tokens:
    1.2 is above what the tokenizers of Llama 3, Swallow and GPT take for Japanese.
    """

    prompt_style = "chat-template"

    def __init__(
        self,
        model: BaseChatModel,
        *,
        context_tokens: int = DEFAULT_CONTEXT_TOKENS,
        tokens_per_char: float = 1.2,
    ) -> None:
        self._model = model
        self._context_tokens = context_tokens
        self._tokens_per_char = tokens_per_char

    @property
    def name(self) -> str:
        """The model's own name where it tells one."""
        return str(getattr(self._model, "model_name", None) or type(self._model).__name__)

    @property
    def context_tokens(self) -> int:
        """What the caller said the model can take."""
        return self._context_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """An upper estimate; see the class."""
        return [int(len(text) * self._tokens_per_char) + 1 for text in texts]

    def count_prompt(self, prompt: Prompt) -> int:
        """The same estimate over the text, or over all messages."""
        contents = [content for _, content in prompt.messages] or [prompt.text]
        return sum(self.count_tokens(contents)) + _TOKENS_PER_MESSAGE * len(contents)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as the model sends them; its own settings decide the sampling.

        Whatever its library raises comes as ModelUnavailable.
        """
        messages = list(prompt.messages) or [("user", prompt.text)]
        try:
            for chunk in self._model.stream(messages, stop=list(prompt.stop) or None):
                if text := str(chunk.text):
                    yield text
                if chunk.response_metadata.get("finish_reason") == "length":
                    sampling.cut()
        except Exception as error:
            raise ModelUnavailable(f"{self.name} failed while writing: {_one_line(error)}") from error


def load_chat_model(settings: GenerationSettings) -> ChatModelGenerator:
    """The chat model that ``generation.model`` names as LangChain does: ``ollama:llama3.1``.

    Keys come from the provider's own environment variables or from ours. Raises SettingsError for a
    name that LangChain does not know, ModelUnavailable when the provider's package is not installed.
    """
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": settings.temperature, "max_tokens": settings.max_new_tokens}
    options |= {"timeout": settings.timeout_seconds, "max_retries": settings.num_retries}
    if "base_url" in settings.model_fields_set:
        options["base_url"] = settings.base_url
    if settings.api_key:
        options["api_key"] = settings.api_key.get_secret_value()

    try:
        model = init_chat_model(settings.model, **options)
    except ImportError as error:
        raise ModelUnavailable(f"generation.model = {settings.model!r}: {_one_line(error)}") from error
    except Exception as error:
        raise SettingsError(
            f"generation.model = {settings.model!r} is no chat model of LangChain ({_one_line(error)}): "
            "name it as provider:model, such as openai:gpt-4o"
        ) from error
    return ChatModelGenerator(model, context_tokens=settings.context_tokens or DEFAULT_CONTEXT_TOKENS)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


class AnswerChain(Runnable[str | Question, Answer]):
    """Question → retrieve → answer → cite.

    ``invoke("有休は何日もらえますか")`` gives an `Answer`; ``stream`` gives growing answers, the last of
    which is whole; ``events`` gives what happens, as it happens. ``batch``, async and callbacks are
    LangChain's own.
    """

    def __init__(self, flow: AnswerFlow) -> None:
        self.flow = flow
        self.retriever = StoreRetriever(retriever=flow.retriever, top_k=flow.top_k)

    def invoke(self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """The whole answer to one question."""
        return self._call_with_config(self._answer, input, config, run_type="chain")

    def stream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Answer]:
        """Growing answers; each holds the statements verified so far, the last is `invoke`'s."""
        question = _as_question(input)
        growing = Answer(question.text, (), (), False, 0.0, self.flow.answerer.name)
        for event in self.events(question, config):
            match event:
                case QuestionRewritten(query):
                    growing = replace(growing, query=query)
                case HitsFound(hits):
                    growing = replace(growing, hits=hits)
                case StatementVerified(statement):
                    growing = replace(growing, statements=(*growing.statements, statement))
                case AnswerDone(answer):
                    growing = answer
                case _:
                    continue
            yield growing

    async def astream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Answer]:
        """`stream` without blocking the event loop: each step runs in a worker thread."""
        answers = self.stream(input, config, **kwargs)
        while (answer := await asyncio.to_thread(next, answers, None)) is not None:
            yield answer

    def events(self, question: str | Question, config: RunnableConfig | None = None) -> Iterator[AnswerEvent]:
        """What happens, as it happens; the last event is always `AnswerDone`."""
        steps = self._transform_stream_with_config(
            iter([_as_question(question)]),
            self._steps,  # type: ignore[arg-type]
            config,
            run_type="chain",
        )
        yield from steps  # type: ignore[misc]

    def _answer(self, question: str | Question) -> Answer:
        return last_answer(self.flow.events(_as_question(question), self._find))

    def _steps(self, questions: Iterator[Question]) -> Iterator[AnswerEvent]:
        for question in questions:
            yield from self.flow.events(question, self._find)

    def _find(self, question: Question) -> list[Hit]:
        """The flow's search through LangChain, so that the retriever's callbacks come too."""
        update = {"scope": question.scope, "conditions": question.conditions}
        scoped = self.retriever.model_copy(update=update)
        documents = scoped.invoke(question.text)
        return [document.hit for document in documents if isinstance(document, HitDocument)]


def _as_question(value: str | Question) -> Question:
    return value if isinstance(value, Question) else Question(value)
