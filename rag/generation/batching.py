"""Several requests at once with one model in this process: continuous batching.

transformers' own manager decodes all running requests in one step and lets new ones in as others end; its
paged cache keeps prefixes that prompts share. Here every request gets a place, a stream of its own,
cancellation and time limits (`rag.generation.engine` runs the manager). Prompt-lookup decoding is for
one request alone and does not combine with this.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

from rag.errors import ModelUnavailable, SettingsError
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import check_fits
from rag.generation.deadlines import Countdown
from rag.generation.engine import END, BatchEngine, BatchLimits, Request, default_limits
from rag.generation.local import LocalGenerator
from rag.generation.streams import detokenize, until_stop
from rag.generation.turns import Turns


class BatchingGenerator(LocalGenerator):
    """Continues up to ``max_requests`` prompts at once; ``max_waiting`` more wait in order.

    ``sampled`` decides once whether tokens may be drawn: then requests with temperature 0 are greedy
    all the same. Drawn tokens depend on what else is in the batch, so a seed repeats a whole run and
    not a single answer.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        max_requests: int = 32,
        max_waiting: int = 32,
        sampled: bool = False,
        seed: int = 0,
        limits: BatchLimits | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(model, tokenizer, **facts)
        self._sampled = sampled
        self._turns = Turns(max_requests, max_waiting)
        self._engine = BatchEngine(
            model,
            limits or default_limits(model.device.type, max_requests, self._context_tokens),
            name=self._name,
            stop_ids=self._stop_ids,
            pad_id=self._pad_id,
            sampled=sampled,
            seed=seed,
        )

    @property
    def num_running(self) -> int:
        """Requests that have a place now."""
        return self._turns.num_held

    @property
    def num_waiting(self) -> int:
        """Requests that wait for one."""
        return self._turns.num_waiting

    @property
    def limits(self) -> BatchLimits:
        """How large a batch may be; smaller than at first when memory ran out."""
        return self._engine.limits

    def close(self) -> None:
        """End what runs and give the cache's memory back; the next request starts afresh."""
        self._engine.close()

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as they are written; closing the iterator frees the request's place.

        Raises ContextTooLong at once; from the iterator ModelBusy when too many wait, ModelUnavailable
        when time or memory ran out.
        """
        if sampling.temperature > 0 and not self._sampled:
            raise SettingsError(
                f"{self._name} was loaded for greedy batches, not for temperature {sampling.temperature:g}: "
                "set generation.temperature above 0, or generation.max_requests to 1"
            )
        ids = self.encode(prompt)
        check_fits(self, len(ids), sampling)
        return self._pieces(ids, prompt, sampling)

    def _pieces(self, ids: list[int], prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        countdown = self._deadlines.start()
        with self._turns.take(countdown, self._name):
            request = self._engine.submit(ids, sampling)
            try:
                tokens = self._received(request, countdown)
                yield from until_stop(detokenize(tokens, self._codec.decode), prompt.stop)
            finally:
                self._engine.cancel(request)
            if request.is_cut:
                sampling.cut()

    def _received(self, request: Request, countdown: Countdown) -> Iterator[int]:
        while True:
            try:
                item = request.tokens.get(timeout=max(0.0, countdown.remaining()))
            except queue.Empty:
                raise ModelUnavailable(f"{self._name} {countdown.reason()}") from None
            if item is END:
                return
            if isinstance(item, BaseException):
                raise item
            countdown.touch()
            yield item
