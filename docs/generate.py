"""Writes docs/cli.md and docs/settings.md from the code; with ``--check`` only says whether they are fresh.

python docs/generate.py
python docs/generate.py --check
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic.fields import FieldInfo

from rag.settings import ENVIRONMENT_PREFIX, Settings
from ui.cli.commands import COMMANDS, swallow_rag

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCE = "<!-- docs/generate.py がコードから作ります。手で直さず `make docs` で作り直してください。 -->"
WIDTH = 100


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; 1 when one is stale."""
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run make docs", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    return {
        HERE / "cli.md": "\n".join(cli_page()) + "\n",
        HERE / "settings.md": "\n".join(settings_page()) + "\n",
    }


def cli_page() -> Iterator[str]:
    """The help of every command, as the terminal shows it."""
    yield from ("# コマンド — Command line", "", SOURCE, "")
    yield from ("終了コード: 0 成功、1 不具合または `doctor` の指摘、2 入力の誤り、130 中断。", "")
    context = click.Context(
        swallow_rag, info_name="swallow-rag", terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield from ("```text", swallow_rag.get_help(context), "```")
    for name in COMMANDS:
        command = swallow_rag.get_command(context, name)
        if command is None:
            raise LookupError(f"{name} is listed in ui/cli/commands.py and not there")
        yield from _command_help(command, name, context, "##")


def _command_help(command: click.Command, name: str, above: click.Context, heading: str) -> Iterator[str]:
    """The help of one command, and of the commands below it."""
    context = click.Context(command, above, name, terminal_width=WIDTH, max_content_width=WIDTH)
    title = context.command_path.removeprefix("swallow-rag ")
    yield from ("", f"{heading} {title}", "", "```text", command.get_help(context), "```")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _command_help(found, inner, context, f"{heading}#")


def settings_page() -> Iterator[str]:
    """Every setting with its type, default, environment variable and meaning."""
    yield from ("# 設定 — Settings", "", SOURCE, "")
    yield from (
        "優先順位: 引数 > 環境変数 > `swallow-rag.toml` > 既定値。知らない名前は誤りになります。",
        "Order: arguments > environment > `swallow-rag.toml` > defaults. Unknown names are errors.",
    )
    for stage, field in Settings.model_fields.items():
        section: Any = field.annotation
        yield from ("", f"## {stage}", "", (section.__doc__ or "").strip(), "")
        yield from ("| 設定 | 型 | 既定値 | 環境変数 | 意味 |", "|---|---|---|---|---|")
        for name, setting in section.model_fields.items():
            variable = f"{ENVIRONMENT_PREFIX}{stage}__{name}".upper()
            cells = (
                f"`{name}`",
                _type(setting),
                _default(name, setting),
                f"`{variable}`",
                setting.description or "",
            )
            yield f"| {' | '.join(cells)} |"


def _type(setting: FieldInfo) -> str:
    annotation: Any = setting.annotation
    if choices := getattr(annotation, "__args__", ()):
        names = [f"`{choice}`" if isinstance(choice, str) else choice.__name__ for choice in choices]
        return " / ".join("なし" if name == "NoneType" else name for name in names)
    return str(annotation.__name__)


def _default(name: str, setting: FieldInfo) -> str:
    if name == "path":
        return "利用者のデータフォルダの `swallow-rag/store`"
    value = setting.get_default(call_default_factory=True)
    return "なし" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
