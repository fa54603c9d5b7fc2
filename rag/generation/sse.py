"""Server-sent events, as OpenAI-compatible servers send them, and the text in their JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Delta:
    """One step of an answer: its text (often empty) and, in the last, why it ended.

    ``prompt_tokens`` is what the server read of the prompt, where it tells.
    """

    text: str = ""
    finish_reason: str | None = None
    prompt_tokens: int | None = None


def read_events(chunks: Iterable[bytes]) -> Iterator[str]:
    """The data of each event; bytes may be cut anywhere, also inside a character.

    Comments (``: keep-alive``), other fields and empty events are skipped. Lines end in LF or CRLF
    only: splitting at U+2028 as ``str.splitlines`` does would break JSON that holds it.
    """
    data: list[str] = []
    for line in read_lines(chunks):
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []
    if data:
        yield "\n".join(data)


def parse_delta(data: str) -> Delta:
    """The step that one event brings, from ``/completions`` or ``/chat/completions``, streamed or whole.

    Raises ValueError when it is not JSON or has another shape, `ServerReportedError` when the server
    reports an error in the middle of its answer.
    """
    event = json.loads(data)
    if not isinstance(event, dict):
        raise ValueError(f"an object was expected, not {data[:80]!r}")
    if error := event.get("error"):
        raise ServerReportedError(describe_error(event) or str(error))
    choices = event.get("choices")
    if not isinstance(choices, list):
        raise ValueError(f"there are no choices in {data[:80]!r}")
    if not choices:
        return Delta()  # a last event that brings only the usage
    choice = choices[0]
    part = choice.get("delta") or choice.get("message") or choice
    text = part.get("content", part.get("text"))
    return Delta(text if isinstance(text, str) else "", choice.get("finish_reason"))


class ServerReportedError(Exception):
    """The server said in its stream that it failed; the message is the server's."""


def describe_error(body: Any) -> str:
    """The server's own words, one line, at most 200 characters; empty when there are none.

    ``{"error": {"message": …}}`` (OpenAI, vLLM), ``{"error": …}`` (Ollama), ``{"message": …}`` and
    ``{"detail": …}`` are understood.
    """
    while isinstance(body, dict):
        body = next((body[key] for key in ("error", "message", "detail") if body.get(key)), "")
    return " ".join(str(body).split())[:200]


def read_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines that end in LF or CRLF, also when the bytes are cut inside one."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", errors="replace")
    if rest:
        yield rest.removesuffix(b"\r").decode("utf-8", errors="replace")
