"""Markdown as GitHub, Microsoft Docs and static sites write it: what a reader of the page would see.

Front matter gives title, author and date. Marks that a site's generator replaces (``[!NOTE]``,
``[!INCLUDE …]``, ``:::tip``, ``{#id}``, components of MDX) are taken out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from ingest.encoding import decode
from ingest.readers import html
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.front_matter import parse_front_matter
from ingest.readers.markdown_inline import Inline, render
from ingest.readers.rows import tell_row
from rag.types import Locator

MEDIA_TYPE = "text/markdown"

_HEADING_ID = re.compile(r"\s*(?:\{#[^{}\n]*\}|\{/\*.*?\*/\}|<a\s[^>]*>\s*(?:</a>)?)\s*$")
_SITE_MARKS = (
    (
        "include",
        re.compile(
            r"\[!(?:include|code|video|div)[^\[\]\n]*(?:\[[^\]\n]*\](?:\([^()\n]*\))?)?[^\]\n]*\]", re.I
        ),
    ),
    (
        "container-mark",
        re.compile(r"^[ \t]*:{3,}(?:image[^\n]*|[ \t]*(?:[\w-]+(?=\s|$))?(?:\{[^}\n]*\})?)", re.M),
    ),
    ("component", re.compile(r"^[ \t]*</?[A-Z][\w.]*(?:\s[^<>\n]*)?/?>[ \t]*$", re.M)),
    (
        "module-line",
        re.compile(r"^(?:import\s[^\n]*\sfrom\s+['\"][^\n]*|export\s+(?:default|const)\s[^\n]*)$", re.M),
    ),
)
_INLINE_MARK = re.compile(r"[\n\\`~*_\[<&^]")
"""What the inside of a paragraph without code, emphasis, links, tags and the like does not hold."""
_ALERT = re.compile(r"\[!(?:note|tip|important|warning|caution)\]\s*", re.I)
_FENCE = re.compile(r"^([ \t>]*)(`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*\2[`~]*[ \t]*$|\Z)", re.M | re.S)


def read(data: bytes, name: str) -> Reading:
    """Read a Markdown file."""
    decoded = decode(data)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    front = parse_front_matter(text)
    dropped: Counter[str] = Counter()
    body = _without_site_marks("\n" * front.num_lines + text[front.length :], dropped)
    blocks = tuple(_Walker(_parser().parse(body), dropped, name).blocks())
    return Reading(
        blocks=blocks,
        media_type=MEDIA_TYPE,
        title=front.title or _first_heading(blocks),
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        attributes=front.attributes,
        warnings=decoded.warnings,
        dropped=dict(dropped),
    )


class _Parser(MarkdownIt):
    """CommonMark without what only a page needs: addresses of links are not shown."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url


