"""``swallow-rag ask``: a question, an answer, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rag.types import Question, Scope
from ui.cli.answering import answer_options
from ui.cli.asjson import answer_json, print_json
from ui.cli.commands import json_option, pass_session
from ui.cli.render import plain, show_answer
from ui.cli.scoping import as_of_option, read_text, scope_options

if TYPE_CHECKING:
    from rag.generation.recording import PromptRecorder
    from rag.settings import Settings


@click.command("ask")
@click.argument("question")
@scope_options
@as_of_option
@pass_session
@answer_options
@click.option("--show-prompt", is_flag=True, help="モデルに送った文をそのまま表示")
@json_option
def ask_command(*, question: str, scope: Scope, settings: Settings, show_prompt: bool, as_json: bool) -> None:
    """質問に、根拠の文とともに答えます。

    Answer a question from the documents. QUESTION が「-」なら標準入力から読みます。

    例: swallow-rag ask 「有給休暇は何日もらえますか」
    """
    from rag.assembly import open_assembly

    asked = Question(read_text(question), scope)
    recorder = _record_prompts(settings) if show_prompt else None
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
