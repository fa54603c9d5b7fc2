"""What the commands that answer have in common: how an answer is made."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ui.cli.commands import Session
from ui.cli.scoping import VARIETY_OPTION

if TYPE_CHECKING:
    from rag.settings import Settings

_SETTINGS = {
    "top_k": "retrieval__top_k",
    "variety": "retrieval__max_per_document",
    "answerer": "answering__answerer",
    "backend": "generation__backend",
    "model": "generation__model",
    "base_url": "generation__base_url",
    "temperature": "generation__temperature",
    "max_new_tokens": "generation__max_new_tokens",
    "seed": "generation__seed",
    "preset": "generation__preset",
}
"""Option → the setting that it stands for."""

_OPTIONS = (
    click.option("--top-k", type=int, help="根拠を探す断片の数"),
    VARIETY_OPTION,
    click.option("--answerer", type=click.Choice(["auto", "extractive", "generative"]), help="答え方"),
    click.option(
        "--backend",
        type=click.Choice(["none", "transformers", "openai", "langchain"]),
        help="文章を作るモデルの動かし方",
    ),
    click.option("--model", help="文章を作るモデルの名前かフォルダ"),
    click.option("--base-url", metavar="URL", help="OpenAI 互換サーバーの場所"),
    click.option("--temperature", type=float, help="文章のゆらぎ (0 なら毎回同じ)"),
    click.option("--max-new-tokens", type=int, help="回答の長さの上限 (トークン)"),
    click.option("--seed", type=int, help="乱数の種"),
    click.option("--preset", type=click.Choice(["evidence", "model-card"]), help="生成のしかたの組"),
)


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that shape an answer, and hand them on as ``settings``; stands below `pass_session`."""

    @functools.wraps(command)
    def with_settings(session: Session, /, **options: Any) -> Any:
        chosen = {setting: options.pop(option) for option, setting in _SETTINGS.items()}
        settings: Settings = session.settings(**chosen)
        return command(settings=settings, **options)

    for option in reversed(_OPTIONS):
        with_settings = option(with_settings)
    return with_settings
