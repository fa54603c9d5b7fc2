"""The server behind `rag.generation.openai`: who it is, how to reach it, and what its failures mean."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from ssl import SSLContext
from typing import Any

import httpx

from rag.errors import ContextTooLong, ModelBusy, ModelError, ModelUnavailable, SettingsError
from rag.generation.counting import (
    EstimatedCounter,
    Messages,
    TokenCounter,
    load_folder_counter,
)
from rag.generation.retrying import send
from rag.generation.sse import ServerReportedError, describe_error
from rag.settings import GenerationSettings

LIST_SECONDS = 5.0
"""How long a server may take to say what it offers, or to count."""

OLLAMA_CONTEXT_TOKENS = 8_192
"""What is asked of Ollama unless the settings say more: its memory grows with every token of it."""

_CONTEXT_WORDS = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|too long|too many tokens", re.I
)
_NO_LIST = frozenset({404, 405, 500, 501})
_BUSY = frozenset({429, 503})
_STATUS_WORDS: Mapping[int, str] = {
    401: "does not accept the key (401): set SWALLOW_RAG_GENERATION__API_KEY",
    403: "does not allow this key (403): set SWALLOW_RAG_GENERATION__API_KEY",
    404: "does not know the route or the model {model} (404): check generation.base_url and generation.model",
    429: "is busy (429): ask again in a moment",
    503: "is starting or overloaded (503): ask again in a moment",
}


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenAI-compatible server and the model that is asked there."""

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    is_vllm: bool = False
    is_ollama: bool = False
    max_model_tokens: int | None = None
    connect_seconds: float = 1.5

    @property
    def address(self) -> str:
        """The base address without a password, for messages."""
        return str(httpx.URL(self.base_url).copy_with(userinfo=b""))

    @property
    def root_url(self) -> str:
        """The address without ``/v1``: where vLLM counts tokens and Ollama has its own routes."""
        return self.base_url.rstrip("/").removesuffix("/v1")

    def open(self) -> httpx.Client:
        """A client for one piece of work; on this machine no proxy stands between."""
        is_here = httpx.URL(self.base_url).host in {"localhost", "127.0.0.1", "::1"}
        return httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {self.api_key}"} if self.api_key else {},
            verify=_tls(),
            trust_env=not is_here,
            timeout=self.timeout(LIST_SECONDS),
        )

    def timeout(self, seconds: float) -> httpx.Timeout:
        """A limit for every read, with the shorter one for reaching the server."""
        return httpx.Timeout(max(seconds, 0.001), connect=min(self.connect_seconds, max(seconds, 0.001)))

    def check(self, response: httpx.Response) -> None:
        """Raise what a refusal means: ContextTooLong or ModelUnavailable, with the server's own words."""
        if response.is_success:
            return
        status = response.status_code
        words = _own_words(response)
        if status in {400, 413, 422} and _CONTEXT_WORDS.search(words):
            raise ContextTooLong(
                f"the server at {self.address} says that the prompt is too long: {words}; "
                "set generation.context_tokens to what it was started with"
            )
        meaning = _STATUS_WORDS.get(status, "failed with status {status}: see its log").format(
            status=status, model=self.model
        )
        said = f"; it says: {words}" if words else ""
        kind = ModelBusy if status in _BUSY else ModelUnavailable
        raise kind(f"the server at {self.address} {meaning}{said}")

    def explain(self, error: Exception, num_chars: int = 0, late: str = "") -> ModelError:
        """A failure on the way as one clear line; an answer that had begun is called cut.

        ``late`` tells which time limit ran out, where one did.
        """
        cut = f" (the answer was cut after {num_chars} characters)" if num_chars else ""
        happened = f"the server at {self.address} {late}" if late else self._what_happened(error)
        return ModelUnavailable(f"{happened}{cut}")

    def _what_happened(self, error: Exception) -> str:
        here = f"the server at {self.address}"
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                return f"no server answers at {self.address}: start it, or set generation.base_url"
            case httpx.TimeoutException():
                return f"{here} did not answer within {LIST_SECONDS:g} s: see its log"
            case ServerReportedError():
                return f"{here} failed while writing: {error}"
            case httpx.HTTPError():
                return f"{here} hung up before the answer was complete ({type(error).__name__}): see its log"
            case _:
                return f"{here} sent something that is no answer: {' '.join(str(error).split())[:200]}"


