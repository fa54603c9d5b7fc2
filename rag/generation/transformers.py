"""A Hugging Face causal model in this process, one request at a time.

The others wait for their turn, in the order in which they came. For several at once see
`rag.generation.batching`.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from rag.errors import ModelError, ModelUnavailable
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import check_fits
from rag.generation.deadlines import Countdown
from rag.generation.decoding import choose_decoding, decoding_options
from rag.generation.local import LocalGenerator, explain_failure, is_out_of_memory
from rag.generation.streams import detokenize, until_stop
from rag.generation.turns import Turns

if TYPE_CHECKING:
    import torch

WARM_TOKENS = 8_192
"""Room that a warm start makes in the static cache; longer prompts are compiled for when they come."""

_END = object()


class TransformersGenerator(LocalGenerator):
    """Continues prompts with a model in memory; safe to call from several threads."""

    def __init__(
        self, model: Any, tokenizer: Any, *, decoding: str = "auto", max_waiting: int = 32, **facts: Any
    ) -> None:
        super().__init__(model, tokenizer, **facts)
        self._decoding = choose_decoding(decoding, model.device.type)
        self._turns = Turns(1, max_waiting)

    def warm_up(self) -> None:
        """Compile and allocate what the first answer would else wait for; for a GPU."""
        # The cache of the longest answer so far is kept, so a long one now saves compiling again later.
        length = min(self.context_tokens, WARM_TOKENS)
        num_tokens = min(64, length // 2)
        rows = [[self._pad_id] * (length - num_tokens)]
        with self._clear_errors():
            self._generate(rows, Sampling(max_new_tokens=num_tokens))

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as they are written; generation ends when the iterator is closed.

        Raises ContextTooLong at once, ModelUnavailable from the iterator: out of memory, out of time.
        """
        ids = self.encode(prompt)
        check_fits(self, len(ids), sampling)
        return self._pieces(ids, prompt.stop, sampling)

    def complete(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[str]:
        """Whole answers to several prompts in one batch, padded on the left; each ends at its stop string.

        A batch that does not fit into memory is halved until it does.
        """
        rows = [self.encode(prompt) for prompt in prompts]
        if not rows:
            return []
        width = max(map(len, rows))
        check_fits(self, width, sampling)
        with self._turns.take(self._deadlines.start(), self._name):
            answers = self._complete_rows(rows, sampling)
        return [
            "".join(until_stop(detokenize(answer, self._codec.decode), prompt.stop))
            for answer, prompt in zip(answers, prompts, strict=True)
        ]

    def _complete_rows(self, rows: Sequence[list[int]], sampling: Sampling) -> list[list[int]]:
        """The new tokens of each row."""
        width = max(map(len, rows))
        try:
            with self._clear_errors():
                output = self._generate(rows, sampling)
        except ModelUnavailable as error:
            if len(rows) == 1 or not is_out_of_memory(error.__cause__):
                raise
            middle = len(rows) // 2
            parts = rows[:middle], rows[middle:]
            return [answer for part in parts for answer in self._complete_rows(part, sampling)]
        return [row[width:].tolist() for row in output]

    def _pieces(self, ids: list[int], stops: Sequence[str], sampling: Sampling) -> Iterator[str]:
        countdown = self._deadlines.start()
        with self._turns.take(countdown, self._name):
            tokens: queue.SimpleQueue[Any] = queue.SimpleQueue()
            cancelled = threading.Event()
            worker = threading.Thread(
                target=self._work, args=(ids, sampling, tokens, cancelled), name="generate", daemon=True
            )
            worker.start()
            try:
                received = self._received(tokens, countdown, sampling)
                yield from until_stop(detokenize(received, self._codec.decode), stops)
            finally:
                cancelled.set()
                worker.join()

    def _received(
        self, tokens: queue.SimpleQueue[Any], countdown: Countdown, sampling: Sampling
    ) -> Iterator[int]:
        num_tokens, last = 0, None
        while True:
            try:
                item = tokens.get(timeout=max(0.0, countdown.remaining()))
            except queue.Empty:
                raise ModelUnavailable(f"{self._name} {countdown.reason()}") from None
            if item is _END:
                if num_tokens >= sampling.max_new_tokens and last not in self._stop_ids:
                    sampling.cut()
                return
            if isinstance(item, BaseException):
                raise item
            countdown.touch()
            num_tokens, last = num_tokens + 1, item
            yield item

    def _work(
        self, ids: list[int], sampling: Sampling, tokens: queue.SimpleQueue[Any], cancelled: threading.Event
    ) -> None:
        """Runs in a thread of its own: tokens, then an error or the end, into the queue."""
        try:
            with self._clear_errors():
                self._generate([ids], sampling, streamer=_TokenStreamer(tokens.put), cancelled=cancelled)
            tokens.put(_END)
        except ModelError as error:
            tokens.put(error)

    def _generate(
        self,
        rows: Sequence[Sequence[int]],
        sampling: Sampling,
        *,
        streamer: _TokenStreamer | None = None,
        cancelled: threading.Event | None = None,
    ) -> torch.Tensor:
        import torch

        def is_cancelled(ids: torch.Tensor, scores: torch.Tensor, **kwargs: Any) -> torch.Tensor:
            done = cancelled is not None and cancelled.is_set()
            return torch.full((ids.shape[0],), done, dtype=torch.bool, device=ids.device)

        device = self._model.device
        width = max(map(len, rows))
        ids = [[self._pad_id] * (width - len(row)) + list(row) for row in rows]
        mask = [[0] * (width - len(row)) + [1] * len(row) for row in rows]
        options = decoding_options(self._decoding, sampling, num_rows=len(rows))
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(sampling.seed)
            output = self._model.generate(
                input_ids=torch.tensor(ids, device=device),
                attention_mask=torch.tensor(mask, device=device),
                max_new_tokens=sampling.max_new_tokens,
                pad_token_id=self._pad_id,
                eos_token_id=list(self._stop_ids) or None,
                stopping_criteria=[is_cancelled],
                streamer=streamer,
                **options,
            )
        return cast("torch.Tensor", output)

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise explain_failure(self._name, error) from error


class _TokenStreamer:
    """What `generate` hands its tokens to: the first call brings the prompt, which nobody needs."""

    def __init__(self, put: Callable[[int], None]) -> None:
        self._put = put
        self._seen_prompt = False

    def put(self, ids: torch.Tensor) -> None:
        if self._seen_prompt:
            for token in ids.flatten().tolist():
                self._put(token)
        self._seen_prompt = True

    def end(self) -> None:
        """`_work` ends the stream, because it also knows of errors."""
