"""How servers want to be asked, and how their answers read: OpenAI's two routes, and Ollama's own two.

Ollama's OpenAI-compatible routes ignore ``num_ctx`` and then cut a long prompt silently, so Ollama is
asked over its own routes, which take it and tell how many tokens of the prompt they read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from rag.errors import ContextTooLong
from rag.generation.base import Prompt, Sampling
from rag.generation.prompts import split_bos
from rag.generation.server import Server
from rag.generation.sse import (
    DONE,
    Delta,
    ServerReportedError,
    describe_error,
    parse_delta,
    read_events,
    read_lines,
)

Messages = Sequence[tuple[str, str]]


class Dialect(Protocol):
    """One way to ask for a streamed answer."""

    @property
    def is_chat(self) -> bool:
        """Whether messages are sent, and not a text."""
        ...

    def url(self, server: Server) -> str:
        """Where the request goes."""
        ...

    def payload(self, server: Server, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        """The request's JSON."""
        ...

    def deltas(self, response: httpx.Response) -> Iterator[Delta]:
        """The steps of the answer; the last has a ``finish_reason``.

        Raises ValueError for what is no answer, ServerReportedError and ContextTooLong.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenAIDialect:
    """``/completions`` with our rendered prompt, or ``/chat/completions`` with messages."""

    is_chat: bool

    def url(self, server: Server) -> str:
        """Below ``/v1``, where the client's base is."""
        return "/chat/completions" if self.is_chat else "/completions"

    def payload(self, server: Server, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        """As OpenAI documents it; the one addition goes to vLLM alone."""
        payload: dict[str, Any] = {
            "model": server.model,
            "max_tokens": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "stream": True,
        }
        if sampling.temperature > 0:
            payload |= {"top_p": sampling.top_p, "seed": sampling.seed}
        if prompt.stop:
            payload["stop"] = list(prompt.stop)
        if self.is_chat:
            return payload | {"messages": list_messages(as_messages(prompt))}
        bos, text = split_bos(prompt)
        payload["prompt"] = text
        # Servers put BOS first by themselves; only vLLM can be told not to, others reject the field.
        return payload | ({"add_special_tokens": bos} if server.is_vllm else {})

    def deltas(self, response: httpx.Response) -> Iterator[Delta]:
        """Server-sent events, or one document that a proxy sent whole; ``[DONE]`` also ends an answer."""
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


@dataclass(frozen=True, slots=True)
class OllamaDialect:
    """``/api/generate`` with our rendered prompt as it is, or ``/api/chat`` with messages."""

    is_chat: bool
    num_ctx: int

    def url(self, server: Server) -> str:
        """Beside ``/v1``."""
        return f"{server.root_url}/api/{'chat' if self.is_chat else 'generate'}"

    def payload(self, server: Server, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        """The context is set with every request, and cutting forbidden where the server knows how.

        ``raw`` keeps Ollama's own template away from a prompt that we rendered; the penalty for
        repetition, on by default, would punish a model for copying numbers from the evidence.
        """
        options: dict[str, Any] = {
            "num_ctx": self.num_ctx,
            "num_predict": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "repeat_penalty": 1.0,
            "stop": list(prompt.stop),
        }
        if sampling.temperature > 0:
            options |= {"top_p": sampling.top_p, "seed": sampling.seed}
        payload = {
            "model": server.model,
            "stream": True,
            "truncate": False,
            "shift": False,
            "options": options,
        }
        if self.is_chat:
            return payload | {"messages": list_messages(as_messages(prompt))}
        return payload | {"prompt": split_bos(prompt)[1], "raw": True}

    def deltas(self, response: httpx.Response) -> Iterator[Delta]:
        """One JSON object a line; the last tells how many tokens of the prompt were read.

        Raises ContextTooLong when they fill the whole context: the server cut the prompt.
        """
        for line in filter(None, read_lines(response.iter_bytes())):
            event = json.loads(line)
            if not isinstance(event, dict):
                raise ValueError(f"an object was expected, not {line[:80]!r}")
            if event.get("error"):
                raise ServerReportedError(describe_error(event))
            text = (event.get("message") or {}).get("content") or event.get("response") or ""
            if not event.get("done"):
                yield Delta(text)
                continue
            num_read = event.get("prompt_eval_count")
            if isinstance(num_read, int) and num_read >= self.num_ctx:
                raise ContextTooLong(
                    f"Ollama read {num_read} tokens with num_ctx {self.num_ctx}, so the prompt was cut: "
                    "lower retrieval.top_k or raise generation.context_tokens"
                )
            yield Delta(text, event.get("done_reason") or "stop", num_read)
            return


def choose_dialect(server: Server, *, is_chat: bool, context_tokens: int) -> Dialect:
    """Ollama's own routes for Ollama, OpenAI's for all others."""
    if server.is_ollama:
        return OllamaDialect(is_chat, context_tokens)
    return OpenAIDialect(is_chat)


def as_messages(prompt: Prompt) -> Messages:
    """The prompt's messages; a plain text is the user's."""
    return prompt.messages or (("user", prompt.text),)


def list_messages(messages: Messages) -> list[dict[str, str]]:
    """Messages as JSON."""
    return [{"role": role, "content": text} for role, text in messages]
