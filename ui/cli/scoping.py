"""What the commands that search have in common: the question and the scope."""

from __future__ import annotations

import datetime as dt
import functools
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from rag.types import Scope

STANDARD_INPUT = "-"

VARIETY_OPTION = click.option(
    "--variety",
    is_flag=True,
    flag_value=2,
    type=int,
    default=None,
    help="一つの資料の断片は二つまで。ほかの資料を先に",
)
"""Hits that one document gets before all others have theirs."""


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


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as-of``: the scope then shows what was in force on that day. Stands below `scope_options`."""

    @click.option(
        "--as-of",
        metavar="DATE",
        callback=_read_day,
        help="この日に有効だった資料だけを探す (2022-04-01、令和4年4月1日)",
    )
    @functools.wraps(command)
    def with_day(*args: Any, scope: Scope, as_of: dt.date | None, **options: Any) -> Any:
        return command(*args, scope=replace(scope, as_of=as_of), **options)

    return with_day


def _read_day(context: click.Context, parameter: click.Parameter, written: str | None) -> dt.date | None:
    """One day, however it is written; a month or a year says too little."""
    from rag.text.era import find_dates

    if written is None:
        return None
    found = find_dates(written.strip())
    if len(found) != 1 or found[0].first != found[0].last or found[0].text.strip() != written.strip():
        raise click.BadParameter(
            f"{written!r} は一日を表す日付ではありません: 2022-04-01 か 令和4年4月1日 のように書いてください",
            context,
            parameter,
        )
    return found[0].first


def read_text(argument: str) -> str:
    """The question itself, or standard input for ``-``; an empty one is an error."""
    text = sys.stdin.read() if argument == STANDARD_INPUT else argument
    # Bytes of the command line that are no UTF-8 arrive as lone surrogates; so may anything else.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if not text:
        raise click.BadArgumentUsage("質問が空です")
    return text
