"""``swallow-rag models``: which models there are, which fit here, and how one comes onto this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ui.cli.asjson import print_json
from ui.cli.commands import json_option
from ui.cli.render import table

if TYPE_CHECKING:
    from rag.generation.catalog import CatalogEntry
    from rag.generation.hardware import Fit, Machine

_FITS = {"bf16": "○ bf16", "int8": "○ int8", "nf4": "○ nf4"}
_HEADINGS = ("モデル", "文体", "文脈", "重み", "KV/トークン", "この機械では", "ライセンス")


@click.group("models", invoke_without_command=True)
@json_option
@click.pass_context
def models_group(context: click.Context, /, *, as_json: bool) -> None:
    """使えるモデルの一覧と、この機械に載るかどうか。

    List the models and whether they fit here. 一覧にないモデルもフォルダや名前で使えます。
    """
    if context.invoked_subcommand:
        return
    from rag.generation.catalog import CATALOG
    from rag.generation.hardware import judge_fit, measure_machine

    machine = measure_machine()
    fits = [(entry, judge_fit(entry, machine)) for entry in CATALOG]
    if as_json:
        print_json({"machine": asdict(machine), "models": [_model_json(entry, fit) for entry, fit in fits]})
    else:
        click.echo("\n".join(_lines(machine, fits)))


@models_group.command("fetch")
@click.argument("name")
@click.option("--revision", metavar="REVISION", help="版 (コミットか枝の名前)")
@json_option
def fetch_command(name: str, *, revision: str | None, as_json: bool) -> None:
    """モデルを一度だけダウンロードします (safetensors とトークナイザーのみ)。

    Download a model once, on purpose, and show the checksums of its files. NAME がフォルダなら
    その中のファイルを確かめるだけです。

    例: swallow-rag models fetch tokyotech-llm/Swallow-7b-instruct-hf
    """
    from rag.generation.fetching import fetch_model, list_files

    folder = fetch_model(name, revision)
    files = list(list_files(folder))
    if as_json:
        print_json({"name": name, "folder": folder, "files": [asdict(file) for file in files]})
        return
    rows = [(file.sha256, f"{file.size_bytes:,}", file.name) for file in files]
    click.echo("\n".join([str(folder), *table(rows, right=frozenset({1}))]))


def _lines(machine: Machine, fits: list[tuple[CatalogEntry, Fit]]) -> Iterator[str]:
    yield f"この機械: {machine.description}"
    yield ""
    yield from table([_HEADINGS, *(_row(entry, fit) for entry, fit in fits)], right=frozenset({2, 3, 4}))
    yield ""
    yield "ライセンスの条件:"
    for licence in dict.fromkeys(entry.licence for entry, _ in fits):
        yield f"  {licence.name}: {licence.condition} ({licence.url})"


def _row(entry: CatalogEntry, fit: Fit) -> tuple[str, ...]:
    shape = entry.shape
    return (
        entry.repository,
        entry.prompt_style,
        f"{entry.published_context_tokens:,}",
        f"{shape.weight_bytes / 1e9:.1f} GB",
        f"{shape.kv_bytes_per_token // 1_024} KiB",
        _FITS.get(fit.precision or "") or _shortage(fit),
        entry.licence.name,
    )


def _shortage(fit: Fit) -> str:
    return "サーバーで (use a server)" if str(fit) == "use a server" else f"GPU {fit.num_gpus} 枚が必要"


def _model_json(entry: CatalogEntry, fit: Fit) -> dict[str, Any]:
    return {
        "name": entry.repository,
        "family": entry.family,
        "size": entry.size,
        "prompt_style": entry.prompt_style,
        "context_tokens": entry.published_context_tokens,
        "weight_bytes": entry.shape.weight_bytes,
        "kv_bytes_per_token": entry.shape.kv_bytes_per_token,
        "fit": str(fit),
        "licence": asdict(entry.licence),
    }
