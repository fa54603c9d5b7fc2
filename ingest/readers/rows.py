"""Tables as sentences of their own: every row told with its header, 「部名: 茶道部 / 場所: 本社3階和室」.

A row must be understood alone, because it may be found alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

Row = Sequence[str]

SEPARATOR = " / "

_BREAKS = re.compile(r"\s*[\r\n\v\f\u2028\u2029]+\s*")
_AFTER_STOP = re.compile(r"([。！？])\s*[\r\n\v\f\u2028\u2029]+\s*")
_VALUE = re.compile(
    r"[\s\d０-９.,．，:：/／\-−–+＋±¥￥$%％()（）〜～年月日時分秒円人件個回名歳時間]+|[〇○◯×✕✓✔◎△▲－—―-]|https?://\S+|\S+@\S+"
)
_HEADER_WORDS = re.compile(
    "(?:項目|内容|内訳|名称|名前|氏名|説明|原因|対応|対処|処置|効果|理由|方法|目的|機能|役割|時期|期間|日時|日程|状態|結果|条件|対象|用語|意味|備考|番号|区分|日付|種類|分類|単位|金額|数量|品名|場所|担当|期限|質問|回答|値"
    "|コード|型|定義|概要|読み|よみ|例|項番|データ型|形式|必須|見出し|No\\.?|ID|#|term|name|type|value|description"
    "|.{0,10}(?:額|数|数量|率|価格|単価|人口|日付|年月日|名称|者名))",
    re.I,
)
_HEADER_CHARS = 40
_FILLED_SHARE = 0.6
_DISTINCT_SHARE = 0.75
_LEADING_ROWS = 5
_ROWS_BELOW = 100


class Telling(NamedTuple):
    """One row told; ``number`` is its place among the rows given, from 0."""

    number: int
    text: str


def tell_row(header: Row | None, cells: Row) -> str:
    """One row: ``["部名", "場所"]`` and ``["茶道部", "和室"]`` → 「部名: 茶道部 / 場所: 和室」."""
    cells = [tidy_cell(cell) for cell in cells]
    if header is None:
        return SEPARATOR.join(filter(None, cells))
    names = [*header, *[""] * (len(cells) - len(header))]
    return SEPARATOR.join(
        f"{name}: {cell}" if name and name != cell else cell
        for name, cell in zip(map(tidy_cell, names), cells, strict=False)
        if cell
    )


def tidy_cell(cell: str) -> str:
    """A cell on one line; a sentence that ended needs no blank before the next."""
    return _BREAKS.sub(" ", _AFTER_STOP.sub(r"\1", cell)).strip() if _BREAKS.search(cell) else cell.strip()


def tell_table(rows: Sequence[Row], *, header_index: int | None) -> Iterator[Telling]:
    """Every row below the header told with it; those above it (a title, a unit) as they are."""
    header = rows[header_index] if header_index is not None else None
    for index, row in enumerate(rows):
        if index == header_index and index + 1 < len(rows):
            continue
        is_body = header_index is not None and index > header_index
        text = tell_row(header if is_body else None, row)
        if text:
            yield Telling(index, text)


def tell_pairs(rows: Sequence[Row]) -> Iterator[Telling]:
    """A form, whose first column names the second: 「氏名: 担当者A」."""
    for index, row in enumerate(rows):
        cells = [tidy_cell(cell) for cell in row if tidy_cell(cell)]
        if cells:
            yield Telling(index, f"{cells[0]}: {SEPARATOR.join(cells[1:])}" if cells[1:] else cells[0])


def find_header(rows: Sequence[Row]) -> int | None:
    """The row that names the columns, or None.

    It is the first row that is filled nearly throughout, with short names that all differ and are no
    numbers or dates; a title over the table is passed by.
    """
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2:  # noqa: PLR2004
        return None
    used = max(sum(bool(cell.strip()) for cell in row) for row in rows)
    for index, row in enumerate(rows[:_LEADING_ROWS]):
        names = [tidy_cell(cell) for cell in row if cell.strip()]
        if len(names) <= max(used * 0.3, 1):
            continue
        is_header = names_columns(names, used) and not _is_repeated(rows, index)
        return index if is_header and index + 1 < len(rows) else None
    return None


def _is_repeated(rows: Sequence[Row], index: int) -> bool:
    """Whether a row holds what stands below it too, as 東京都 does in a list of addresses."""
    columns = [i for i, cell in enumerate(rows[index]) if cell.strip()]
    below = rows[index + 1 : index + 1 + _ROWS_BELOW]
    repeated = sum(any(i < len(row) and row[i] == rows[index][i] for row in below) for i in columns)
    return repeated * 3 >= len(columns)


def names_columns(names: Sequence[str], used: int) -> bool:
    """Whether cells name the columns of a table ``used`` columns wide: short, different, no values."""
    return (
        len(names) >= used * _FILLED_SHARE
        and len(set(names)) >= len(names) * _DISTINCT_SHARE
        and sum(len(name) > _HEADER_CHARS for name in names) <= len(names) // 4
        and sum(bool(_VALUE.fullmatch(name)) for name in names) <= len(names) // 5
    )


def is_form(rows: Sequence[Row]) -> bool:
    """Whether a table of two columns pairs names with values, and has no header."""
    filled = [[tidy_cell(cell) for cell in row if cell.strip()] for row in rows]
    if max(map(len, filled), default=0) > 2 or not filled:  # noqa: PLR2004
        return False
    pairs = [row for row in filled if len(row) == 2]  # noqa: PLR2004
    if not pairs or _HEADER_WORDS.fullmatch(pairs[0][1]):
        return False
    keys = [key for key, _ in pairs]
    return len(set(keys)) == len(keys) and all(len(key) <= _HEADER_CHARS for key in keys)
