"""``swallow-rag summarise``: what is in a document, every sentence of it with its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.types import Document, Scope
from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session, password_option
from ui.cli.scoping import read_text, scope_options

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.summary.making import Told

LENGTHS = ("一行", "短い", "標準", "詳しい")
FORMATS = ("段落", "箇条書き", "議事録", "変更点")
WRITERS = (".md", ".docx")


@click.command("summarise")
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE]...")
@scope_options
@click.option("--length", type=click.Choice(LENGTHS), default="標準", help="長さ (既定は標準)")
@click.option("--max-chars", type=click.IntRange(min=20), metavar="N", help="長さを文字数で")
@click.option("--focus", metavar="QUESTION", help="この問いに関わることを中心に")
@click.option(
    "--format", "layout", type=click.Choice(FORMATS), default="段落", help="形 (変更点は二つの版の比較)"
)
@click.option("--by-chapter", is_flag=True, help="章ごとに")
@click.option(
    "--backend", type=click.Choice(["none", "transformers", "openai"]), help="文章を作るモデルの動かし方"
)
@click.option("--model", help="文章を作るモデルの名前かフォルダ")
@click.option("--base-url", metavar="URL", help="OpenAI 互換サーバーの場所")
@password_option
@click.option("--cache", type=PATH, metavar="FOLDER", help="途中の結果を残すフォルダ (既定はストアの隣)")
@click.option("--output", type=PATH, metavar="FILE", help="脚注付きで書き出す (.md か .docx)")
@json_option
@pass_session
def summarise_command(
    session: Session, /, files: tuple[Path, ...], *, scope: Scope, as_json: bool, **options: Any
) -> None:
    """文書を、根拠の文とともに要約します。

    Summarise files, or documents of the store. FILE は取り込まずに読みます。ストアの資料は --source か
    --collection で選びます。

    例: swallow-rag summarise 就業規則.txt --length 短い --focus 休暇は何日か
    """
    output = _checked_output(options["output"])
    if bool(files) == (not scope.is_open):
        raise click.UsageError("FILE か、--source または --collection のどちらか一方を指定してください")
    settings = session.settings(
        generation__backend=options["backend"],
        generation__model=options["model"],
        generation__base_url=options["base_url"],
        ingest__password=options["password"],
    )
    documents = _read(files, settings) if files else _stored(scope, settings)
    page = _make(documents, settings, options)
    if output is not None:
        _write(page, output)
    if as_json:
        from ui.cli.summaryjson import page_json

        print_json(page_json(page))
        return
    from ui.cli.summaryview import show_page

    click.echo("\n".join(show_page(page)))
    if output is not None:
        click.echo(f"\n書き出し: {output}")


def _make(documents: list[Document], settings: Settings, options: dict[str, Any]) -> Any:
    from rag.assembly import load_bundled_embedder, load_wanted_generator
    from rag.summary.assembling import build_summarizer
    from rag.summary.base import Format, Length, Request
    from rag.summary.making import make_page
    from rag.text.analyzer import load_analyzer

    summarizer = build_summarizer(
        load_analyzer(settings.ingest.user_dictionary),
        load_bundled_embedder(),
        load_wanted_generator(settings),
        generation=settings.generation,
        answering=settings.answering,
        cache=options["cache"] or settings.store.path.with_name("summaries"),
    )
    focus = read_text(options["focus"]) if options["focus"] else ""
    request = Request(Length(options["length"]), focus, options["by_chapter"], options["max_chars"])
    with _counting() as told:
        return make_page(documents, summarizer, request, Format(options["layout"]), told)


def _read(files: tuple[Path, ...], settings: Settings) -> list[Document]:
    """The documents in the files; what cannot be read is said, and is an error when nothing is left."""
    from ingest.reading import read_documents
    from rag.errors import ReadError

    outcomes = [read for file in files for read in read_documents([file], settings.ingest)]
    problems = [f"{one.source}: {one.problem}" for one in outcomes if one.document is None]
    documents = [one.document for one in outcomes if one.document is not None]
    if not documents:
        raise ReadError(problems[0] if problems else "there is no file in what was given: check the paths")
    for problem in problems:
        click.echo(f"読めませんでした: {problem}", err=True)
    return documents


def _stored(scope: Scope, settings: Settings) -> list[Document]:
    """The documents that the scope shows."""
    from rag.assembly import open_assembly
    from rag.errors import DocumentNotFound

    with open_assembly(settings) as assembly:
        infos = assembly.store.document_infos(scope)
        documents = [assembly.store.document(info.id, scope) for info in infos]
    if not documents:
        names = "、".join(sorted(scope.sources | scope.collections))
        raise DocumentNotFound(f"no document of the store is in {names}: see swallow-rag list")
    return documents


def _checked_output(output: Path | None) -> Path | None:
    """The file to write to, before any work is done."""
    if output is not None and output.suffix.lower() not in WRITERS:
        raise click.UsageError(f"--output {output}: 拡張子は {' か '.join(WRITERS)} にしてください")
    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"--output {output}: フォルダ {output.parent} がありません")
    return output


def _write(page: Any, output: Path) -> None:
    from rag.summary.export.markdown import to_markdown
    from rag.summary.export.word import to_docx

    if output.suffix.lower() == ".md":
        output.write_text(to_markdown(page), encoding="utf-8")
    else:
        output.write_bytes(to_docx(page))


@contextmanager
def _counting() -> Iterator[Told]:
    """A counter on standard error, where that is a terminal."""
    from rag.summary.making import tell_nobody

    if not sys.stderr.isatty():
        yield tell_nobody
        return

    def told(document: int, documents: int, done: int, total: int) -> None:
        prompts = f" {done:,} / {total:,}" if total else ""
        click.echo(f"\r\x1b[K要約 {document + 1:,} / {documents:,}{prompts}", nl=False, err=True)

    yield told
    click.echo("\r\x1b[K", nl=False, err=True)
