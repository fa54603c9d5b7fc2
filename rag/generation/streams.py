"""Tokens → text → safe text: the small generators through which every answer streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

HALF_CHARACTER = "\ufffd"
"""What a tokenizer decodes the first bytes of an unfinished character to."""


def detokenize(tokens: Iterable[int], decode: Callable[[Sequence[int]], str]) -> Iterator[str]:
    """Text as soon as it is whole: 「東」 in three byte tokens comes once, as one piece.

    ``decode`` sees the tokens since the last but one piece, because a piece may look different
    without its neighbour (SentencePiece drops a leading space). Text is held back only while it ends
    in U+FFFD; if the model stops there, the half character is dropped.
    """
    window: list[int] = []
    num_shown = 0
    for token in tokens:
        window.append(token)
        shown, now = decode(window[:num_shown]), decode(window)
        if len(now) > len(shown) and not now.endswith(HALF_CHARACTER):
            yield now[len(shown) :]
            window = window[num_shown:]
            num_shown = len(window)
    rest = decode(window)[len(decode(window[:num_shown])) :].rstrip(HALF_CHARACTER)
    if rest:
        yield rest


def until_stop(pieces: Iterable[str], stops: Sequence[str]) -> Iterator[str]:
    r"""The text before the first stop string, also when that comes split over several pieces.

    What may still become a stop string is held back: with the stop string ``\n\n### `` the pieces
    「20日です。\n」「\n#」「## 入力」 give 「20日です。」 and end there.
    """
    stops = [stop for stop in stops if stop]
    held = ""
    for piece in pieces:
        held += piece
        found = [at for stop in stops if (at := held.find(stop)) >= 0]
        if found:
            if before := held[: min(found)]:
                yield before
            return
        num_held = max((_overlap(held, stop) for stop in stops), default=0)
        if ready := held[: len(held) - num_held]:
            yield ready
        held = held[len(held) - num_held :]
    if held:
        yield held


def join_surrogates(pieces: Iterable[str]) -> Iterator[str]:
    r"""Pieces in which 「😀」 that JSON brought as two halves (``\ud83d``, ``\ude00``) is one again.

    A half whose other half never comes becomes U+FFFD, because it could not be written anywhere.
    """
    held = ""
    for piece in pieces:
        text = held + piece
        held = text[-1:] if text and "\ud800" <= text[-1] <= "\udbff" else ""
        if whole := _pair_up(text[: len(text) - len(held)]):
            yield whole
    if held:
        yield HALF_CHARACTER


def _pair_up(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of ``text`` that is a proper beginning of ``stop``."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