class ServerCounter:
    """Exact counts by the server itself, over vLLM's ``/tokenize``; one connection for many texts."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        with self._server.open() as client:
            return [self._ask(client, {"prompt": text, "add_special_tokens": False}) for text in texts]

    def count_messages(self, messages: Messages) -> int:
        """Tokens of the whole chat prompt, as the server's own template lays it out."""
        listed = [{"role": role, "content": content} for role, content in messages]
        with self._server.open() as client:
            return self._ask(client, {"messages": listed, "add_generation_prompt": True})

    def works(self) -> bool:
        """Whether the server counts."""
        try:
            return self.count(["資料"])[0] > 0
        except ModelError:
            return False

    def _ask(self, client: httpx.Client, what: dict[str, Any]) -> int:
        url = f"{self._server.root_url}/tokenize"
        try:
            response = _again(lambda: client.post(url, json={"model": self._server.model} | what))
            self._server.check(response)
            return int(response.json()["count"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise self._server.explain(error) from error


def connect(settings: GenerationSettings) -> Server:
    """Ask the server which models it has, and find ours among them.

    A server without a list of models, with an empty one or with one that fails (``transformers serve``
    lists its cache, not what it serves) is believed. Raises ModelUnavailable when nothing answers, when it
    is no OpenAI-compatible server, or when it has no such model (the message lists what it has).
    """
    server = Server(
        _check_url(settings.base_url),
        settings.model,
        _check_key(settings),
        connect_seconds=settings.connect_seconds,
    )
    try:
        with server.open() as client:
            response = client.get("/models")
            if response.status_code in _NO_LIST:
                return server
            server.check(response)
            models = {str(model["id"]): model for model in response.json()["data"]}
    except httpx.HTTPError as error:
        raise server.explain(error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"what answers at {server.address} is not an OpenAI-compatible server: set generation.base_url, "
            "which usually ends in /v1"
        ) from error
    if not models:
        return server
    model = _choose_model(settings.model, tuple(models), server.address)
    facts = models[model]
    length = facts.get("max_model_len")
    server = replace(
        server,
        model=model,
        is_vllm=facts.get("owned_by") == "vllm",
        max_model_tokens=length if isinstance(length, int) else None,
    )
    return server if server.is_vllm else recognise_ollama(server)


def recognise_ollama(server: Server) -> Server:
    """The server as it is, or as Ollama with the context that its model was made for.

    Ollama alone tells its version at ``/api/version``; ``/api/show`` tells the model's own context.
    """
    try:
        with server.open() as client:
            # Taken for another server, Ollama would cut long prompts silently: one failure is not believed.
            version = _again(lambda: client.get(f"{server.root_url}/api/version"))
            if not (version.is_success and isinstance(version.json().get("version"), str)):
                return server
            shown = _again(lambda: client.post(f"{server.root_url}/api/show", json={"model": server.model}))
            facts: dict[str, Any] = shown.json().get("model_info") or {}
    except (httpx.HTTPError, ValueError, AttributeError):
        return server
    lengths = [value for key, value in facts.items() if key.endswith(".context_length")]
    own = next((length for length in lengths if isinstance(length, int)), None)
    return replace(server, is_ollama=True, max_model_tokens=own)


def choose_counter(server: Server, model: str) -> TokenCounter:
    """The best counter at hand: tokenizer files in the folder ``model``, the server, an upper estimate."""
    counter = load_folder_counter(Path(model).expanduser())
    if counter:
        return counter
    by_server = ServerCounter(server)
    return by_server if by_server.works() else EstimatedCounter()


def choose_context(settings: GenerationSettings, server: Server) -> int:
    """What prompt and answer may take together: from the settings, never more than the server has."""
    wanted, offered = settings.context_tokens, server.max_model_tokens
    if wanted and offered and wanted > offered:
        raise SettingsError(
            f"generation.context_tokens = {wanted}, but the server at {server.address} was started with "
            f"{offered}: lower it or leave it out"
        )
    if server.is_ollama and not wanted:
        return min(offered or OLLAMA_CONTEXT_TOKENS, OLLAMA_CONTEXT_TOKENS)
    if context := wanted or offered:
        return context
    raise SettingsError(
        f"the server at {server.address} does not tell its context length: set generation.context_tokens to "
        "what it was started with"
    )


def _again(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask, and once more where a server had closed the connection that was kept for it."""
    return send(ask, 1, lambda: LIST_SECONDS)


def _choose_model(wanted: str, offered: tuple[str, ...], address: str) -> str:
    """Its own name, Ollama's ``name:latest``, or the only model where ``wanted`` is a folder here."""
    for name in (wanted, f"{wanted}:latest"):
        if name in offered:
            return name
    if len(offered) == 1 and Path(wanted).expanduser().is_dir():
        return offered[0]
    raise ModelUnavailable(
        f"the server at {address} has no model {wanted}, it has {', '.join(offered)}: set generation.model"
    )


def _check_url(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SettingsError(f"generation.base_url = {url!r} is not an address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise SettingsError(
            f"generation.base_url = {url!r} is not an address: it should look like http://127.0.0.1:8000/v1"
        )
    return url


def _check_key(settings: GenerationSettings) -> str | None:
    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if not (key.isascii() and (key.isprintable() or not key)):
        raise SettingsError("SWALLOW_RAG_GENERATION__API_KEY holds characters that no key has: set it again")
    return key or None


def _own_words(response: httpx.Response) -> str:
    try:
        body = response.read()
    except httpx.HTTPError:
        return ""
    try:
        return describe_error(json.loads(body))
    except ValueError:
        return ""


@cache
def _tls() -> SSLContext:
    """Made once: reading all certificates takes 20 ms."""
    return httpx.create_ssl_context()
