r"""RTF: the text that is shown, with headings, lists, tables, footnotes and ruby.

Hidden and deleted text, page headers and comments are left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.readers.base import Reading
from ingest.readers.headings import promote_numbered
from ingest.readers.rtf_flow import Flow
from ingest.readers.rtf_tokens import Decoder, Token, tokens
from rag.errors import LimitExceeded
from rag.types import Attributes

MEDIA_TYPE = "application/rtf"
MAX_DEPTH = 500

_SILENT = frozenset({
    "colortbl", "listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "pict", "object",
    "objdata", "themedata", "colorschememapping", "latentstyles", "datastore", "xmlnstbl", "mmathPr",
    "bkmkstart", "bkmkend", "pn", "pntext", "filetbl", "pgdsctbl", "atrfstart", "atrfend", "atndate",
    "atnid", "atnauthor", "atnref", "nonshppict", "shppict",
})  # fmt: skip
_COUNTED = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"),
                    "page-header"),
    "annotation": "comment",
}  # fmt: skip
_SHOWN_ALTHOUGH_STARRED = frozenset({"shpinst", "shptxt", "footnote", "annotation", "fldinst", "listtext"})
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "‑", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}
_INFORMATION = frozenset({"title", "author"})
_TARGETS = frozenset({"fonttbl", "stylesheet", "info", "footnote", "fldinst", *_COUNTED})
_RUBY = re.compile(r"\\s\\up\s*[\d.]+\s*\((?P<reading>[^()]*)\)\s*[,;]\s*(?P<base>[^()]*)\)")
_HEADING_STYLE = re.compile(r"\s*(?:heading|見出し)\s*([1-9])", re.I)


@dataclass(slots=True)
class _Group:
    """What holds until the group is closed."""

    target: str = "body"
    font: int = 0
    num_fallbacks: int = 1
    is_hidden: bool = False
    is_deleted: bool = False
    is_starred: bool = False


def read(data: bytes, name: str) -> Reading:
    """Read an RTF file."""
    walker = _Walker(data, name)
    for token in tokens(data):
        walker.take(token)
    damaged = walker.decoder.num_damaged
    return Reading(
        blocks=tuple(promote_numbered(walker.flow.finish())),
        media_type=MEDIA_TYPE,
        title=walker.information["title"].strip() or None,
        encoding=walker.decoder.encoding,
        attributes=Attributes(author=walker.information["author"].strip() or None),
        warnings=(f"{damaged} damaged places, shown as \ufffd",) if damaged else (),
        dropped={reason: number for reason, number in walker.dropped.items() if number},
    )


class _Walker:
    """Goes through the pieces once, with the state of every open group."""

    def __init__(self, data: bytes, name: str) -> None:
        self.decoder = Decoder(data)
        self.dropped: Counter[str] = Counter()
        self.information = dict.fromkeys(_INFORMATION, "")
        self.flow = Flow()
        self._name = name
        self._groups = [_Group()]
        self._note = ""
        self._field = ""
        self._num_skipped = 0
        self._levels: dict[int, int] = {}
        self._style = 0
        self._charset_font = 0

    def take(self, token: Token) -> None:
        """One piece of the file."""
        group = self._groups[-1]
        match token.kind:
            case "open":
                self._open(group)
            case "close":
                self._close()
            case "bytes":
                self._bytes(token.data, group)
            case "symbol" if token.value == "*":
                group.is_starred = True
            case "symbol":
                self._put(_SYMBOLS.get(token.value, ""), group)
            case _:
                self._word(token.value, token.number, group)

    def _open(self, group: _Group) -> None:
        if len(self._groups) > MAX_DEPTH:
            raise LimitExceeded(f"{self._name}: groups are nested more than {MAX_DEPTH} deep")
        self._groups.append(replace(group, is_starred=False))

    def _close(self) -> None:
        if len(self._groups) == 1:
            return
        closed, outer = self._groups.pop(), self._groups[-1]
        if closed.target == outer.target:
            return
        if closed.target == "footnote":
            self.flow.add_note(self._note)
            self._note = ""
        elif closed.target == "fldinst":
            self._end_field(outer)

    def _bytes(self, data: bytes, group: _Group) -> None:
        if group.target == "silent":  # pictures are megabytes of digits
            return
        skipped = min(self._num_skipped, len(data))
        self._num_skipped -= skipped
        self._put(self.decoder.decode(data[skipped:], group.font), group)

    def _word(self, word: str, number: int | None, group: _Group) -> None:
        self._num_skipped = 0
        if word == "u" and number is not None:
            self._put(chr(number % 0x10000), group)
            self._num_skipped = group.num_fallbacks
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word], group)
        elif word in _HANDLERS:
            _HANDLERS[word](self, group, number)
        else:
            self._aim(word, group)
        group.is_starred = False

    def _aim(self, word: str, group: _Group) -> None:
        """Where the text of a group goes, where its first word says so."""
        if group.target == "silent" or (group.target == "info" and word not in _INFORMATION):
            return
        if word in _TARGETS or (word in _INFORMATION and group.target == "info"):
            group.target = word
        elif word in _SILENT or (group.is_starred and word not in _SHOWN_ALTHOUGH_STARRED):
            group.target = "silent"

    def _put(self, text: str, group: _Group) -> None:
        """Text to where it belongs; what nobody sees is counted."""
        if not text:
            return
        if group.target in _COUNTED:
            self.dropped[_COUNTED[group.target]] += len(text.strip())
        elif group.target in _INFORMATION:
            self.information[group.target] += text
        elif group.target == "footnote":
            self._note += text
        elif group.target == "fldinst":
            self._field += text
        elif group.target == "stylesheet":
            self._name_style(text)
        elif group.target == "body":
            self._show(text, group)

    def _show(self, text: str, group: _Group) -> None:
        if group.is_deleted or group.is_hidden:
            self.dropped["deleted" if group.is_deleted else "hidden-text"] += len(text)
        else:
            self.flow.add(text)

    def _name_style(self, text: str) -> None:
        match = _HEADING_STYLE.match(text)
        if match:
            self._levels[self._style] = int(match[1])

    def _end_field(self, group: _Group) -> None:
        r"""Word writes ruby as a formula: ``EQ \o\ad(\s\up 9(とうきょう),東京)``."""
        match = _RUBY.search(self._field)
        self._field = ""
        if match and match["base"] and group.target == "body" and not group.is_hidden:
            self.flow.add(match["base"], match["reading"])

    def _set_font(self, group: _Group, number: int | None) -> None:
        group.font = number or 0
        self._charset_font = group.font

    def _set_charset(self, group: _Group, number: int | None) -> None:
        if group.target == "fonttbl":
            self.decoder.set_charset(self._charset_font, number or 0)

    def _set_code_page(self, _group: _Group, number: int | None) -> None:
        self.decoder.set_code_page(number or 0)

    def _set_fallbacks(self, group: _Group, number: int | None) -> None:
        group.num_fallbacks = 1 if number is None else number

    def _set_hidden(self, group: _Group, number: int | None) -> None:
        group.is_hidden = number != 0

    def _set_deleted(self, group: _Group, number: int | None) -> None:
        group.is_deleted = number != 0

    def _set_plain(self, group: _Group, _number: int | None) -> None:
        group.is_hidden = group.is_deleted = False

    def _set_style(self, group: _Group, number: int | None) -> None:
        self._style = number or 0
        if group.target == "body":
            self.flow.level = self._levels.get(self._style, 0)

    def _set_outline(self, group: _Group, number: int | None) -> None:
        level = (number or 0) + 1
        if group.target == "stylesheet":
            self._levels[self._style] = level
        elif group.target == "body":
            self.flow.level = level

    def _begin_paragraph(self, group: _Group, _number: int | None) -> None:
        if group.target == "body":
            self.flow.level = 0
            self.flow.is_in_table = False

    def _begin_in_table(self, group: _Group, _number: int | None) -> None:
        if group.target == "body":
            self.flow.is_in_table = True

    def _begin_label(self, group: _Group, _number: int | None) -> None:
        if group.target == "body":
            self.flow.is_listed = True

    def _end(self, what: Callable[[Flow], None], group: _Group) -> None:
        if group.target == "body":
            what(self.flow)
        elif group.target == "footnote":
            self._note += "\n"


_HANDLERS: dict[str, Callable[[_Walker, _Group, int | None], None]] = {
    "f": _Walker._set_font,
    "fcharset": _Walker._set_charset,
    "ansicpg": _Walker._set_code_page,
    "uc": _Walker._set_fallbacks,
    "v": _Walker._set_hidden,
    "deleted": _Walker._set_deleted,
    "plain": _Walker._set_plain,
    "s": _Walker._set_style,
    "outlinelevel": _Walker._set_outline,
    "pard": _Walker._begin_paragraph,
    "intbl": _Walker._begin_in_table,
    "listtext": _Walker._begin_label,
    "par": lambda walker, group, _: walker._end(Flow.end_paragraph, group),
    "sect": lambda walker, group, _: walker._end(Flow.end_paragraph, group),
    "page": lambda walker, group, _: walker._end(Flow.end_paragraph, group),
    "cell": lambda walker, group, _: walker._end(Flow.end_cell, group),
    "nestcell": lambda walker, group, _: walker._end(Flow.end_paragraph, group),
    "row": lambda walker, group, _: walker._end(Flow.end_row, group),
}
