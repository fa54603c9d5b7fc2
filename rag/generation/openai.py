"""A model behind an OpenAI-compatible server: vLLM, llama.cpp, Ollama, ``transformers serve``.

Prompts that we render go to ``/completions`` as they are, because a server's chat template is not
Swallow's; the style ``chat-template`` sends messages to ``/chat/completions``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from rag.errors import SettingsError
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import check_fits
from rag.generation.catalog import choose_style
from rag.generation.counting import TokenCounter
from rag.generation.prompts import split_bos
from rag.generation.server import CONNECT_SECONDS, Server, choose_context, choose_counter, connect
from rag.generation.sse import DONE, Delta, ServerReportedError, parse_delta, read_events
from rag.generation.streams import join_surrogates, until_stop
from rag.settings import GenerationSettings

_ROUTES = {"completions": "/completions", "chat": "/chat/completions"}


def load_openai_generator(settings: GenerationSettings) -> OpenAIGenerator:
    """Ask the server at ``settings.base_url`` what it offers, and make a generator for it.

    The context comes from ``settings.context_tokens`` or from the server (``max_model_len``, vLLM).
    Raises ModelUnavailable when no server answers or it has no such model, SettingsError when nobody
    tells the context or style and route do not go together.
    """
    style, route = _choose_route(settings)
    server = connect(settings)
    return OpenAIGenerator(
        server,
        counter=choose_counter(server, settings.model),
        prompt_style=style,
        route=route,
        context_tokens=choose_context(settings, server),
        timeout_seconds=settings.timeout_seconds,
    )


class OpenAIGenerator:
    """Continues prompts on a server; holds no connection open between requests."""

    def __init__(
        self,
        server: Server,
        *,
        counter: TokenCounter,
        prompt_style: str,
        route: str,
        context_tokens: int,
        timeout_seconds: float = 120.0,
    ) -> None:
        self._server = server
        self._counter = counter
        self._prompt_style = prompt_style
        self._route = route
        self._context_tokens = context_tokens
        self._timeout_seconds = timeout_seconds

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
        if messages := self._messages(prompt):
            return self._counter.count_messages(messages)
        bos, text = split_bos(prompt)
        return self._counter.count([text])[0] + bos

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as the server sends them; closing the iterator hangs up, which ends its work.

        Raises ContextTooLong at once, ModelUnavailable from the iterator when the server fails: also in
        the middle of an answer, so that half an answer is never taken for a whole one.
        """
        check_fits(self, self.count_prompt(prompt), sampling)
        return self._pieces(prompt, sampling)

    def _messages(self, prompt: Prompt) -> Sequence[tuple[str, str]]:
        if self._route != "chat":
            return ()
        return prompt.messages or (("user", prompt.text),)

    def _payload(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        payload: dict[str, Any] = {
            "model": self.name,
            "max_tokens": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "stream": True,
        }
        if sampling.temperature > 0:
            payload |= {"top_p": sampling.top_p, "seed": sampling.seed}
        if prompt.stop:
            payload["stop"] = list(prompt.stop)
        if messages := self._messages(prompt):
            return payload | {"messages": [{"role": role, "content": text} for role, text in messages]}
        bos, text = split_bos(prompt)
        payload["prompt"] = text
        # Servers put BOS first by themselves; only vLLM can be told not to, others reject the field.
        return payload | ({"add_special_tokens": bos} if self._server.is_vllm else {})

    def _pieces(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        received: list[str] = []
        seconds = self._timeout_seconds
        timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        route, payload = _ROUTES[self._route], self._payload(prompt, sampling)
        try:
            with (
                self._server.open() as client,
                client.stream("POST", route, json=payload, timeout=timeout) as response,
            ):
                self._server.check(response)
                texts = _read_texts(response, time.monotonic() + seconds, received)
                yield from until_stop(join_surrogates(texts), prompt.stop)
        except (httpx.HTTPError, ServerReportedError, ValueError) as error:
            raise self._server.explain(error, sum(map(len, received)), seconds) from error


def _read_texts(response: httpx.Response, deadline: float, received: list[str]) -> Iterator[str]:
    """The texts of the answer, also put into ``received``; raises when it ends before it is said to be done.

    The time limit holds between two events; one that never comes ends by the same limit on reading.
    """
    for delta in _read_deltas(response):
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer took too long")
        if delta.text:
            received.append(delta.text)
            yield delta.text
        if delta.finish_reason:
            return
    raise httpx.RemoteProtocolError("the stream ended early")


def _read_deltas(response: httpx.Response) -> Iterator[Delta]:
    """The steps of a streamed answer, or of one that a proxy sent whole; ``[DONE]`` also ends one."""
    kind = response.headers.get("content-type", "")
    if "text/html" in kind:
        raise ValueError("a web page")
    if "application/json" in kind:
        delta = parse_delta(response.read().decode("utf-8", errors="replace"))
        yield Delta(delta.text, delta.finish_reason or "stop")
        return
    for data in read_events(response.iter_bytes()):
        if data.strip() == DONE:
            yield Delta(finish_reason="stop")
            return
        yield parse_delta(data)


def _choose_route(settings: GenerationSettings) -> tuple[str, str]:
    """Prompt style and route, which must agree."""
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
    return style, own
