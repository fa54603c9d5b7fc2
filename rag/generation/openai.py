"""A model behind a server: vLLM, llama.cpp, Ollama, ``transformers serve``.

Prompts that we render go to ``/completions`` as they are, because a server's chat template is not
Swallow's; the style ``chat-template`` sends messages to ``/chat/completions``. How each server is
spoken to is in `rag.generation.dialects`.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence

import httpx

from rag.errors import SettingsError
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import check_fits
from rag.generation.catalog import choose_style
from rag.generation.counting import TokenCounter
from rag.generation.deadlines import Countdown, Deadlines, watch
from rag.generation.dialects import Dialect, as_messages, choose_dialect
from rag.generation.prompts import split_bos
from rag.generation.retrying import CircuitBreaker, send
from rag.generation.server import Server, choose_context, choose_counter, connect
from rag.generation.sse import Delta, ServerReportedError
from rag.generation.streams import join_surrogates, until_stop
from rag.settings import GenerationSettings

_BROKEN = frozenset({500, 502, 504})
"""What a server answers that is in trouble, not one that refuses a request or is busy."""


def load_openai_generator(settings: GenerationSettings) -> OpenAIGenerator:
    """Ask the server at ``settings.base_url`` what it offers, and make a generator for it.

    The context comes from ``settings.context_tokens`` or from the server (``max_model_len``, vLLM; Ollama
    is given its ``num_ctx``). Raises ModelUnavailable when no server answers or it has no such model,
    SettingsError when nobody tells the context or style and route do not go together.
    """
    style, is_chat = _choose_route(settings)
    server = connect(settings)
    context_tokens = choose_context(settings, server)
    return OpenAIGenerator(
        server,
        choose_dialect(server, is_chat=is_chat, context_tokens=context_tokens),
        counter=choose_counter(server, settings.model),
        prompt_style=style,
        context_tokens=context_tokens,
        deadlines=Deadlines.from_settings(settings),
        num_retries=settings.num_retries,
    )


class OpenAIGenerator:
    """Continues prompts on a server; holds no connection open between requests."""

    def __init__(
        self,
        server: Server,
        dialect: Dialect,
        *,
        counter: TokenCounter,
        prompt_style: str,
        context_tokens: int,
        deadlines: Deadlines | None = None,
        num_retries: int = 2,
    ) -> None:
        self._server = server
        self._dialect = dialect
        self._counter = counter
        self._prompt_style = prompt_style
        self._context_tokens = context_tokens
        self._deadlines = deadlines or Deadlines()
        self._num_retries = num_retries
        self._breaker = CircuitBreaker()

    @property
    def name(self) -> str:
        """The model as the server names it."""
        return self._server.model

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._context_tokens

    @property
    def prompt_style(self) -> str:
        """How prompts for this model are laid out."""
        return self._prompt_style

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text: exact with a tokenizer folder or vLLM, else an upper estimate."""
        return self._counter.count(texts)

    def count_prompt(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt; for messages at least as many as the server will count."""
        if self._dialect.is_chat:
            return self._counter.count_messages(as_messages(prompt))
        bos, text = split_bos(prompt)
        return self._counter.count([text])[0] + bos

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as the server sends them; closing the iterator hangs up, which ends its work.

        Raises ContextTooLong at once, ModelUnavailable from the iterator when the server fails: also in
        the middle of an answer, so that half an answer is never taken for a whole one. It is asked
        again only while nothing of an answer has come.
        """
        self._breaker.check(f"the server at {self._server.address}")
        check_fits(self, self.count_prompt(prompt), sampling)
        return self._pieces(prompt, sampling)

    def _pieces(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        received: list[str] = []
        countdown = self._deadlines.start()
        try:
            with self._answer(prompt, sampling, countdown) as response:
                texts = self._read(response, sampling, countdown, received)
                yield from until_stop(join_surrogates(texts), prompt.stop)
        except (httpx.HTTPError, ServerReportedError, ValueError) as error:
            self._breaker.failed()
            late = countdown.reason() if countdown.expired else ""
            raise self._server.explain(error, sum(map(len, received)), late) from error

    @contextlib.contextmanager
    def _answer(self, prompt: Prompt, sampling: Sampling, countdown: Countdown) -> Iterator[httpx.Response]:
        """A response that has begun well; its connection is shut when a time limit runs out."""
        payload = self._dialect.payload(self._server, prompt, sampling)
        with self._server.open() as client, contextlib.ExitStack() as stack:

            def ask() -> httpx.Response:
                timeout = self._server.timeout(countdown.remaining())
                request = client.build_request(
                    "POST", self._dialect.url(self._server), json=payload, timeout=timeout
                )
                return client.send(request, stream=True)

            response = send(ask, self._num_retries, countdown.remaining)
            stack.callback(response.close)
            stack.enter_context(watch(countdown, lambda: _shut(response)))
            if response.status_code in _BROKEN:
                self._breaker.failed()
            self._server.check(response)
            yield response

    def _read(
        self, response: httpx.Response, sampling: Sampling, countdown: Countdown, received: list[str]
    ) -> Iterator[str]:
        """The texts of the answer, also put into ``received``; raises when it ends before it is done."""
        for delta in self._dialect.deltas(response):
            if countdown.expired:
                raise httpx.ReadTimeout("too late")
            if delta.text:
                self._breaker.succeeded()
                countdown.touch()
                received.append(delta.text)
                yield delta.text
            if _is_last(delta, sampling):
                return
        raise httpx.RemoteProtocolError("the stream ended early")


def _is_last(delta: Delta, sampling: Sampling) -> bool:
    if delta.finish_reason == "length":
        sampling.cut()
    return bool(delta.finish_reason)


def _shut(response: httpx.Response) -> None:
    """Wake whoever reads from the connection: it reads the end."""
    connection = response.extensions["network_stream"].get_extra_info("socket")
    with contextlib.suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)


def _choose_route(settings: GenerationSettings) -> tuple[str, bool]:
    """Prompt style, and whether it goes to the chat route; the two must agree with ``generation.api``."""
    wanted = settings.prompt_style
    if wanted == "auto" and settings.api == "chat":
        wanted = "chat-template"
    # A server always has a template for its model, so an unknown model is a chat model.
    style = choose_style(wanted, settings.model, has_chat_template=settings.api != "completions")
    own = "chat" if style == "chat-template" else "completions"
    if settings.api not in {"auto", own}:
        raise SettingsError(
            f"prompt style {style} of {settings.model} goes to the route {own!r}, "
            f"but generation.api = {settings.api!r}: set it to 'auto' or change generation.prompt_style"
        )
    return style, own == "chat"
