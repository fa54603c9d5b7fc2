"""The command group: options that every command has, and commands that are imported when they are run."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rag.settings import Settings

COMMANDS = {
    "ingest": "ui.cli.ingest:ingest_command",
    "watch": "ui.cli.watch:watch_command",
    "inspect": "ui.cli.inspect:inspect_command",
    "ask": "ui.cli.ask:ask_command",
    "chat": "ui.cli.chat:chat_command",
    "replay": "ui.cli.replay:replay_command",
    "search": "ui.cli.search:search_command",
    "summarise": "ui.cli.summarise:summarise_command",
    "read": "ui.cli.reading:read_command",
    "level": "ui.cli.reading:level_command",
    "grammar": "ui.cli.grammar:grammar_command",
    "lookup": "ui.cli.grammar:lookup_command",
    "exercises": "ui.cli.study:exercises_command",
    "words": "ui.cli.study:words_command",
    "simplify": "ui.cli.study:simplify_command",
    "list": "ui.cli.documents:list_command",
    "remove": "ui.cli.documents:remove_command",
    "rebuild": "ui.cli.rebuild:rebuild_command",
    "ui": "ui.cli.page:ui_command",
    "demo": "ui.cli.demo:demo_command",
    "doctor": "ui.cli.doctor:doctor_command",
    "models": "ui.cli.models:models_group",
    "calibrate": "ui.cli.calibrate:calibrate_command",
    "eval": "ui.cli.evaluate:eval_group",
}
"""Name → where the command stands; in the order in which the help shows them."""


@dataclass(frozen=True, slots=True)
class Session:
    """What was given before the command."""

    settings_file: Path | None = None
    store: Path | None = None

    def settings(self, **arguments: Any) -> Settings:
        """The settings, with this command's options on top: ``settings(retrieval__top_k=5)``."""
        from rag.settings import load_settings

        dotted = {name.replace("__", "."): value for name, value in arguments.items()}
        return load_settings(self.settings_file, arguments={"store.path": self.store, **dotted})


class LazyGroup(click.Group):
    """A group whose commands are imported when asked for: ``ask`` does not pay for ``ingest``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does it, under a Japanese heading."""
        rows = [
            (name, command.get_short_help_str(80))
            for name in COMMANDS
            if (command := self.get_command(ctx, name))
        ]
        with formatter.section("コマンド"):
            formatter.write_dl(rows)


PATH = click.Path(path_type=Path)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option(
    "--settings", "settings_file", type=PATH, metavar="FILE", help="設定ファイル (既定は ./swallow-rag.toml)"
)
@click.option("--store", type=PATH, metavar="PATH", help="ストアの場所")
@click.option("-v", "--verbose", count=True, help="経過を詳しく表示 (-vv でさらに詳しく)")
@click.option("--debug", is_flag=True, help="誤りのときにトレースバックを表示")
@click.version_option(package_name="swallow-rag", message="%(prog)s %(version)s")
@click.pass_context
def swallow_rag(
    context: click.Context, settings_file: Path | None, store: Path | None, verbose: int, debug: bool
) -> None:
    """日本語の資料に質問すると、根拠の文とともに答えます。

    Answers questions about Japanese documents and proves every sentence of its answers.
    """
    if verbose:
        logging.basicConfig(
            level=logging.INFO if verbose == 1 else logging.DEBUG, format="%(name)s: %(message)s"
        )
    context.obj = Session(settings_file, store)


pass_session = click.make_pass_decorator(Session)
password_option = click.option("--password", metavar="TEXT", help="鍵のかかった PDF や zip のパスワード")
json_option = click.option("--json", "as_json", is_flag=True, help="結果を JSON 一つで標準出力へ")
