"""The text corpus as blocks: what is a title, a heading, an English slug, running text.

Each corpus has its own notation (laws, Aozora ruby text, Markdown); from here on they look alike. Of the
manuals that are asked about in ``data/eval`` the texts are read, as of any documents that somebody
searches; the questions never.
"""

from __future__ import annotations

import json
import lzma
import re
import tarfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""The shared data beside the checkout."""

MAX_DOCUMENT_CHARS = 40_000
"""Long laws and novels are cut here, so that no single document colours the word statistics."""

_BLOCK_CHARS = 300
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠々]")


class Kind(StrEnum):
    """What a block is; the letter is its mark in the cache of words."""

    TITLE = "T"
    HEADING = "H"
    SLUG = "E"
    """The English heading that Microsoft's translations keep as an anchor: ``creating-a-function``."""
    TEXT = "P"


class Block(NamedTuple):
    """One heading or one stretch of text of about 300 characters."""

    kind: Kind
    text: str


def read_documents(name: str) -> Iterator[list[Block]]:
    """The documents of one of `CORPORA`, each as its blocks in order."""
    parse = _PARSERS[name]
    for title, text in _read_manuals() if name == MANUALS else _read_records(name):
        yield [Block(Kind.TITLE, title), *_join_short(parse(text[:MAX_DOCUMENT_CHARS]))]


def _read_records(name: str) -> Iterator[tuple[str, str]]:
    """Title and text of each line of ``corpus/NAME.jsonl.xz``."""
    with lzma.open(DATA / "corpus" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield record["title"], record["text"]


def _read_manuals() -> Iterator[tuple[str, str]]:
    """Title and text of each Markdown page of ``docs/``."""
    for archive in sorted((DATA / "docs").glob("*.tar.gz")):
        with tarfile.open(archive) as pages:
            for page in pages:
                if page.name.endswith(".md") and (file := pages.extractfile(page)):
                    text = file.read().decode("utf-8-sig", "replace").replace("\r\n", "\n")
                    title = _TITLE.search(text)
                    yield title[1] if title else Path(page.name).stem, text


def _join_short(blocks: Iterator[Block]) -> Iterator[Block]:
    """Neighbouring short paragraphs (dialogue, list items) become one block."""
    pending = ""
    for block in blocks:
        if block.kind is not Kind.TEXT or len(pending) >= _BLOCK_CHARS:
            if pending:
                yield Block(Kind.TEXT, pending)
            pending = ""
        if block.kind is Kind.TEXT:
            pending = f"{pending}\n{block.text}" if pending else block.text
        else:
            yield block
    if pending:
        yield Block(Kind.TEXT, pending)


_LAW_CAPTION = re.compile(r"[（(]([^（）()]{2,40})[）)]")
_LAW_PART = re.compile(r"第[一二三四五六七八九十百〇]+[編章節款目]の?[一二三四五六七八九十]*[\s　]+(.{1,40})")
_LAW_NUMBER = re.compile(
    r"(第?[一二三四五六七八九十百千〇]+(条|項|号)?(の[一二三四五六七八九十]+)*|[イ-ン]|[０-９]+)"
)


def _parse_law(text: str) -> Iterator[Block]:
    """「（目的）」 above 「第一条」 is a heading of the article's text."""
    for raw in text.splitlines():
        line = raw.strip(" \t　")
        if not line or _LAW_NUMBER.fullmatch(line):
            continue
        heading = _LAW_CAPTION.fullmatch(line) or _LAW_PART.fullmatch(line)
        yield Block(Kind.HEADING, heading[1]) if heading else Block(Kind.TEXT, line)


_RUBY = re.compile(r"《[^》]*》|［＃[^］]*］|｜")


def _parse_aozora(text: str) -> Iterator[Block]:
    """The work alone: without the legend at the top, ruby, notes and the colophon."""
    body = re.split(r"^-{20,}$", text, flags=re.MULTILINE)[-1]
    body = re.split(r"^底本：", body, flags=re.MULTILINE)[0]
    for line in _RUBY.sub("", body).splitlines():
        if stripped := line.strip(" 　"):
            yield Block(Kind.TEXT, stripped)


_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_HEADING = re.compile(r"#{1,6}\s+(?:<a name=\"(?P<slug>[^\"]*)\"[^>]*></a>)?(?P<text>.+)")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1[^\n]*$", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"</?[A-Za-z][^>]*>"), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[!\w+[^\]]*\]|https?://\S+"), " "),
    (re.compile(r"[|*_`>\\]+|:?-{3,}:?"), " "),
)


def _parse_markdown(text: str) -> Iterator[Block]:
    """Headings with their slugs, and paragraphs in Japanese; code, links and markup left out."""
    body = _FENCE.sub("", _FRONT_MATTER.sub("", text))
    for line in body.splitlines():
        heading = _HEADING.fullmatch(line.strip())
        if heading:
            yield Block(Kind.HEADING, _strip_markup(heading["text"]))
            if heading["slug"]:
                yield Block(Kind.SLUG, heading["slug"].replace("-", " "))
        elif _JAPANESE.search(stripped := _strip_markup(line)):
            yield Block(Kind.TEXT, stripped)


def _strip_markup(line: str) -> str:
    for pattern, replacement in _MARKUP:
        line = pattern.sub(replacement, line)
    return line.strip(" \t　")


MANUALS = "manuals"
_PARSERS: dict[str, Callable[[str], Iterator[Block]]] = {
    "law": _parse_law,
    "aozora": _parse_aozora,
    "technical": _parse_markdown,
    MANUALS: _parse_markdown,
}
CORPORA = tuple(_PARSERS)
