"""A Hugging Face causal model in this process.

One request generates at a time; the others wait for their turn, within their time limit.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from rag.errors import ModelError, ModelUnavailable, SettingsError
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import check_fits
from rag.generation.catalog import choose_style
from rag.generation.checkpoints import (
    apply_chat_template,
    choose_context,
    choose_pad_id,
    find_folder,
    find_special_tokens,
    find_stop_ids,
    first_line,
    load_model,
    load_tokenizer,
)
from rag.generation.escaping import escape_tokens
from rag.generation.prompts import split_bos
from rag.generation.streams import detokenize, until_stop
from rag.settings import GenerationSettings

if TYPE_CHECKING:
    import torch

PROMPT_LOOKUP_TOKENS = 10
"""How many tokens greedy decoding tries to copy from the prompt at once; the output stays the same."""

_END = object()


def load_transformers_generator(settings: GenerationSettings) -> TransformersGenerator:
    """Load ``settings.model``, a folder or a name that is in the Hugging Face cache, from this machine.

    Raises ModelUnavailable with the command that fetches it, or with what is wrong with the folder;
    SettingsError when a device or context does not exist or nothing says how the model is prompted.
    """
    folder = find_folder(settings.model)
    tokenizer = load_tokenizer(folder)
    has_template = bool(tokenizer.chat_template)
    style = choose_style(settings.prompt_style, settings.model, has_chat_template=has_template)
    if style == "chat-template" and not has_template:
        raise SettingsError(
            f"{settings.model} has no chat template: set generation.prompt_style to what it was trained with"
        )
    model = load_model(folder, settings, num_ids=len(tokenizer))
    return TransformersGenerator(
        model,
        tokenizer,
        name=settings.model,
        prompt_style=style,
        context_tokens=choose_context(settings, model.config),
        timeout_seconds=settings.timeout_seconds,
    )


class TransformersGenerator:
    """Continues prompts with a model in memory; safe to call from several threads."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        prompt_style: str,
        context_tokens: int,
        timeout_seconds: float = 120.0,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._name = name
        self._prompt_style = prompt_style
        self._context_tokens = context_tokens
        self._timeout_seconds = timeout_seconds
        self._stop_ids = find_stop_ids(model, tokenizer)
        self._pad_id = choose_pad_id(tokenizer, self._stop_ids)
        self._special_tokens = find_special_tokens(tokenizer)
        self._generating = threading.Lock()
        self._tokenizing = threading.Lock()  # a fast tokenizer must not change its mode while it works

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._context_tokens

    @property
    def prompt_style(self) -> str:
        """How prompts for this model are laid out."""
        return self._prompt_style

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens in it counted as the plain text they are sent as."""
        return [len(ids) for ids in self._plain_ids(texts)]

    def count_prompt(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt, BOS and chat template included."""
        return len(self.encode(prompt))

    def encode(self, prompt: Prompt) -> list[int]:
        """Token ids exactly as the model gets them: BOS at most once, special tokens in texts plain.

        The text is encoded without BOS and BOS put before it, as SentencePiece itself does it; encoded
        behind a BOS, 「[INST]」 may lose the space that it was trained with.
        """
        if prompt.messages:
            return self._chat_ids(prompt.messages)
        bos, text = split_bos(prompt)
        ids = self._plain_ids([text])[0]
        return [self._tokenizer.bos_token_id, *ids] if bos and self._tokenizer.bos_token else ids

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as they are written; generation ends when the iterator is closed.

        Raises ContextTooLong at once, ModelUnavailable from the iterator: out of memory, out of time.
        """
        ids = self.encode(prompt)
        check_fits(self, len(ids), sampling)
        return self._pieces(ids, prompt.stop, sampling)

    def complete(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[str]:
        """Whole answers to several prompts in one batch, padded on the left; each ends at its stop string."""
        rows = [self.encode(prompt) for prompt in prompts]
        if not rows:
            return []
        width = max(map(len, rows))
        check_fits(self, width, sampling)
        with self._generating, self._clear_errors():
            output = self._generate(rows, sampling)
        return [
            "".join(until_stop(detokenize(row[width:].tolist(), self._decode), prompt.stop))
            for row, prompt in zip(output, prompts, strict=True)
        ]

    def _pieces(self, ids: list[int], stops: Sequence[str], sampling: Sampling) -> Iterator[str]:
        tokens: queue.SimpleQueue[Any] = queue.SimpleQueue()
        cancelled = threading.Event()
        worker = threading.Thread(
            target=self._work, args=(ids, sampling, tokens, cancelled), name="generate", daemon=True
        )
        worker.start()
        try:
            yield from until_stop(detokenize(self._received(tokens), self._decode), stops)
        finally:
            cancelled.set()
            worker.join()

    def _received(self, tokens: queue.SimpleQueue[Any]) -> Iterator[int]:
        deadline = time.monotonic() + self._timeout_seconds
        while True:
            try:
                item = tokens.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise ModelUnavailable(
                    f"{self._name} did not finish within {self._timeout_seconds:g} s: raise "
                    "generation.timeout_seconds or lower generation.max_new_tokens"
                ) from None
            if item is _END:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def _work(
        self, ids: list[int], sampling: Sampling, tokens: queue.SimpleQueue[Any], cancelled: threading.Event
    ) -> None:
        """Runs in a thread of its own: tokens, then an error or the end, into the queue."""
        while not self._generating.acquire(timeout=0.05):
            if cancelled.is_set():
                return
        try:
            with self._clear_errors():
                self._generate([ids], sampling, streamer=_TokenStreamer(tokens.put), cancelled=cancelled)
            tokens.put(_END)
        except ModelError as error:
            tokens.put(error)
        finally:
            self._generating.release()

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
        options = _decoding_options(sampling, single=len(rows) == 1)
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
        import torch

        try:
            yield
        except torch.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise ModelUnavailable(
                f"{self._name} ran out of GPU memory: lower generation.context_tokens or "
                "generation.max_new_tokens, or take a smaller model"
            ) from error
        except Exception as error:
            raise ModelUnavailable(f"{self._name} failed while writing: {first_line(error)}") from error

    def _plain_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return self._tokenize(list(texts), special=False) if texts else []

    def _chat_ids(self, messages: Sequence[tuple[str, str]]) -> list[int]:
        """The model's own template around texts in which no special token is left alive."""
        plain = [
            {"role": role, "content": escape_tokens(content, self._special_tokens)}
            for role, content in messages
        ]
        text = apply_chat_template(self._tokenizer, plain, self._name)
        return self._tokenize([text], special=True)[0]

    def _tokenize(self, texts: list[str], *, special: bool) -> list[list[int]]:
        with self._tokenizing:
            encoded = self._tokenizer(texts, add_special_tokens=False, split_special_tokens=not special)
        return cast("list[list[int]]", encoded["input_ids"])

    def _decode(self, ids: Sequence[int]) -> str:
        text = self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return cast("str", text)


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


def _decoding_options(sampling: Sampling, *, single: bool) -> dict[str, Any]:
    if sampling.temperature > 0:
        return {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p}
    # Prompt lookup works for one sequence alone.
    return {"do_sample": False} | ({"prompt_lookup_num_tokens": PROMPT_LOOKUP_TOKENS} if single else {})
