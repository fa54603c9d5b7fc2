"""MeCab itself: one tagger, and texts in pieces that it survives. This is the only home of fugashi."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

import fugashi

from rag.errors import ModelUnavailable
from rag.types import Span

MAX_PIECE_CHARS = 5_000
"""MeCab ends the process (SIGSEGV) from 80,000 digits on; far below that a piece costs nothing."""


def open_tagger(
    dictionary_folder: str, known_line: str, unknown_line: str, user_dictionary: str = ""
) -> Callable[[str], str]:
    """MeCab's ``parse`` with one line a word in these formats; raises ModelUnavailable.

    One thread only: two on one tagger corrupt each other. At most `MAX_PIECE_CHARS` at once (`pieces`).
    """
    # `-O ""` switches off the format that the dictionary's dicrc asks for.
    options = ["-r", "/dev/null", "-d", dictionary_folder, "-O", ""]
    options += ["-u", user_dictionary] if user_dictionary else []
    formats = [f"-F{known_line}", f"-U{unknown_line}", r"-E\n"]
    try:
        parse: Callable[[str], str] = fugashi.GenericTagger(shlex.join([*options, *formats])).parse
    except RuntimeError as error:
        raise ModelUnavailable(
            f"MeCab cannot open the dictionary in {dictionary_folder}: "
            "run pip install --force-reinstall unidic-lite"
        ) from error
    return parse


def pieces(text: str) -> Iterator[Span]:
    """Spans that tile ``text``, cut behind 「。」 or a blank where there is one."""
    start = 0
    while len(text) - start > MAX_PIECE_CHARS:
        limit = start + MAX_PIECE_CHARS
        middle = start + MAX_PIECE_CHARS // 2
        found = max(text.rfind("。", middle, limit), text.rfind(" ", middle, limit))
        end = found + 1 if found >= 0 else limit
        yield Span(start, end)
        start = end
    if start < len(text):
        yield Span(start, len(text))
