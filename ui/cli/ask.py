"""``swallow-rag ask``: a question, an answer, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rag.types import Question, Scope
from ui.cli.asjson import answer_json, print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.render import plain, show_answer
from ui.cli.scoping import read_text, scope_options

if TYPE_CHECKING:
    from rag.generation.recording import PromptRecorder
    from rag.settings import Settings


@click.command("ask")
@click.argument("question")
@scope_options
@click.option("--top-k", type=int, help="根拠を探す断片の数")
@click.option("--answerer", type=click.Choice(["auto", "extractive", "generative"]), help="答え方")
@click.option(
    "--backend",
    type=click.Choice(["none", "transformers", "openai", "langchain"]),
    help="文章を作るモデルの動かし方",
)
@click.option("--model", help="文章を作るモデルの名前かフォルダ")
@click.option("--base-url", metavar="URL", help="OpenAI 互換サーバーの場所")
@click.option("--temperature", type=float, help="文章のゆらぎ (0 なら毎回同じ)")
@click.option("--max-new-tokens", type=int, help="回答の長さの上限 (トークン)")
@click.option("--seed", type=int, help="乱数の種")
@click.option("--preset", type=click.Choice(["evidence", "model-card"]), help="生成のしかたの組")
@click.option("--show-prompt", is_flag=True, help="モデルに送った文をそのまま表示")
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
        generation__temperature=options["temperature"],
        generation__max_new_tokens=options["max_new_tokens"],
        generation__seed=options["seed"],
        generation__preset=options["preset"],
    )
    recorder = _record_prompts(settings) if options["show_prompt"] else None
    with open_assembly(settings) as assembly:
        answer = assembly.build_flow(recorder).answer(asked)
    prompts = recorder.shown() if recorder else []
    if as_json:
        print_json(answer_json(answer) | ({"prompts": prompts} if recorder else {}))
    else:
        click.echo("\n".join([*map(plain, prompts), *show_answer(answer)]))


def _record_prompts(settings: Settings) -> PromptRecorder:
    """The model that the settings ask for, with a record of what it is sent."""
    from rag.assembly import load_wanted_generator
    from rag.generation.recording import PromptRecorder

    generator = load_wanted_generator(settings)
    if generator is None:
        raise click.UsageError(
            "--show-prompt は文章を作るモデルがあるときだけ使えます: --backend も指定してください"
        )
    return PromptRecorder(generator)
