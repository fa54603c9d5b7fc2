"""What the commands of ``swallow-rag eval`` have in common: options, the counter, tables of figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.commands import PATH
from ui.cli.render import table

if TYPE_CHECKING:
    from evaluation.datasets.base import Dataset
    from evaluation.progress import Phase, Tell

PARTS = ("all", "tuning", "reported", "held-out")
_PHASES = {"indexing": "索引", "searching": "検索"}
_EVERY = 25

output_option = click.option("--output", type=PATH, metavar="FOLDER", help="結果と報告書を書くフォルダ")
cache_option = click.option(
    "--cache", type=PATH, metavar="FOLDER", help="作った索引を次の実行のために残すフォルダ"
)
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="質問を N 問だけ (いつも同じ N 問)"
)


def load_questions(file: Path, part: str, limit: int | None) -> Dataset:
    """The wanted part of a question set."""
    from evaluation.datasets.registry import load_dataset

    return load_dataset(file).part(part, limit)  # type: ignore[arg-type]


def figures_table(rows: Any, *, names: int = 1) -> list[str]:
    """Rows with numbers to the right, from the column ``names`` on."""
    rows = list(rows)
    return list(table(rows, right=frozenset(range(names, len(rows[0])))))


def written(output: Path | None) -> list[str]:
    """A line that says where the report stands."""
    return [f"報告書: {output / 'report.html'}"] if output and (output / "report.html").is_file() else []


@contextmanager
def counting() -> Iterator[Tell]:
    """A counter on standard error, where that is a terminal."""
    from evaluation.progress import say_nothing

    if not sys.stderr.isatty():
        yield say_nothing
        return

    def tell(phase: Phase, done: int, total: int) -> None:
        if done % _EVERY == 0 or done == total:
            click.echo(f"\r\x1b[K{_PHASES[phase]} {done:,} / {total:,}", nl=False, err=True)

    yield tell
    click.echo("\r\x1b[K", nl=False, err=True)
