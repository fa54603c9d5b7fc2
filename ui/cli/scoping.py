"""What the commands that search have in common: the question and the scope."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import click

from rag.types import Scope

STANDARD_INPUT = "-"


def scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--collection`` and ``--source``, both repeatable, and hand them on as ``scope``."""

    @click.option(
        "--collection", "collections", multiple=True, metavar="NAME", help="この資料群だけを探す (複数可)"
    )
    @click.option("--source", "sources", multiple=True, metavar="NAME", help="この資料だけを探す (複数可)")
    @functools.wraps(command)
    def with_scope(*args: Any, collections: tuple[str, ...], sources: tuple[str, ...], **options: Any) -> Any:
        scope = Scope(collections=frozenset(collections), sources=frozenset(sources))
        return command(*args, scope=scope, **options)

    return with_scope


def read_text(argument: str) -> str:
    """The question itself, or standard input for ``-``; an empty one is an error."""
    text = sys.stdin.read() if argument == STANDARD_INPUT else argument
    # Bytes of the command line that are no UTF-8 arrive as lone surrogates.
    text = text.encode(errors="surrogateescape").decode(errors="replace").strip()
    if not text:
        raise click.BadArgumentUsage("質問が空です")
    return text