@cache
def _parser() -> MarkdownIt:
    from mdit_py_plugins.footnote import footnote_plugin

    parser = _Parser("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.core.ruler.at("inline", _parse_inline)
    return parser


def _parse_inline(state: StateCore) -> None:
    """The library's rule, but text without any mark is one token at once."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if _INLINE_MARK.search(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children.append(Token("text", "", 0, content=token.content))


def _without_site_marks(text: str, dropped: Counter[str]) -> str:
    """Take out what a site's generator would replace, but not in code; lines keep their numbers."""
    pieces: list[str] = []
    done = 0
    for fence in _FENCE.finditer(text):
        pieces += (_strip_marks(text[done : fence.start()], dropped), fence[0])
        done = fence.end()
    return "".join((*pieces, _strip_marks(text[done:], dropped)))


def _strip_marks(text: str, dropped: Counter[str]) -> str:
    for reason, pattern in _SITE_MARKS:
        num_chars = len(text)
        text = pattern.sub("", text)
        if len(text) < num_chars:
            dropped[reason] += num_chars - len(text)
    return text


def _first_heading(blocks: Sequence[Block]) -> str | None:
    return next(
        (block.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), None
    )


class _Walker:
    """Goes through the tokens of one file once."""

    def __init__(self, tokens: Sequence[Token], dropped: Counter[str], name: str) -> None:
        self._tokens = tokens
        self._dropped = dropped
        self._name = name
        self._lists: list[int | None] = []
        self._marker: str | None = None
        self._num_quotes = 0
        self._num_alert_quotes = 0
        self._in_footnotes = False
        self._lines = (1, 1)
        self._level = 1
        self._header: list[str] | None = None
        self._num_rows = 0
        self._cells: list[str] = []

    def blocks(self) -> Iterator[Block]:
        for before, token in zip(("", *(token.type for token in self._tokens)), self._tokens, strict=False):
            if token.map is not None:
                self._lines = token.map[0] + 1, max(token.map[1], token.map[0] + 1)
            if token.type == "inline":
                yield from self._inline(token, before)
            elif token.type == "tr_close":
                yield from self._row()
            elif token.type == "table_close" and not self._num_rows:
                yield from self._block(BlockKind.TABLE_ROW, Inline(tell_row(None, self._header or [])))
            elif token.type in {"fence", "code_block"}:
                yield from self._block(BlockKind.CODE, Inline(token.content.rstrip("\n")))
            elif token.type == "html_block":
                yield from self._html(token.content)
            elif token.type in _STRUCTURE:
                _STRUCTURE[token.type](self, token)

    def _inline(self, token: Token, opened_by: str) -> Iterator[Block]:
        inline = render(token.children or ())
        if inline.num_alt_chars:
            self._dropped["picture-description"] += inline.num_alt_chars
        alert = _ALERT.match(inline.text)
        if alert is not None:
            self._num_alert_quotes = self._num_quotes
            self._dropped["alert-mark"] += alert.end()
            inline = inline.without(alert.end())
        if opened_by in {"th_open", "td_open"}:
            self._cells.append(inline.text)
        elif opened_by == "heading_open":
            yield from self._block(
                BlockKind.HEADING, replace(inline, text=_HEADING_ID.sub("", inline.text).rstrip())
            )
        elif self._marker is not None:
            marker, self._marker = self._marker, None
            yield from self._block(BlockKind.LIST_ITEM, inline.after(marker))
        else:
            yield from self._block(self._prose_kind, inline)

    @property
    def _prose_kind(self) -> BlockKind:
        if self._in_footnotes:
            return BlockKind.NOTE
        is_quoted = self._num_quotes > self._num_alert_quotes
        return BlockKind.QUOTE if is_quoted else BlockKind.PARAGRAPH

    def _row(self) -> Iterator[Block]:
        if self._header is None:
            self._header = self._cells
        else:
            yield from self._block(BlockKind.TABLE_ROW, Inline(tell_row(self._header, self._cells)))
            self._num_rows += 1
        self._cells = []

    def _html(self, content: str) -> Iterator[Block]:
        """HTML between the paragraphs: its text, its tables; comments and scripts are nothing to read."""
        for block in html.fragment_blocks(content, self._name, self._dropped):
            yield replace(block, place=self._place)

    def _block(self, kind: BlockKind, inline: Inline) -> Iterator[Block]:
        if inline.text.strip():
            level = self._level if kind is BlockKind.HEADING else 0
            yield Block(kind, inline.text, level=level, place=self._place, annotations=inline.annotations)

    @property
    def _place(self) -> Locator:
        return Locator(0, 0, lines=self._lines)

    def _open_heading(self, token: Token) -> None:
        self._level = int(token.tag[1:])

    def _open_bullets(self, token: Token) -> None:
        self._lists.append(None)

    def _open_numbers(self, token: Token) -> None:
        self._lists.append(int(token.attrs.get("start", 1)))

    def _close_list(self, token: Token) -> None:
        self._lists.pop()
        self._marker = None

    def _open_item(self, token: Token) -> None:
        number = self._lists[-1]
        self._marker = "" if number is None else f"{number}. "
        self._lists[-1] = None if number is None else number + 1

    def _open_quote(self, token: Token) -> None:
        self._num_quotes += 1

    def _close_quote(self, token: Token) -> None:
        self._num_quotes -= 1
        self._num_alert_quotes = min(self._num_alert_quotes, self._num_quotes)

    def _open_table(self, token: Token) -> None:
        self._header = None
        self._num_rows = 0

    def _open_footnotes(self, token: Token) -> None:
        self._in_footnotes = True


_STRUCTURE: dict[str, Callable[[_Walker, Token], None]] = {
    "heading_open": _Walker._open_heading,
    "bullet_list_open": _Walker._open_bullets,
    "ordered_list_open": _Walker._open_numbers,
    "bullet_list_close": _Walker._close_list,
    "ordered_list_close": _Walker._close_list,
    "list_item_open": _Walker._open_item,
    "blockquote_open": _Walker._open_quote,
    "blockquote_close": _Walker._close_quote,
    "table_open": _Walker._open_table,
    "footnote_block_open": _Walker._open_footnotes,
}
