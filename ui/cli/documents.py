"""``swallow-rag list`` and ``remove``: which documents the store holds."""

from __future__ import annotations

import click

from rag.errors import DocumentNotFound
from rag.types import DocumentInfo, Scope
from ui.cli.asjson import document_json, print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.render import table

_NUMBERS = frozenset({2, 3})


@click.command("list")
@click.option("--collection", "collections", multiple=True, metavar="NAME", help="この資料群だけ (複数可)")
@json_option
@pass_session
def list_command(session: Session, /, collections: tuple[str, ...], as_json: bool) -> None:
    """ストアにある資料を一覧します。

    List the documents in the store.
    """
    from rag.assembly import open_assembly

    with open_assembly(session.settings()) as assembly:
        infos = assembly.store.document_infos(Scope(collections=frozenset(collections)))
    if as_json:
        print_json({"documents": [document_json(info) for info in infos]})
        return
    heading = ("資料群", "資料", "文字", "断片", "場所")
    rows = [(i.collection, i.name, f"{i.num_chars:,}", str(i.num_chunks), i.source) for i in infos]
    click.echo("\n".join(table([heading, *rows], right=_NUMBERS)) if rows else "資料はまだありません。")


@click.command("remove")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--collection", metavar="NAME", help="この資料群の中から。NAME がなければ資料群をまるごと")
@json_option
@pass_session
def remove_command(
    session: Session, /, names: tuple[str, ...], collection: str | None, as_json: bool
) -> None:
    """資料をストアから外します。元のファイルはそのままです。

    Take documents out of the store, by file name or whole path; the files themselves stay.
    """
    from ingest.containers import with_members
    from rag.assembly import open_assembly

    if not names and collection is None:
        raise click.UsageError("外す資料の名前か --collection を指定してください")
    with open_assembly(session.settings()) as assembly:
        scope = Scope(collections=frozenset({collection} if collection else ()))
        infos = assembly.store.document_infos(scope)
        chosen = with_members(_choose(infos, names, collection), infos)
        for info in chosen:
            assembly.store.remove(info.id)
        assembly.store.publish()
    if as_json:
        print_json({"removed": [document_json(info) for info in chosen]})
    else:
        click.echo(f"{len(chosen)} 件の資料を外しました。")


def _choose(infos: list[DocumentInfo], names: tuple[str, ...], collection: str | None) -> list[DocumentInfo]:
    """All that were named, without names all; nothing is removed when a name is unknown or ambiguous."""
    if not infos and collection is not None:
        raise DocumentNotFound(f"there is no collection {collection!r}: see swallow-rag list")
    return list(dict.fromkeys(_find(infos, name) for name in names)) if names else infos


def _find(infos: list[DocumentInfo], name: str) -> DocumentInfo:
    named = [info for info in infos if name in {info.source, info.name}]
    if not named:
        raise DocumentNotFound(f"there is no document {name!r}: see swallow-rag list")
    if len(named) > 1:
        places = ", ".join(f"{info.source} ({info.collection})" for info in named)
        raise DocumentNotFound(f"{name!r} could be any of {places}: give the whole path or --collection")
    return named[0]
