"""``swallow-rag eval summaries``: summaries against those that somebody wrote."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.render import table
from ui.cli.summarise import LENGTHS

_NUMBERS = frozenset(range(2, 8))


@click.command("summaries")
@click.argument("files", nargs=-1, type=PATH, required=True, metavar="FILE...")
@click.option(
    "--length", "lengths", type=click.Choice(LENGTHS), multiple=True, help="長さ (既定は一行と短い)"
)
@click.option(
    "--half", "part", type=click.Choice(["reported", "tuning", "all"]), default="reported", help="どの半分か"
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="はじめの N 件だけ")
@json_option
@pass_session
def summaries_command(session: Session, /, files: tuple[Path, ...], *, as_json: bool, **options: Any) -> None:
    """人の書いた要約のある文章で、要約を測ります。

    ROUGE-1/2/L, coverage and support, beside lead-1, lead-3 and a random choice at the same number of
    characters. FILE: 一行に一つ {"id", "text", "summary"} の JSON Lines (.jsonl か .jsonl.gz)。
    重みを決めた半分は数えません (--half all で全部)。
    """
    from evaluation.summaries import measure_summaries
    from rag.assembly import load_bundled_embedder, load_wanted_generator
    from rag.summary.assembling import build_summarizer
    from rag.summary.base import Length
    from rag.text.analyzer import load_analyzer

    settings = session.settings()
    summarizer = build_summarizer(
        load_analyzer(settings.ingest.user_dictionary),
        load_bundled_embedder(),
        load_wanted_generator(settings),
        generation=settings.generation,
        answering=settings.answering,
        cache=settings.store.path.with_name("summaries"),
    )
    lengths = tuple(map(Length, options["lengths"])) or (Length.LINE, Length.SHORT)
    reports = []
    for file in files:
        with _counting() as told:
            reports.append(
                measure_summaries(
                    file, summarizer, lengths, part=options["part"], limit=options["limit"], told=told
                )
            )
    if as_json:
        print_json({"reports": [report.as_json() for report in reports]})
        return
    for report in reports:
        click.echo(f"{report.name} ({report.part}): {report.num_examples:,} 件")
        click.echo("\n".join(table(report.rows(), right=_NUMBERS)))


@contextmanager
def _counting() -> Iterator[Callable[[int, int], None]]:
    """A counter on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    yield lambda done, total: click.echo(f"\r\x1b[K要約 {done:,} / {total:,}", nl=False, err=True)
    click.echo("\r\x1b[K", nl=False, err=True)
