"""``swallow-rag watch``: a folder is kept in step with the store until Ctrl-C."""

from __future__ import annotations

import datetime as dt
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from ui.cli.asjson import report_json
from ui.cli.commands import PATH, Session, pass_session
from ui.cli.progress import progress_bar
from ui.cli.render import plain
from ui.cli.summary import REASONS, show_report

if TYPE_CHECKING:
    from ingest.report import IngestReport
    from ingest.watch import Followed

_WORDS = {"added": "追加", "updated": "更新", "removed": "削除", "skipped": "読まず"}


@click.command("watch")
@click.argument("folder", type=PATH, metavar="FOLDER")
@click.option("--collection", metavar="NAME", help="入れる資料群の名前")
@click.option("--poll", is_flag=True, help="変更の通知が届かない場所 (ネットワークドライブなど) で使う")
@click.option("--json", "as_json", is_flag=True, help="変更一つにつき JSON 一行を標準出力へ")
@pass_session
def watch_command(
    session: Session, /, folder: Path, *, collection: str | None, poll: bool, as_json: bool
) -> None:
    """フォルダを見張り、追加・変更・改名・削除をストアに反映します。Ctrl-C で終わります。

    Keep a folder in step with the store until Ctrl-C. 書きかけのファイルは、書き終わってから読みます。
    """
    from ingest.watch import FolderFollower, Listener, watch_folder

    if not folder.is_dir():
        raise click.UsageError(f"{folder} はフォルダではありません")
    follower = FolderFollower(folder, session.settings(ingest__collection=collection))
    listener = Listener(
        partial(_show_first, folder=follower.folder, as_json=as_json),
        _tell_json if as_json else partial(_tell, folder=follower.folder),
    )
    try:
        with progress_bar("読み取り中") as progress:
            watch_folder(follower, listener, stop=threading.Event(), poll=poll, progress=progress)
    except KeyboardInterrupt:
        click.echo("見張りを終えました。終わった分は残っています。", err=True)


def _show_first(report: IngestReport, folder: Path, *, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(report_json(report), default=str))
    else:
        click.echo("\n".join(show_report(report)))
    click.echo(f"{folder} を見張っています (Ctrl-C で終わります)", err=True)


def _tell(one: Followed, folder: Path) -> None:
    click.echo(f"{dt.datetime.now():%H:%M:%S}  {followed_line(one, folder)}")


def followed_line(one: Followed, folder: Path) -> str:
    """``更新  規程/休暇.txt (1,234 文字)``, ``改名  a.txt → b.txt``, ``読まず  a.docx: 壊れている (…)``."""
    report = one.report
    name = _below(report.source, folder)
    if one.renamed_from:
        return plain(f"改名  {_below(one.renamed_from, folder)} → {name}")
    if report.message:
        reason = REASONS.get(report.reason, report.reason)
        return plain(f"{_WORDS[report.status]}  {name}: {reason} ({' '.join(report.message.split())})")
    size = f" ({report.num_chars:,} 文字)" if report.num_chars else ""
    warned = f" ※{'; '.join(report.warnings)}" if report.warnings else ""
    return plain(f"{_WORDS[report.status]}  {name}{size}{warned}")


def _below(source: str, folder: Path) -> str:
    path = Path(source)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else source


def _tell_json(one: Followed) -> None:
    report = one.report
    line: dict[str, Any] = {
        "status": "renamed" if one.renamed_from else report.status,
        "source": report.source,
        "renamed_from": one.renamed_from or None,
        "reason": report.reason,
        "message": report.message,
        "num_chunks": report.num_chunks,
        "num_chars": report.num_chars,
        "warnings": report.warnings,
        "dropped": dict(report.dropped),
    }
    click.echo(orjson.dumps(line))
