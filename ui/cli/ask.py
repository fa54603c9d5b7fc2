"""``swallow-rag ask``: a question, an answer, and what it rests on."""

from __future__ import annotations

from typing import Any

import click

from rag.types import Question, Scope
from ui.cli.asjson import answer_json, print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.render import show_answer
from ui.cli.scoping import read_text, scope_options


@click.command("ask")
@click.argument("question")
@scope_options
@click.option("--top-k", type=int, help="根拠を探す断片の数")
@click.option("--answerer", type=click.Choice(["auto", "extractive", "generative"]), help="答え方")
@click.option(
    "--backend", type=click.Choice(["none", "transformers", "openai"]), help="文章を作るモデルの動かし方"
)
@click.option("--model", help="文章を作るモデルの名前かフォルダ")
@click.option("--base-url", metavar="URL", help="OpenAI 互換サーバーの場所")
@json_option
@pass_session
def ask_command(session: Session, /, question: str, *, scope: Scope, as_json: bool, **options: Any) -> None:
    """質問に、根拠の文とともに答えます。

    Answer a question from the documents. QUESTION が「-」なら標準入力から読みます。

    例: swallow-rag ask 「有給休暇は何日もらえますか」
    """
    from rag.assembly import open_assembly

    asked = Question(read_text(question), scope)
    settings = session.settings(
        retrieval__top_k=options["top_k"],
        answering__answerer=options["answerer"],
        generation__backend=options["backend"],
        generation__model=options["model"],
        generation__base_url=options["base_url"],
    )
    with open_assembly(settings) as assembly:
        answer = assembly.build_flow().answer(asked)
    if as_json:
        print_json(answer_json(answer))
    else:
        click.echo("\n".join(show_answer(answer)))
