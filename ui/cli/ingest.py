"""``swallow-rag ingest``: files and folders into the store."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli.asjson import print_json, report_json
from ui.cli.commands import PATH, Session, json_option, pass_session, password_option
from ui.cli.progress import progress_bar
from ui.cli.summary import show_report


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="PATH...")
@click.option("--collection", metavar="NAME", help="入れる資料群の名前")
@click.option("--prune", is_flag=True, help="フォルダからなくなったファイルをストアからも外す")
@password_option
@click.option("--workers", type=int, help="読み取りプロセスの数 (0 はコアの数)")
@json_option
@pass_session
def ingest_command(
    session: Session,
    /,
    paths: tuple[Path, ...],
    *,
    collection: str | None,
    prune: bool,
    password: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """ファイルやフォルダを読み、ストアに入れます。

    Read files and folders into the store. 二度目からは変わったものだけを読みます。
    読めないファイルは理由とともに表示し、ほかの資料は続けます。
    """
    from ingest.pipeline import ingest
    from rag.assembly import open_assembly

    settings = session.settings(
        ingest__collection=collection, ingest__workers=workers, ingest__password=password
    )
    with open_assembly(settings, create=True) as assembly, progress_bar("読み取り中") as progress:
        report = ingest(
            paths, assembly.store, assembly.embedder, settings.ingest, prune=prune, progress=progress
        )
    if as_json:
        print_json(report_json(report))
    else:
        click.echo("\n".join(show_report(report)))
