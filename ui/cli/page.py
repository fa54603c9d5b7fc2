"""``swallow-rag ui``: the page in the browser."""

from __future__ import annotations

import importlib.util
import os

import click

from rag.errors import SettingsError
from ui.cli.commands import Session, pass_session


@click.command("ui")
@click.option("--host", help="待ち受けるアドレス")
@click.option("--port", type=int, help="待ち受けるポート")
@pass_session
def ui_command(session: Session, /, host: str | None, port: int | None) -> None:
    """ブラウザの画面を開きます。Ctrl-C で終わります。

    Serve the page until Ctrl-C.
    """
    from ui.serving import page_command

    if importlib.util.find_spec("streamlit") is None:
        raise SettingsError("the page needs Streamlit, which is not installed: pip install 'swallow-rag[ui]'")
    settings = session.settings(ui__host=host, ui__port=port)
    command = page_command(settings, settings_file=session.settings_file, store=session.store)
    click.echo(f"http://{settings.ui.host}:{settings.ui.port} を開いてください。終わるときは Ctrl-C です。")
    os.execv(command[0], command)  # noqa: S606 - our own interpreter
