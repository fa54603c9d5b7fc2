"""Runs transformers' continuous batching for `rag.generation.batching`, and outlives its failures.

One thread routes what the manager writes to the request that it belongs to. When memory runs out the manager
is made again with half the batch and every unfinished request goes on where it was: its tokens so
far become part of its prompt. The library's loop is a thread that the interpreter waits for at exit,
so ours ends it when the main thread has ended.
"""

from __future__ import annotations

import importlib
import itertools
import math
import queue
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from rag.errors import ModelUnavailable
from rag.generation.base import Sampling
from rag.generation.local import explain_failure, is_out_of_memory

END = object()
"""Put into a request's queue when its answer is whole."""

STOP_SECONDS = 5.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How large one step may be: requests, tokens, and pages of ``page_tokens`` in the cache."""

    max_requests: int
    max_batch_tokens: int
    num_pages: int
    page_tokens: int

    def halved(self) -> BatchLimits | None:
        """Limits for half the memory; None when one request is all there is."""
        if self.max_requests == 1:
            return None
        return replace(
            self,
            max_requests=self.max_requests // 2,
            max_batch_tokens=max(64, self.max_batch_tokens // 2),
            num_pages=max(1, self.num_pages // 2),
        )


def default_limits(device: str, max_requests: int, context_tokens: int) -> BatchLimits:
    """A cache for all requests at full length; halved by the engine until it fits into memory.

    Flash attention's paged kernels want pages of 256 tokens; on a CPU small pages waste less.
    """
    page_tokens, max_batch_tokens = (256, 2_048) if device == "cuda" else (32, 512)
    num_pages = max_requests * math.ceil(context_tokens / page_tokens)
    return BatchLimits(max_requests, max_batch_tokens, num_pages, page_tokens)


@dataclass(eq=False, slots=True)
class Request:
    """One request: what was asked, what came so far, and the queue that its reader waits at."""

    id: str
    ids: list[int]
    sampling: Sampling
    written: list[int] = field(default_factory=list)
    num_before_restart: int = 0
    is_cut: bool = False
    tokens: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue)


class BatchEngine:
    """A manager of continuous batching that starts with the first request and is made again when it dies."""

    def __init__(
        self,
        model: Any,
        limits: BatchLimits,
        *,
        name: str,
        stop_ids: tuple[int, ...],
        pad_id: int,
        sampled: bool,
        seed: int,
    ) -> None:
        self.limits = limits
        self._model = model
        self._name = name
        self._stop_ids = stop_ids
        self._pad_id = pad_id
        self._sampled = sampled
        self._seed = seed
        self._numbers = itertools.count()
        self._requests: dict[str, Request] = {}
        self._manager: Any = None
        self._lock = threading.RLock()  # over the manager and the requests

    def submit(self, ids: list[int], sampling: Sampling) -> Request:
        """Let a request into the batch; its tokens come through ``request.tokens``."""
        request = Request(f"request-{next(self._numbers)}", ids, sampling)
        with self._lock:
            self._requests[request.id] = request
            self._send(request)
        return request

    def cancel(self, request: Request) -> None:
        """Take a request out of the batch at its next step; nothing happens when it has ended."""
        with self._lock:
            if self._requests.pop(request.id, None) and self._manager is not None:
                self._manager.cancel_request(request.id)

    def close(self) -> None:
        """Stop the manager; requests that still run end with an error."""
        with self._lock:
            manager, self._manager = self._manager, None
            error = ModelUnavailable(f"{self._name} was closed while writing: ask again")
            self._fail_all(error)
        if manager is not None:
            _stop(manager)

    def _send(self, request: Request) -> None:
        if self._manager is None:
            self._start()
        self._manager.add_request(
            request.ids + request.written,
            request_id=request.id,
            max_new_tokens=request.sampling.max_new_tokens - len(request.written),
            streaming=True,
            **self._choice(request.sampling),
        )

    def _choice(self, sampling: Sampling) -> dict[str, Any]:
        """How this request's tokens are drawn, in a batch that draws; the likeliest one alone is greedy."""
        if not self._sampled:
            return {}
        if sampling.temperature == 0:
            return {"temperature": 1.0, "top_k": 1, "top_p": 1.0}
        every = int(self._model.config.get_text_config().vocab_size)
        return {"temperature": float(sampling.temperature), "top_k": every, "top_p": float(sampling.top_p)}

    def _start(self) -> None:
        """Make a manager, smaller until its cache fits into memory, and the thread that reads from it."""
        while True:
            manager = self._build_manager()
            try:
                manager.warmup()
            except Exception as error:
                smaller = self.limits.halved() if is_out_of_memory(error) else None
                if smaller is None:
                    self._fail_all(None)
                    raise explain_failure(self._name, error) from error
                self.limits = smaller
                continue
            break
        manager.start()
        self._manager = manager
        # Not a daemon: at the end of the process it is waited for, while it takes the manager apart.
        threading.Thread(target=self._route, args=(manager,), name="batch").start()

    def _build_manager(self) -> Any:
        library: Any = importlib.import_module("transformers")
        drawing = {"temperature": 0.7, "top_k": 50, "top_p": 0.95} if self._sampled else {}
        return self._model.init_continuous_batching(
            generation_config=library.GenerationConfig(
                do_sample=self._sampled,
                eos_token_id=list(self._stop_ids) or -1,
                pad_token_id=self._pad_id,
                **drawing,
            ),
            continuous_batching_config=library.ContinuousBatchingConfig(
                page_size=self.limits.page_tokens,
                num_blocks=self.limits.num_pages,
                max_batch_tokens=self.limits.max_batch_tokens,
                max_requests_per_batch=self.limits.max_requests,
                per_request_processors=self._sampled,
                seed=self._seed,
            ),
        )

    def _route(self, manager: Any) -> None:
        """Runs in a thread of its own, as long as its manager is the engine's."""
        while self._manager is manager:
            if not threading.main_thread().is_alive():
                _stop(manager)
                return
            output = manager.get_result(timeout=POLL_SECONDS)
            if output is not None and output.error is None:
                self._deliver(output)
            elif output is not None and manager.background_thread_status.can_accept_new_requests() is None:
                self._fail(output)  # the others go on
            elif output is not None or not manager.is_running():
                self._recover(manager, output)

    def _deliver(self, output: Any) -> None:
        with self._lock:
            request = self._requests.get(output.request_id)
            if request is None:
                return  # cancelled meanwhile
            num_known = len(request.written) - request.num_before_restart
            new = output.generated_tokens[num_known:]
            request.written.extend(new)
            for token in new:
                if token not in self._stop_ids:
                    request.tokens.put(token)
            if output.is_finished():
                del self._requests[request.id]
                ended = bool(request.written) and request.written[-1] in self._stop_ids
                request.is_cut = not ended
                request.tokens.put(END)

    def _fail(self, output: Any) -> None:
        with self._lock:
            if request := self._requests.pop(output.request_id, None):
                request.tokens.put(explain_failure(self._name, RuntimeError(output.error)))

    def _recover(self, manager: Any, output: Any) -> None:
        """After a failure: a smaller batch and on with it, or a clear error for everybody in it."""
        _stop(manager)
        error = manager.background_thread_status.fatal_error or RuntimeError(
            output.error if output else "ended"
        )
        with self._lock:
            if self._manager is not manager:
                return
            self._manager = None
            smaller = self.limits.halved() if is_out_of_memory(error) else None
            if smaller is None:
                self._fail_all(explain_failure(self._name, error))
                return
            explain_failure(self._name, error)  # gives the memory back
            self.limits = smaller
            for request in list(self._requests.values()):
                request.num_before_restart = len(request.written)
                self._send(request)

    def _fail_all(self, error: Exception | None) -> None:
        requests, self._requests = self._requests, {}
        for request in requests.values():
            request.tokens.put(error or END)


def _stop(manager: Any) -> None:
    """End a manager's loop now; it may have ended by itself."""
    if manager.is_running() or manager.batch_processor is not None:
        manager.stop(block=True, timeout=STOP_SECONDS, hard_stop=True)
    manager.destroy()
