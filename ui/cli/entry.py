"""The entry point: runs a command, and turns whatever goes wrong into one line and an exit code.

Exit codes: 0 done, 1 a fault of ours or a finding of ``doctor``, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from rag.errors import RagError
from ui.cli.commands import swallow_rag

BAD_INPUT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``swallow-rag`` with these arguments (or the process's own) and exit."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows a question mark, and no traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        return int(swallow_rag.main(arguments, prog_name="swallow-rag", standalone_mode=False) or 0)
    except click.ClickException as error:
        _tell(_usage_line(error))
        return BAD_INPUT
    except RagError as error:
        _tell(str(error))
        return BAD_INPUT
    except click.exceptions.Abort:
        click.echo("中断しました。終わった分は残っています。", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Who read our output has gone (`| head`): nothing more is written, not even at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        _tell(f"予期しない誤りです ({type(error).__name__}: {_first_line(error)})。--debug で詳細が出ます。")
        if "--debug" in arguments:
            traceback.print_exc()
        return 1


def _tell(message: str) -> None:
    click.echo(f"エラー: {' '.join(message.split())}", err=True)


def _usage_line(error: click.ClickException) -> str:
    message = error.format_message()
    if not isinstance(error, click.UsageError):
        return message
    command = error.ctx.command_path if error.ctx else "swallow-rag"
    return f"{message} (使い方: {command} --help)"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
