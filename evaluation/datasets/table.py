"""One's own questions as a table: a question, and the file or the sentence that answers it.

A heading names the columns, in any order: ``question,file,sentence`` or 質問,資料,文. In the column
``expected`` (期待), and in the second of two columns without heading, what ends like a file name is one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from evaluation.datasets.base import AskedQuestion, Dataset, Gold, GoldDocuments, GoldSentences
from evaluation.datasets.files import hash_files, read_text, set_name
from evaluation.questions import GoldSentence
from rag.errors import SettingsError

Column = Literal["id", "question", "file", "sentence", "expected"]

_HEADINGS: Mapping[Column, frozenset[str]] = {
    "id": frozenset({"id", "番号"}),
    "question": frozenset({"question", "query", "質問", "問い", "問"}),
    "file": frozenset({"file", "document", "source", "ファイル", "資料", "文書"}),
    "sentence": frozenset({"sentence", "evidence", "文", "根拠", "根拠文"}),
    "expected": frozenset({"expected", "answer", "期待", "正解", "答え"}),
}
_FILE_NAME = re.compile(r"[^。\n]{1,200}\.[A-Za-z0-9]{1,8}")
_DELIMITERS = {".tsv": "\t"}


def load_table(file: Path) -> Dataset:
    """Read a CSV or TSV in any encoding; SettingsError names the row without a question or expectation."""
    text = read_text(file).removeprefix("\ufeff")
    delimiter = _DELIMITERS.get(file.suffix.lower(), ",")
    rows = [
        row
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        if any(map(str.strip, row))
    ]
    columns, num_headings = _columns(file, rows)
    questions = tuple(
        _read_row(
            file, number, {name: row[place].strip() for name, place in columns.items() if place < len(row)}
        )
        for number, row in enumerate(rows[num_headings:], start=1 + num_headings)
    )
    return Dataset(set_name(file), hash_files([file]), questions)


def _columns(file: Path, rows: Sequence[Sequence[str]]) -> tuple[dict[Column, int], int]:
    """Which column is where, and whether there was a heading (1) or not (0)."""
    if not rows:
        raise SettingsError(f"{file} holds no questions: write one a row, with the file that answers it")
    named: dict[Column, int] = {}
    for place, cell in enumerate(rows[0]):
        for column, headings in _HEADINGS.items():
            if cell.strip().lower() in headings:
                named.setdefault(column, place)
    if "question" in named and named.keys() & {"file", "sentence", "expected"}:
        return named, 1
    if named or len(rows[0]) != len(("question", "expected")):
        raise SettingsError(
            f"the columns of {file} are not understood ({', '.join(rows[0])}): "
            "begin with a heading question,file or question,sentence"
        )
    return {"question": 0, "expected": 1}, 0


def _read_row(file: Path, number: int, cells: Mapping[Column, str]) -> AskedQuestion:
    text, gold = cells.get("question", ""), _gold(cells)
    if not text or gold is None:
        missing = "expected file or sentence" if text else "question"
        raise SettingsError(f"row {number} of {file} has no {missing}")
    key = cells.get("id") or f"{number}"
    return AskedQuestion(key, text, gold, key)


def _gold(cells: Mapping[Column, str]) -> Gold | None:
    source, sentence, expected = (cells.get(name, "") for name in ("file", "sentence", "expected"))
    if not source and not sentence and expected:
        source, sentence = (expected, "") if _FILE_NAME.fullmatch(expected) else ("", expected)
    if sentence:
        return GoldSentences((GoldSentence(source, sentence),))
    return GoldDocuments({source: 1}) if source else None
