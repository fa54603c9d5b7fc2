"""``swallow-rag inspect``: what is read of one file, shown before it is put into a store."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session, password_option

_NUM_CHUNKS = 3


@click.command("inspect")
@click.argument("file", type=PATH, metavar="FILE")
@click.option("--chunks", "num_chunks", type=click.IntRange(min=0), default=_NUM_CHUNKS, help="示す断片の数")
@click.option("--text", "with_text", is_flag=True, help="読み取った本文だけを、そのまま表示")
@password_option
@json_option
@pass_session
def inspect_command(
    session: Session, /, file: Path, *, num_chunks: int, with_text: bool, password: str | None, as_json: bool
) -> None:
    """ファイルがどう読まれるかを調べます。ストアには入れません。

    Show what is read of a file: encoding, headings, pages, ruby, dates, warnings, first chunks.
    書庫やメールの中のファイルは「書類.zip/規程.docx」のように指定します。
    """
    from ingest.inspection import inspect_file
    from ui.cli.inspectview import inspection_json, inspection_lines
    from ui.cli.render import plain

    if file.is_dir():
        raise click.UsageError(f"{file} はフォルダです。ファイルを一つ指定してください")
    found = inspect_file(file, session.settings(ingest__password=password).ingest)
    if as_json:
        print_json(inspection_json(found, num_chunks))
    elif with_text:
        click.echo(plain(found.document.text))
    else:
        click.echo("\n".join(inspection_lines(found, num_chunks)))
