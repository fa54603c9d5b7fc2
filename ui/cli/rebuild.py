"""``swallow-rag rebuild``: the same documents with another embedder, analyzer or chunk size."""

from __future__ import annotations

import click

from ui.cli.asjson import print_json, report_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.progress import progress_bar
from ui.cli.summary import show_report


@click.command("rebuild")
@click.option("--workers", type=int, help="プロセスの数 (0 はコアの数)")
@json_option
@pass_session
def rebuild_command(session: Session, /, *, workers: int | None, as_json: bool) -> None:
    """ストアの資料を、いまの設定で解析し直します。元のファイルは要りません。

    Analyse and embed every stored document again, into a new store that then takes the old one's place.
    """
    from ingest.rebuild import rebuild

    settings = session.settings(ingest__workers=workers)
    with progress_bar("作り直し中") as progress:
        report = rebuild(settings, progress=progress)
    if as_json:
        print_json(report_json(report))
    else:
        click.echo("\n".join(show_report(report)))
