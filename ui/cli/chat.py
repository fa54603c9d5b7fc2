"""``swallow-rag chat``: questions one after the other, each understood after what was said before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from rag.types import Scope
from ui.cli.answering import answer_options
from ui.cli.commands import pass_session
from ui.cli.render import show_answer
from ui.cli.scoping import as_of_option, scope_options

if TYPE_CHECKING:
    from rag.settings import Settings

ENDS = frozenset({"終わり", "終了", "exit", "quit", ":q"})
FORGETS = frozenset({"新しい話", "リセット", "new", "reset"})
_PROMPT = "質問> "
_WELCOME = "続けて質問できます。「新しい話」で前の話を忘れ、「終わり」か Ctrl-D で終わります。"


@click.command("chat")
@scope_options
@as_of_option
@pass_session
@answer_options
def chat_command(*, scope: Scope, settings: Settings) -> None:
    """続けて質問できます。「それはいつから？」のような質問も、前の話から補って探します。

    Ask one question after the other; follow-ups are made standalone, and what was searched is shown.
    標準入力が端末でなければ、一行を一つの質問として読みます。話したことはどこにも残しません
    (records.path を設定すると、回答ごとの記録が残ります)。
    """
    from rag.answering.conversation import Conversation
    from rag.assembly import open_assembly
    from rag.errors import RagError

    with open_assembly(settings) as assembly:
        flow, talk = assembly.build_flow(), Conversation(scope.user)
        for line in _questions():
            if line in FORGETS:
                talk = Conversation(scope.user)
                click.echo("前の話を忘れました。")
                continue
            try:
                answer = flow.answer(talk.question(line, scope))
            except RagError as error:
                click.echo(f"エラー: {' '.join(str(error).split())}", err=True)
                continue
            talk = talk.then(answer)
            click.echo("\n".join((*show_answer(answer), "")))


def _questions() -> Iterator[str]:
    """Lines until the end of the input, or until somebody says so; empty ones are passed over."""
    is_terminal = sys.stdin.isatty()
    if is_terminal:
        click.echo(_WELCOME)
    while True:
        if is_terminal:
            click.echo(_PROMPT, nl=False)
        line = sys.stdin.readline()
        text = line.encode(errors="surrogateescape").decode(errors="replace").strip()
        if not line or text in ENDS:
            return
        if text:
            if not is_terminal:
                click.echo(f"{_PROMPT}{text}")
            yield text
